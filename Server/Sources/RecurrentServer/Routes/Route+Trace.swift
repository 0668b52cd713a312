import Dispatch
import Hummingbird
import Recurrent
import RecurrentData

extension Route {
  /// The numbers that a trace may tell.
  private static let mostTraced = 1 << 22

  /// What the model's gates and states come to at each step of a sequence, and what it would answer
  /// after it.
  static func traced(
    _ sequence: ArraySlice<Float>,
    by model: ServedModel
  ) async throws -> JSONWriter {
    let steps = sequence.count / model.features
    // No cell has more than eight gates and parts of a state.
    let units = model.run.model.layers.reduce(0) { $0 + 8 * $1.outputSize }
    let (numbers, isTooLarge) = steps.multipliedReportingOverflow(by: units)
    guard !isTooLarge, numbers <= mostTraced else {
      throw Problem.tooLarge(
        "a trace of \(steps) steps is too long to tell; send at most \(mostTraced / max(units, 1))"
      )
    }
    let writer = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: trace(sequence, steps, model))
      }
    }
    guard let writer else {
      throw Problem.unfit("the model's answer to inputs[0] is no number; give smaller numbers")
    }
    return writer
  }

  private static func trace(
    _ sequence: ArraySlice<Float>,
    _ steps: Int,
    _ model: ServedModel
  ) -> JSONWriter? {
    let run = model.run
    let input = Tensor(Array(sequence), shape: [1, steps, model.features])
    let logits =
      run.model.summary == .allOutputs
      ? run.model(input) : run.model.answersAfterEachStep(to: input)
    guard let answers = model.answers(of: logits.elements) else { return nil }
    let traces = run.model.gateTraces(of: input)
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("steps", logits.shape[1])
      writer.name("inputs")
      write(Array(sequence), width: model.features, to: &writer)
      writer.name("answers")
      write(answers, width: run.outputNames.count, to: &writer)
      writer.name("layers")
      writer.array { writer in
        for trace in traces {
          writer.object { writer in
            let direction = trace.isReversed ? ", backward" : ""
            writer.member("name", run.layers[trace.layer] + direction)
            writer.name("signals")
            writer.array { writer in
              let signals =
                trace.gates.map {
                  ($0.name == "candidate" ? $0.name : "\($0.name) gate", $0.values)
                }
                + trace.states.map { ($0.name, $0.values) }
              for (name, values) in signals {
                writer.object { writer in
                  writer.member("name", name)
                  writer.name("values")
                  write(values.elements, width: values.shape[2], to: &writer)
                }
              }
            }
          }
        }
      }
    }
    return writer
  }

  /// Writes numbers in rows.
  private static func write(_ numbers: [Float], width: Int, to writer: inout JSONWriter) {
    writer.array { writer in
      for start in stride(from: 0, to: numbers.count, by: width) {
        writer.array { writer in
          for number in numbers[start..<start + width] { writer.rounded(number) }
        }
      }
    }
  }
}
