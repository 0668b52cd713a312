import Foundation
import Recurrent

/// One of ONNX's recurrent operations, step by step as its specification has it.
///
/// The gates are in the order i, o, f, c (LSTM) and z, r, h (GRU).
struct ONNXRecurrence {
  private let call: ONNXCall
  /// The sequences `[steps, rows, features]`.
  private let input: (elements: [Float], shape: [Int])
  private let hiddenSize: Int
  private let directions: Int
  private let lengths: [Int]
  private let clip: Float?

  private var isLSTM: Bool { call.node.operation == "LSTM" }
  private var gates: Int { isLSTM ? 4 : call.node.operation == "GRU" ? 3 : 1 }
  private var steps: Int { input.shape[0] }
  private var rows: Int { input.shape[1] }

  init(_ call: ONNXCall) throws(FileError) {
    self.call = call
    input = try call.floats(0)
    let recurrent = try call.floats(2).shape
    guard input.shape.count == 3, recurrent.count == 3 else {
      throw call.problem("reads \(input.shape) with weights of \(recurrent)")
    }
    guard call.node.integer("layout") ?? 0 == 0 else {
      throw call.problem("has the batch as its first axis, which is not read here")
    }
    hiddenSize = recurrent[2]
    directions = call.node.text("direction") == "bidirectional" ? 2 : 1
    clip = call.node.float("clip")
    let rows = input.shape[1]
    let steps = input.shape[0]
    lengths =
      call.optional(4) == nil ? Array(repeating: steps, count: rows) : try call.integers(4)
    guard lengths.count == rows, lengths.allSatisfy({ 0...steps ~= $0 }) else {
      throw call.problem("has lengths that do not fit \(rows) rows of \(steps) steps")
    }
    guard call.node.integer("hidden_size").map({ $0 == hiddenSize }) ?? true, hiddenSize > 0 else {
      throw call.problem("says another hidden size than its weights have")
    }
  }

  /// The outputs `[steps, directions, rows, hidden]`, and the states after the last steps.
  func run() throws(FileError) -> [ONNXArray] {
    let shape = [steps, directions, rows, hiddenSize]
    var outputs = [Float](repeating: 0, count: try call.count(shape))
    var (hidden, cell): ([Float], [Float]) = ([], [])
    for direction in 0..<directions {
      let isReversed = direction == 1 || call.node.text("direction") == "reverse"
      let result = try run(direction, isReversed: isReversed)
      for step in 0..<steps {
        let target = (step * directions + direction) * rows * hiddenSize
        let source = step * rows * hiddenSize
        outputs.replaceSubrange(
          target..<target + rows * hiddenSize,
          with: result.outputs[source..<source + rows * hiddenSize]
        )
      }
      hidden += result.hidden
      cell += result.cell
    }
    let state = [directions, rows, hiddenSize]
    let results = [ONNXArray(outputs, shape: shape), ONNXArray(hidden, shape: state)]
    return isLSTM ? results + [ONNXArray(cell, shape: state)] : results
  }

  /// The part of an input that belongs to a direction; zeros if it is left out.
  private func part(_ index: Int, _ direction: Int, _ shape: [Int]) throws(FileError) -> [Float] {
    let count = try call.count(shape)
    guard call.optional(index) != nil else { return Array(repeating: 0, count: count) }
    let (elements, whole) = try call.floats(index)
    guard whole == [directions] + shape else {
      throw call.problem(
        "has an input \(index + 1) of \(whole), and \([directions] + shape) is wanted"
      )
    }
    return Array(elements[direction * count..<(direction + 1) * count])
  }

  private func run(
    _ direction: Int,
    isReversed: Bool
  ) throws(FileError) -> (outputs: [Float], hidden: [Float], cell: [Float]) {
    let features = input.shape[2]
    let width = gates * hiddenSize
    guard features > 0 else { throw call.problem("reads no features") }
    let weight = Tensor(try part(1, direction, [width, features]), shape: [width, features])
    let biases = try part(3, direction, [2 * width])
    let step = ONNXRecurrentStep(
      operation: call.node.operation,
      hiddenSize: hiddenSize,
      recurrent: Tensor(try part(2, direction, [width, hiddenSize]), shape: [width, hiddenSize]),
      inputBias: Array(biases[..<width]),
      recurrentBias: Array(biases[width...]),
      peepholes: isLSTM ? try part(7, direction, [3 * hiddenSize]) : [],
      activations: try activations(direction),
      clip: clip,
      isCoupled: call.node.integer("input_forget") == 1,
      isLinearBeforeReset: call.node.integer("linear_before_reset") == 1
    )
    var hidden = try part(5, direction, [rows, hiddenSize])
    var cell = isLSTM ? try part(6, direction, [rows, hiddenSize]) : []
    var outputs = [Float](repeating: 0, count: steps * rows * hiddenSize)
    guard rows > 0, steps > 0 else { return (outputs, hidden, cell) }
    let read = Tensor(input.elements, shape: [steps * rows, features])
    let sums = matmul(read, weight, transposingSecond: true).elements
    for order in 0..<steps {
      let place = isReversed ? steps - 1 - order : order
      let next = step.run(
        Array(sums[place * rows * width..<(place + 1) * rows * width]),
        hidden,
        cell,
        rows: rows
      )
      for row in 0..<rows where place < lengths[row] {
        let units = row * hiddenSize..<(row + 1) * hiddenSize
        hidden.replaceSubrange(units, with: next.hidden[units])
        if isLSTM { cell.replaceSubrange(units, with: next.cell[units]) }
        let target = (place * rows + row) * hiddenSize
        outputs.replaceSubrange(target..<target + hiddenSize, with: next.hidden[units])
      }
    }
    return (outputs, hidden, cell)
  }

  /// The activation functions of a direction.
  private func activations(_ direction: Int) throws(FileError) -> [ONNXRecurrentStep.Activation] {
    let usual = isLSTM ? ["Sigmoid", "Tanh", "Tanh"] : gates == 3 ? ["Sigmoid", "Tanh"] : ["Tanh"]
    let names =
      call.node.texts("activations") ?? Array(repeating: usual, count: directions).flatMap(\.self)
    guard names.count == usual.count * directions else {
      throw call.problem(
        "has \(names.count) activations, and \(usual.count * directions) are wanted"
      )
    }
    var found: [ONNXRecurrentStep.Activation] = []
    for name in names[(direction * usual.count)...].prefix(usual.count) {
      guard let activation = ONNXRecurrentStep.Activation(rawValue: name.lowercased()) else {
        throw call.problem("has an activation '\(name.prefix(40))', which is not read here")
      }
      found.append(activation)
    }
    return found
  }
}
