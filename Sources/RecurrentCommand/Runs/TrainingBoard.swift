import Recurrent
import RecurrentData
import RecurrentFormats

/// What TensorBoard shows of a run: the curves, and what goes on in the layers.
struct TrainingBoard {
  private let file: EventFile
  /// What the gates are looked at on, `[batch, time, features]`.
  private let input: Tensor
  private let lengths: [Int]?

  /// The most examples that the gates are looked at on.
  private static let exampleLimit = 16
  /// About so many numbers are told of each gate at most.
  private static let signalLimit = 4_000_000

  /// Begins a file of events in the run's folder, for the epochs from one on.
  ///
  /// The gates are looked at on the first of the examples.
  ///
  /// - Throws: `FileError` when the file cannot be made.
  init(in folder: RunFolder, firstEpoch: Int, examples: SequenceDataset, units: Int) throws {
    file = try EventFile(in: folder.events, firstStep: firstEpoch)
    let size = examples.steps * examples.features
    let fitting = Self.signalLimit / max(examples.steps * max(units, examples.features), 1)
    let count = min(examples.count, Self.exampleLimit, max(fitting, 1))
    input = Tensor(
      (0..<count).flatMap { index in
        let values = examples.values(ofExample: index)
        return values + Array(repeating: 0, count: size - values.count)
      },
      shape: [count, examples.steps, examples.features]
    )
    lengths = examples.lengths.map { Array($0.prefix(count)) }
  }

  /// Shows what an epoch came to, and the model after it.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func add(_ epoch: RunRecord.Epoch, learningRate: Float, model: SequenceModel) throws {
    let step = epoch.epoch
    let curves: [(tag: String, value: Double?)] = [
      ("cost/training", epoch.cost),
      ("cost/validation", epoch.validationCost),
      ("accuracy/training", epoch.trainingAccuracy),
      ("accuracy/validation", epoch.validationAccuracy),
      ("pace/learning rate", Double(learningRate)),
      ("pace/examples per second", epoch.examplesPerSecond),
      ("norm/gradient", epoch.gradientNorm),
      ("norm/largest gradient", epoch.largestGradientNorm),
      ("norm/weights", epoch.weightNorm),
    ]
    for (tag, value) in curves {
      if let value { try file.addScalar(tag, value, step: step) }
    }
    for (name, value) in model.parameters {
      try file.addHistogram("weights/\(name)", value.elements, step: step)
    }
    for trace in model.gateTraces(of: input, lengths: lengths) {
      for gate in trace.gates {
        let values = valid(gate.values)
        try file.addHistogram("gates/\(trace.name)/\(gate.name)", values, step: step)
      }
      for state in trace.states {
        let values = valid(state.values)
        try file.addHistogram("states/\(trace.name)/\(state.name)", values, step: step)
      }
    }
  }

  /// The numbers that stand within the rows, not past their ends.
  private func valid(_ signal: Tensor) -> [Float] {
    guard let lengths else { return signal.elements }
    return lengths.enumerated().flatMap { row, length in
      signal.slice(at: row, along: 0).slice(0..<length, along: 0).elements
    }
  }

  /// Shows pictures that were read wrongly, the surest mistake first.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func add(mistakes: Evaluation, of examples: SequenceDataset, afterEpoch epoch: Int) throws {
    for (place, index) in mistakes.worstMistakes(of: examples, limit: 20).enumerated() {
      let names = examples.classNames
      let number = "\(place < 9 ? "0" : "")\(place + 1)"
      let said = names[mistakes.predictions[index]]
      try file.addImage(
        "mistakes/\(number) \(names[examples.labels[index]]) read as \(said)",
        GrayscaleImage(
          width: examples.features,
          height: examples.steps,
          pixels: examples.pixels(ofExample: index)
        ),
        step: epoch
      )
    }
  }

  /// Has everything lie on the disk.
  ///
  /// - Throws: `FileError` when the disk does not take it.
  func close() throws { try file.close() }
}

extension SequenceDataset {
  /// An example that is a picture, as bytes.
  func pixels(ofExample index: Int) -> [UInt8] {
    values(ofExample: index).map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
  }
}
