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

  /// The same for an operation that adds to its inputs' gradients itself.
  ///
  /// For gradients that would be mostly zeros, or are better computed for many steps together.
  typealias Accumulation = @Sendable (_ outputs: [Tensor?], _ sums: inout GradientSums) -> Void

  private struct Entry: Sendable {
    let inputs: [Int?]
    let outputs: Range<Int>
    let accumulate: Accumulation
  }

  private struct Record {
    var entries: [Entry] = []
    var nodeCount = 0
  }

  private let record = Guarded(Record())

  /// Starts tracking `tensor`: it becomes something a gradient can be asked for.
  func track(_ tensor: Tensor) -> Tensor {
    var tracked = tensor
    tracked.node = record.withLock { record in
      defer { record.nodeCount += 1 }
      return Node(tape: self, index: record.nodeCount)
    }
    return tracked
  }

  /// Adds an entry; returns the number of its first output.
  private func add(inputs: [Int?], outputs: Int, accumulate: @escaping Accumulation) -> Int {
    record.withLock { record in
      let range = record.nodeCount..<record.nodeCount + outputs
      record.nodeCount = range.upperBound
      record.entries.append(Entry(inputs: inputs, outputs: range, accumulate: accumulate))
      return range.lowerBound
    }
  }

  /// Returns the gradients of the scalar `output` with respect to tracked tensors.
  ///
  /// The result is nil for a tensor that `output` does not depend on. An entry is dropped when it
  /// has been run, so that this can be asked once.
  func gradients(of output: Tensor, at inputs: [Tensor]) -> [Tensor?] {
    var (entries, nodeCount) = record.withLock { record in
      defer { record.entries = [] }
      return (record.entries, record.nodeCount)
    }
    var sums = GradientSums(nodes: nodeCount)
    if let node = output.node, node.tape === self { sums.start(from: output, at: node.index) }
    while let entry = entries.popLast() {
      let arriving = entry.outputs.map { sums.take($0) }
      guard arriving.contains(where: { $0 != nil }) else { continue }
      sums.inputs = entry.inputs
      entry.accumulate(arriving, &sums)
    }
    return inputs.map { input in input.node.flatMap { sums.take($0.index) } }
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
    let (output, pullback) = forward(inputs.map(\.detached), inputs.map { $0.node != nil })
    return record([output], of: inputs) { gradients, sums in
      if let gradient = gradients[0] { sums.add(pullback(gradient)) }
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
    return record(outputs, of: inputs) { $1.add(pullback($0)) }
  }

  /// Performs an operation that adds to its inputs' gradients itself.
  static func operation(
    _ inputs: [Tensor],
    _ forward: (_ inputs: [Tensor], _ isTracked: [Bool]) -> (
      outputs: [Tensor], accumulate: Accumulation
    )
  ) -> [Tensor] {
    let (outputs, accumulate) = forward(inputs.map(\.detached), inputs.map { $0.node != nil })
    return record(outputs, of: inputs, accumulate: accumulate)
  }

  /// Records an operation if an input is tracked; returns its outputs with their places.
  private static func record(
    _ outputs: [Tensor],
    of inputs: [Tensor],
    accumulate: @escaping Accumulation
  ) -> [Tensor] {
    guard let tape = inputs.lazy.compactMap({ $0.node?.tape }).first else { return outputs }
    require(
      inputs.allSatisfy { $0.node.map { $0.tape === tape } ?? true },
      "tensors of two gradient computations cannot meet; use `detached` on one of them"
    )
    let first = tape.add(
      inputs: inputs.map { $0.node?.index },
      outputs: outputs.count,
      accumulate: accumulate
    )
    var tracked = outputs
    for index in tracked.indices { tracked[index].node = Node(tape: tape, index: first + index) }
    return tracked
  }
}
