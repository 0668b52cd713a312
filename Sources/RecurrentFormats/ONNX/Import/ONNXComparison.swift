import Foundation
import Recurrent

/// Finds out what a graph makes of its layers' outputs, by running both on made-up sequences.
struct ONNXComparison {
  /// Layers, and what was found of how the graph uses them.
  struct Result {
    var layers: [any RecurrentLayer]
    var head: Dense?
    var summary: SequenceModel.Summary
    var outputFunction: ONNXImport.OutputFunction
    var largestDifference: Float
  }

  let model: ONNXModel
  let path: String
  /// No more numbers are computed in one run.
  let limit: Int

  func problem(_ text: String) -> FileError { FileError(text, file: path) }

  // MARK: - A file written here

  /// Compares a whole model with the graph.
  func result(of own: SequenceModel) throws(FileError) -> Result {
    let isStep = model.metadata[ONNXMetadata.form] == GraphForm.step.rawValue
    guard let input = model.graph.requiredInputs.first else { throw problem("reads nothing") }
    let (batch, size) = (2, own.layers[0].inputSize)
    let steps = isStep ? 1 : 3
    var shape = [batch, steps, size]
    if own.reading != .rows, let extents = input.shape, extents.count == 3 {
      for axis in 1...2 { if case .fixed(let extent) = extents[axis] { shape[axis] = extent } }
    }
    guard own.reading.size(steps: shape[1], features: shape[2])?.features == size,
      shape[1] <= 1 << 16, shape[2] <= 1 << 16, shape.product <= 1 << 22
    else { throw problem("has an input that does not fit its layers") }
    let numbers: Tensor
    let given: ONNXArray
    if input.type == .int64 {
      let tokens = (0..<batch * steps).map { ($0 * 7 + 1) % size }
      given = ONNXArray(tokens, shape: isStep ? [batch] : [batch, steps])
      numbers = Tensor(
        tokens.flatMap { token in (0..<size).map { $0 == token ? 1 : 0 } },
        shape: Shape(shape)
      )
    } else {
      numbers = Self.numbers(shape)
      given = ONNXArray(isStep ? numbers.reshaped(to: [batch, size]) : numbers)
    }
    let outputs = try run([input.name: given])
    var wanted = own(numbers)
    if isStep, own.summary == .allOutputs { wanted = wanted.slice(at: 0, along: 1) }
    guard let found = outputs["logits"]?.tensor, found.shape == wanted.shape else {
      throw problem("gives no logits of shape \(wanted.shape)")
    }
    let difference = Self.distance(found, wanted)
    guard difference <= ONNXImport.tolerance else {
      throw problem("computes something else than the layers it says it has (off by \(difference))")
    }
    return Result(
      layers: own.layers,
      head: own.head,
      summary: own.summary,
      outputFunction: .none,
      largestDifference: difference
    )
  }

  // MARK: - Any other file

  /// Compares all ways in which a graph may use its layers with what it gives.
  func result(of parts: ONNXRecognition) throws(FileError) -> Result {
    let size = parts.layers[0].inputSize
    guard
      let input = model.graph.requiredInputs.first(where: { value in
        value.type == .float && value.shape?.count == 3
          && (value.shape?.last).map { $0 == .fixed(size) || $0 == .unknown || $0.isNamed } ?? false
      })
    else {
      throw problem("has no input [batch, time, \(size)] or [time, batch, \(size)]")
    }
    for isTimeFirst in [false, true] {
      // Numbers of rows and steps that differ tell the axes apart.
      let (batch, steps) = Self.sizes(input, isTimeFirst: isTimeFirst)
      guard batch * steps <= 1 << 17, batch * steps * size <= 1 << 24 else {
        throw problem("reads too much at once")
      }
      let numbers = Self.numbers([batch, steps, size])
      let read = isTimeFirst ? Self.exchanged(numbers) : numbers
      var given = [input.name: ONNXArray(read)]
      var count = 0
      for other in model.graph.requiredInputs where other.name != input.name {
        let array = try usual(other, batch: batch, steps: steps)
        count += array.count
        guard count <= 1 << 24 else { throw problem("reads too much at once") }
        given[other.name] = array
      }
      guard let outputs = try? run(given) else { continue }
      if let result = match(parts, numbers, outputs) { return result }
    }
    let sizes = parts.layers.map { "\($0.inputSize) -> \($0.outputSize)" }.joined(separator: ", ")
    throw problem(
      """
      does something else with its layers (\(sizes)\(parts.head.map { ", linear \($0.outputSize)" } ?? "")) \
      than is read here: nothing it gives is what they give
      """
    )
  }

  private func match(
    _ parts: ONNXRecognition,
    _ numbers: Tensor,
    _ outputs: [String: ONNXArray]
  ) -> Result? {
    var output = LayerOutput(outputs: numbers, final: numbers)
    for layer in parts.layers { output = layer.run(output.outputs, in: SequencePass()) }
    for summary in SequenceModel.Summary.allCases {
      let read = Self.summed(output, summary)
      let logits = parts.head.map { $0(read) } ?? read
      for function in ONNXImport.OutputFunction.allCases {
        let wanted = Self.applied(function, logits)
        for found in outputs.values.compactMap(\.tensor) {
          let forms = found.shape.rank == 3 ? [found, Self.exchanged(found)] : [found]
          for form in forms where form.shape == wanted.shape {
            let difference = Self.distance(form, wanted)
            guard difference <= ONNXImport.tolerance else { continue }
            return Result(
              layers: parts.layers,
              head: parts.head,
              summary: summary,
              outputFunction: function,
              largestDifference: difference
            )
          }
        }
      }
    }
    return nil
  }

