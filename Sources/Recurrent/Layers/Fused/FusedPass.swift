import Synchronization

/// One fused layer as an operation of the tape: a forward pass, and the backward pass it allows.
///
/// Inputs are the sequence, the two weights, the bias and the initial states; outputs are every
/// step's output and the final states.
final class FusedPass: Sendable {
  let outputs: [Tensor]
  private let cell: FusedCell
  private let inputs: [Tensor]
  private let isTracked: [Bool]
  private let weights: FusedWeights
  /// The memory of the forward pass, until the backward pass takes it: it can run only once.
  private let sequence: Mutex<FusedSequence?>

  init(_ cell: FusedCell, inputs: [Tensor], isTracked: [Bool]) {
    self.cell = cell
    self.inputs = inputs
    self.isTracked = isTracked
    let isTraining = isTracked.contains(true)
    weights = FusedWeights(cell)
    weights.pack(
      input: inputs[1],
      recurrent: inputs[2],
      bias: inputs[3],
      forBackward: isTraining,
      forInputGradient: isTracked[0]
    )
    let sequence = FusedSequence(cell)
    let (batch, steps) = (inputs[0].shape[0], inputs[0].shape[1])
    let weights = weights
    unsafe withElements(of: inputs) { elements in
      guard let base = unsafe elements[0] else { return }
      unsafe sequence.forward(
        Self.steps(of: inputs[0].shape, at: base),
        rows: batch,
        steps: steps,
        weights: weights,
        initialHidden: elements[4],
        initialCell: cell.hasCellState ? elements[5] : nil,
        keeping: isTraining ? .everything : .outputs
      )
    }
    outputs = Self.read(sequence, cell: cell, batch: batch, steps: steps)
    self.sequence = Mutex(isTraining ? sequence : nil)
  }

  /// From the gradients of the outputs to those of the inputs.
  func gradients(_ arriving: [Tensor?]) -> [Tensor?] {
    let taken = sequence.withLock { $0.take() }
    guard let sequence = taken else {
      requirementFailed(
        "the gradient of a fused layer was asked for twice",
        file: #fileID,
        line: #line
      )
    }
    let shape = inputs[0].shape
    var results: [Tensor?] =
      [.zeros([cell.packedCount]), isTracked[0] ? .zeros(shape) : nil]
      + inputs[4...].map { .zeros($0.shape) }
    unsafe withElements(of: [inputs[0]] + arriving) { elements in
      guard let base = unsafe elements[0] else { return }
      let steps = unsafe Self.steps(of: shape, at: base)
      let arriving = unsafe FusedSequence.OutputGradients(
        outputs: elements[1].map { unsafe Self.steps(of: outputs[0].shape, at: $0) },
        hidden: elements[2],
        cell: cell.hasCellState ? elements[3] : nil
      )
      unsafe withMutableElements(of: &results) { results in
        guard let weightGradient = unsafe results[0] else { return }
        unsafe sequence.backward(
          steps,
          weights: weights,
          arriving: arriving,
          weightGradient: weightGradient,
          inputGradient: results[1].map { unsafe ($0, steps.rowStride, steps.stepStride) },
          initialHiddenGradient: results[2],
          initialCellGradient: cell.hasCellState ? results[3] : nil
        )
      }
    }
    let weightGradients = results[0].map(cell.unpack) ?? []
    return [results[1]] + weightGradients + results[2...]
  }

  private static func steps(
    of shape: Shape,
    at base: UnsafePointer<Float>
  ) -> FusedSequence.Steps {
    unsafe FusedSequence.Steps(
      base: base,
      rowStride: shape[1] * shape[2],
      stepStride: shape[2]
    )
  }

  private static func read(
    _ sequence: FusedSequence,
    cell: FusedCell,
    batch: Int,
    steps: Int
  ) -> [Tensor] {
    let size = cell.hiddenSize
    let every = unsafe Tensor(uninitialized: [batch, steps, size]) { target in
      guard let base = target.baseAddress else { return }
      let source = unsafe sequence.outputs
      for row in 0..<batch {
        for step in 0..<steps {
          unsafe (base + (row * steps + step) * size).update(
            from: source.step(step) + row * source.rowStride,
            count: size
          )
        }
      }
    }
    var states = [Tensor?](
      repeating: .zeros([batch, size]),
      count: cell.hasCellState ? 2 : 1
    )
    unsafe withMutableElements(of: &states) { states in
      guard let hidden = unsafe states[0] else { return }
      unsafe sequence.readFinalState(hidden: hidden, cell: cell.hasCellState ? states[1] : nil)
    }
    return [every] + states.compactMap(\.self)
  }
}

/// Calls `body` with a pointer to the elements of each tensor, nil where there is no tensor.
private func withElements(
  of tensors: [Tensor?],
  _ body: ([UnsafePointer<Float>?]) -> Void
) {
  func open(_ index: Int, _ pointers: [UnsafePointer<Float>?]) {
    guard index < tensors.count else { return unsafe body(pointers) }
    if let tensor = tensors[index] {
      unsafe tensor.withUnsafeElements { unsafe open(index + 1, pointers + [$0.baseAddress]) }
    } else {
      unsafe open(index + 1, pointers + [nil])
    }
  }
  unsafe open(0, [])
}

/// Calls `body` with a pointer to the elements of each tensor for writing.
private func withMutableElements(
  of tensors: inout [Tensor?],
  _ body: ([UnsafeMutablePointer<Float>?]) -> Void
) {
  func open(
    _ index: Int,
    _ pointers: [UnsafeMutablePointer<Float>?],
    _ tensors: inout [Tensor?]
  ) {
    guard index < tensors.count else { return unsafe body(pointers) }
    var tensor = tensors[index]
    tensors[index] = nil
    if tensor != nil {
      unsafe tensor?.withUnsafeMutableElements {
        unsafe open(index + 1, pointers + [$0.baseAddress], &tensors)
      }
    } else {
      unsafe open(index + 1, pointers + [nil], &tensors)
    }
    tensors[index] = tensor
  }
  unsafe open(0, [], &tensors)
}
