import Foundation
import Recurrent
import RecurrentData

/// What a server says of a model, as far as load needs it.
struct ModelDescription: Decodable, Sendable {
  let name: String
  let features: Int
  let steps: Int
  let outputs: [String]
  let image: Bool
}

/// Examples, and what the library itself answers about them.
struct KnownExamples: Sendable {
  struct Example: Sendable {
    /// The numbers, `[step, feature]`.
    let input: [Float]
    /// The logits, `[output]`, or `[step, output]` of a model that answers each step.
    let logits: [Float]
    /// What JSON tells: the probabilities of `logits`.
    let probabilities: [Float]
  }

  let features: Int
  let outputs: Int
  let all: [Example]
  /// The model step by step; nil where it cannot be.
  let stream: StreamingModel?

  /// The steps that examples have where they are no images.
  private static let mostSteps = 100

  /// Reads the model of a run, and has it answer `count` examples.
  ///
  /// - Throws: `LoadFailure` where it is not what the target serves, or does not read numbers as they come.
  init(_ target: Target, run folder: String, count: Int) throws {
    let path = target.path("").dropLast()
    let description: ModelDescription
    do {
      description = try JSONDecoder().decode(
        ModelDescription.self,
        from: Data(try target.content(of: String(path)))
      )
    } catch let error as DecodingError {
      throw LoadFailure("GET \(path): describes no model: \(error)")
    }
    let file = try SafetensorsFile(contentsOf: "\(folder)/model.safetensors")
    guard file.metadata["preparation"] == nil else {
      throw LoadFailure(
        "\(folder): prepares what it reads; load is put on models that read numbers as they come"
      )
    }
    let model = try SequenceModel(file)
    features = description.features
    outputs = description.outputs.count
    guard model.head.outputSize == outputs else {
      throw LoadFailure("\(folder): is not the run of '\(target.model)'; name it with --run")
    }
    stream = try? StreamingModel(model)
    let dataset = Self.dataset(description, count: count)
    all = (0..<count).map { index in
      let input = dataset.values(ofExample: index)
      let logits = model.logits(for: dataset.slice(index..<index + 1), threads: 1)
      let rows = logits.reshaped(to: [
        logits.count / description.outputs.count, description.outputs.count,
      ])
      return Example(
        input: input,
        logits: logits.elements,
        probabilities: softmax(rows).elements
      )
    }
  }

  private static func dataset(_ model: ModelDescription, count: Int) -> SequenceDataset {
    if model.image { return DrawnDigits.dataset(count: count, seed: 1, split: .test) }
    let steps = min(model.steps, mostSteps)
    var random = RandomStream(seed: 1, purpose: .testing)
    return SequenceDataset(
      elements: .floats(
        (0..<count * steps * model.features).map { _ in random.nextUniform(in: -1...1) }
      ),
      labels: Array(repeating: 0, count: count),
      steps: steps,
      features: model.features,
      classNames: model.outputs
    )
  }
}

extension KnownExamples.Example {
  /// The input as JSON.
  func json(features: Int) -> [UInt8] {
    let rows = stride(from: 0, to: input.count, by: features).map { start in
      "[" + input[start..<start + features].map { "\($0)" }.joined(separator: ",") + "]"
    }
    return Array("{\"inputs\":[[\(rows.joined(separator: ","))]]}".utf8)
  }

  /// Whether JSON answers about the example alone, with these numbers to the bit.
  func isAnswered(by json: [UInt8]) -> Bool {
    struct Answers: Decodable {
      struct Answer: Decodable {
        var probabilities: [Float]?
        var steps: [Answer]?
      }
      var outputs: [Answer]
    }
    guard let answers = try? JSONDecoder().decode(Answers.self, from: Data(json)),
      answers.outputs.count == 1
    else { return false }
    let answer = answers.outputs[0]
    let numbers = answer.probabilities ?? (answer.steps ?? []).flatMap { $0.probabilities ?? [] }
    return numbers.map(\.bitPattern) == probabilities.map(\.bitPattern)
  }
}

extension Collection<Float> {
  /// The numbers as the server reads and writes them: four bytes each, the lowest first.
  var littleEndianBytes: [UInt8] {
    flatMap { number in
      let bits = number.bitPattern
      return [
        UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8),
        UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 24),
      ]
    }
  }
}