  /// What stands for an input beside the sequences: states of zeros, lengths of whole rows.
  private func usual(
    _ value: ONNXGraph.Value,
    batch: Int,
    steps: Int
  ) throws(FileError) -> ONNXArray {
    let shape = (value.shape ?? []).map { extent in
      if case .fixed(let number) = extent { number } else { batch }
    }
    guard shape.allSatisfy({ $0 <= 1 << 16 }), shape.reduce(1.0, { $0 * Double($1) }) <= 0x1p24
    else {
      throw problem("has an input '\(value.name.prefix(60))' of a size that is not read here")
    }
    return switch value.type {
    case .float: ONNXArray([Float](repeating: 0, count: shape.product), shape: shape)
    case .bool: ONNXArray([Bool](repeating: true, count: shape.product), shape: shape)
    case .int32, .int64:
      ONNXArray([Int](repeating: steps, count: shape.product), shape: shape, type: value.type)
    }
  }

  func run(_ inputs: [String: ONNXArray]) throws(FileError) -> [String: ONNXArray] {
    do throws(FileError) {
      return try ONNXEvaluation.run(model, inputs, limit: limit)
    } catch {
      throw problem(error.problem)
    }
  }

  // MARK: - Numbers

  /// How many rows and steps are read: those that the input says, or some.
  static func sizes(
    _ input: ONNXGraph.Value,
    isTimeFirst: Bool
  ) -> (batch: Int, steps: Int) {
    func extent(_ axis: Int, _ usual: Int) -> Int {
      if case .fixed(let number)? = input.shape?[axis], (1...1 << 12).contains(number) {
        return number
      }
      return usual
    }
    return (extent(isTimeFirst ? 1 : 0, 2), extent(isTimeFirst ? 0 : 1, 5))
  }

  /// Numbers from -1 to 1 that look like none of their neighbours.
  static func numbers(_ shape: [Int]) -> Tensor {
    Tensor(
      (0..<shape.product).map { Float(($0 &* 7919 &+ 131) % 2003) / 1001 - 1 },
      shape: Shape(shape)
    )
  }

  /// The first two axes exchanged.
  static func exchanged(_ tensor: Tensor) -> Tensor {
    let (a, b, rest) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
    let order = (0..<b).flatMap { second in (0..<a).map { $0 * b + second } }
    return tensor.reshaped(to: [a * b, rest]).gathered(at: order).reshaped(to: [b, a, rest])
  }

  private static func summed(_ output: LayerOutput, _ summary: SequenceModel.Summary) -> Tensor {
    let steps = output.outputs.shape[1]
    switch summary {
    case .lastOutput: return output.final
    case .allOutputs: return output.outputs
    case .meanOutput: return output.outputs.sum(along: 1) * Tensor(1 / Float(steps))
    case .maxOutput:
      let slices = (0..<steps).map { output.outputs.slice(at: $0, along: 1) }
      return slices.dropFirst().reduce(slices[0]) { largest, slice in
        Tensor(zip(largest.elements, slice.elements).map { max($0, $1) }, shape: slice.shape)
      }
    }
  }

  static func applied(_ function: ONNXImport.OutputFunction, _ logits: Tensor) -> Tensor {
    guard function != .none else { return logits }
    let width = logits.shape[logits.shape.rank - 1]
    let rows = logits.reshaped(to: [logits.count / width, width])
    let logarithms = rows.logSoftmax
    return (function == .logSoftmax ? logarithms : exp(logarithms)).reshaped(to: logits.shape)
  }

  /// The largest distance, relative to the largest number where that is above 1; infinite for NaN.
  private static func distance(_ a: Tensor, _ b: Tensor) -> Float {
    let scale = b.elements.reduce(1) { max($0, abs($1)) }
    return zip(a.elements, b.elements).reduce(0) { largest, pair in
      let distance = abs(pair.0 - pair.1) / scale
      return distance <= largest ? largest : distance.isNaN ? .infinity : distance
    }
  }
}

extension ONNXGraph.Value.Extent {
  fileprivate var isNamed: Bool { if case .named = self { true } else { false } }
}

extension Tensor {
  /// The logarithms of the probabilities that rows of logits stand for.
  fileprivate var logSoftmax: Tensor {
    let width = shape[1]
    let values = elements
    return Tensor(
      stride(from: 0, to: count, by: width).flatMap { start in
        let row = values[start..<start + width]
        let largest = row.max() ?? 0
        let logarithm = Foundation.log(row.reduce(0) { $0 + Foundation.exp($1 - largest) })
        return row.map { $0 - largest - logarithm }
      },
      shape: shape
    )
  }
}
