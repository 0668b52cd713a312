import Synchronization

/// The record of a computation, from which gradients are read backwards.
///
/// Reverse-mode differentiation: each operation on a tracked tensor adds an entry that knows how
/// to turn the gradient of its output into gradients of its inputs; `gradients(of:at:)` runs the
/// entries from last to first. (A. Griewank, A. Walther, "Evaluating derivatives", 2008, chapter 3.)
final class Tape: Sendable {
  /// A place on a tape: one tensor of the recorded computation.
  struct Node: Sendable {
    let tape: Tape
    let index: Int
  }

  /// From the gradients of an operation's outputs (nil where zero) to those of its inputs.
  typealias Pullback = @Sendable (_ outputs: [Tensor?]) -> [Tensor?]

  private struct Entry: Sendable {
    let inputs: [Int?]
    let outputs: Range<Int>
    let pullback: Pullback
  }

  private struct Record {
    var entries: [Entry] = []
    var nodeCount = 0
  }

  private let record = Mutex(Record())

  /// Starts tracking `tensor`: it becomes something a gradient can be asked for.
  func track(_ tensor: Tensor) -> Tensor {
    var tracked = tensor
    tracked.node = record.withLock { record in
      defer { record.nodeCount += 1 }
      return Node(tape: self, index: record.nodeCount)
    }
    return tracked
  }

  private func add(inputs: [Int?], outputs: [Tensor], pullback: @escaping Pullback) -> [Tensor] {
    let first = record.withLock { record in
      let range = record.nodeCount..<record.nodeCount + outputs.count
      record.nodeCount = range.upperBound
      record.entries.append(Entry(inputs: inputs, outputs: range, pullback: pullback))
      return range.lowerBound
    }
    return outputs.enumerated().map { offset, output in
      var tracked = output
      tracked.node = Node(tape: self, index: first + offset)
      return tracked
    }
  }

  /// Returns the gradients of the scalar `output` with respect to tracked tensors.
  ///
  /// The result is nil for a tensor that `output` does not depend on.
  func gradients(of output: Tensor, at inputs: [Tensor]) -> [Tensor?] {
    let (entries, nodeCount) = record.withLock { ($0.entries, $0.nodeCount) }
    var gradients = [Tensor?](repeating: nil, count: nodeCount)
    if let node = output.node, node.tape === self {
      gradients[node.index] = Tensor(repeating: 1, shape: output.shape)
    }
    for entry in entries.reversed() {
      let arriving = entry.outputs.map { gradients[$0] }
      guard arriving.contains(where: { $0 != nil }) else { continue }
      for index in entry.outputs { gradients[index] = nil }
      for (input, gradient) in zip(entry.inputs, entry.pullback(arriving)) {
        guard let input, let gradient else { continue }
        if gradients[input] == nil {
          gradients[input] = gradient
        } else {
          gradients[input]?.add(gradient, scaledBy: 1)
        }
      }
    }
    return inputs.map { input in input.node.flatMap { gradients[$0.index] } }
  }

  /// Performs an operation with one output, and records it if an input is tracked.
  ///
  /// `forward` gets the inputs without their nodes, so that a pullback that keeps them does not
  /// keep the tape, and which of them need a gradient. The pullback gives one gradient for each
  /// input; those of inputs that are not tracked may be nil.
  static func operation(
    _ inputs: [Tensor],
    _ forward: (_ inputs: [Tensor], _ isTracked: [Bool]) -> (
      output: Tensor, pullback: @Sendable (Tensor) -> [Tensor?]
    )
  ) -> Tensor {
    operation(inputs) { inputs, isTracked in
      let (output, pullback) = forward(inputs, isTracked)
      return (
        [output],
        { gradients in
          gradients[0].map(pullback) ?? [Tensor?](repeating: nil, count: isTracked.count)
        }
      )
    }[0]
  }

  /// Performs an operation with several outputs, and records it if an input is tracked.
  static func operation(
    _ inputs: [Tensor],
    _ forward: (_ inputs: [Tensor], _ isTracked: [Bool]) -> (
      outputs: [Tensor], pullback: Pullback
    )
  ) -> [Tensor] {
    let (outputs, pullback) = forward(inputs.map(\.detached), inputs.map { $0.node != nil })
    guard let tape = inputs.lazy.compactMap({ $0.node?.tape }).first else { return outputs }
    require(
      inputs.allSatisfy { $0.node.map { $0.tape === tape } ?? true },
      "tensors of two gradient computations cannot meet; use `detached` on one of them"
    )
    return tape.add(inputs: inputs.map { $0.node?.index }, outputs: outputs, pullback: pullback)
  }
}
