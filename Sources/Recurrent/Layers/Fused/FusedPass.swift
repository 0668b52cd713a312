import Synchronization

/// One fused layer as an operation of the tape: a forward pass, and the backward pass it allows.
///
/// Inputs are the sequence, the cell's parameters and, if given, the initial states; outputs are
/// every step's output and the final states.
final class FusedPass: Sendable {
  let outputs: [Tensor]
  private let cell: FusedCell
  private let inputs: [Tensor]
  private let isTracked: [Bool]
  private let weights: FusedWeights
  private let rows: SortedRows
  private let hasState: Bool
  /// The memory of the forward pass, until the backward pass takes it: it can run only once.
  private let kept: Guarded<Kept?>

  /// What a forward pass leaves for the way back.
  private struct Kept {
    let sequence: FusedSequence
    let masks: FusedMasks
  }

  /// Runs a layer on the tape.
  static func run(
    _ cell: FusedCell,
    input: Tensor,
    parameters: [Tensor],
    states: [Tensor]?,
    lengths: [Int]?,
    isReversed: Bool,
    masks: LayerMasks
  ) -> [Tensor] {
    Tape.operation([input] + parameters + (states ?? [])) { inputs, isTracked in
      let pass = FusedPass(
        cell,
        inputs: inputs,
        isTracked: isTracked,
        rows: SortedRows(lengths, batch: input.shape[0], steps: input.shape[1]),
        hasState: states != nil,
        isReversed: isReversed,
        masks: masks
      )
      return (pass.outputs, { pass.gradients($0) })
    }
  }

  private init(
    _ cell: FusedCell,
    inputs: [Tensor],
    isTracked: [Bool],
    rows: SortedRows,
    hasState: Bool,
    isReversed: Bool,
    masks: LayerMasks
  ) {
    self.cell = cell
    self.inputs = inputs
    self.isTracked = isTracked
    self.rows = rows
    self.hasState = hasState
    let isTraining = isTracked.contains(true)
    weights = FusedWeights(cell)
    weights.pack(
      inputs[1...cell.parameterCounts.count],
      forBackward: isTraining,
      forInputGradient: isTracked[0]
    )
    let sequence = FusedSequence(cell)
    let memory = FusedMasks()
    memory.copy(masks, rows: rows, for: cell)
    let sorted = Self.states(of: inputs, from: cell.parameterCounts.count + 1).map(rows.sorted)
    let input = rows.sorted(inputs[0])
    let weights = weights
    withExtendedLifetime((input, sorted, memory)) {
      unsafe sequence.forward(
        Self.steps(of: input),
        rows.extent(isReversed: isReversed),
        weights: weights,
        initialState: hasState && !sorted.allSatisfy(\.isAllZero)
          ? Self.initialState(sorted) : nil,
        masks: memory.masks,
        keeping: isTraining ? .everything : .outputs
      )
    }
    outputs = Self.read(sequence, cell: cell, rows: rows)
    kept = Guarded(isTraining ? Kept(sequence: sequence, masks: memory) : nil)
  }

  /// From the gradients of the outputs to those of the inputs.
  func gradients(_ arriving: [Tensor?]) -> [Tensor?] {
    let taken = kept.withLock { kept in
      defer { kept = nil }
      return kept
    }
    guard let taken else {
      requirementFailed(
        "the gradient of a fused layer was asked for twice",
        file: #fileID,
        line: #line
      )
    }
    let sorted = arriving.map { $0.map(rows.sorted) }
    let input = rows.sorted(inputs[0])
    var weightGradient = Tensor.zeros([cell.packedCount])
    var inputGradient = isTracked[0] ? Tensor.zeros(input.shape) : nil
    var states = Self.states(of: inputs, from: cell.parameterCounts.count + 1)
      .map { Tensor.zeros($0.shape) }
    withExtendedLifetime((input, sorted)) {
      let arriving = unsafe FusedSequence.OutputGradients(
        outputs: sorted[0].map { unsafe Self.steps(of: $0) },
        hidden: sorted[1].map { unsafe $0.unsafeElements },
        states: (
          Self.elements(sorted, 2), Self.elements(sorted, 3), Self.elements(sorted, 4)
        )
      )
      let steps = unsafe Self.steps(of: input)
      let targets = unsafe FusedSequence.InputGradients(
        input: inputGradient == nil
          ? nil
          : (Self.mutableElements(&inputGradient), steps.rowStride, steps.stepStride),
        hidden: states.isEmpty ? nil : states[0].unsafeMutableElements,
        states: (
          states.count > 1 ? states[1].unsafeMutableElements : nil,
          states.count > 2 ? states[2].unsafeMutableElements : nil,
          states.count > 3 ? states[3].unsafeMutableElements : nil
        )
      )
      unsafe taken.sequence.backward(
        steps,
        weights: weights,
        arriving: arriving,
        weightGradient: weightGradient.unsafeMutableElements,
        inputGradients: targets
      )
    }
    var parameters = inputs[1...cell.parameterCounts.count].map { Tensor.zeros($0.shape) }
    withExtendedLifetime(weightGradient) {
      unsafe cell.unpack(weightGradient.unsafeElements, into: &parameters, from: 0)
    }
    return [inputGradient.map(rows.unsorted)] + parameters + states.map(rows.unsorted)
  }

  // MARK: - Tensors as the engine reads them

  private static func states(of inputs: [Tensor], from first: Int) -> [Tensor] {
    Array(inputs[first...])
  }

  private static func steps(of tensor: Tensor) -> FusedSequence.Steps {
    unsafe FusedSequence.Steps(
      base: tensor.unsafeElements,
      rowStride: tensor.shape[1] * tensor.shape[2],
      stepStride: tensor.shape[2]
    )
  }

  private static func initialState(_ states: [Tensor]) -> FusedSequence.InitialState {
    func rows(_ index: Int) -> FusedSequence.Rows? {
      guard index < states.count else { return nil }
      return unsafe FusedSequence.Rows(
        base: states[index].unsafeElements,
        rowStride: states[index].shape[1]
      )
    }
    return unsafe FusedSequence.InitialState(hidden: rows(0), states: (rows(1), rows(2), rows(3)))
  }

  private static func elements(_ tensors: [Tensor?], _ index: Int) -> UnsafePointer<Float>? {
    unsafe index < tensors.count ? tensors[index].map { unsafe $0.unsafeElements } : nil
  }

  private static func mutableElements(_ tensor: inout Tensor?) -> UnsafeMutablePointer<Float> {
    var taken = tensor.take() ?? .zeros([0])
    let elements = unsafe taken.unsafeMutableElements
    tensor = taken
    return unsafe elements
  }

  private static func read(
    _ sequence: FusedSequence,
    cell: FusedCell,
    rows: SortedRows
  ) -> [Tensor] {
    let size = cell.outputSize
    let every = unsafe Tensor(uninitialized: [rows.count, rows.steps, size]) { target in
      guard let base = target.baseAddress else { return }
      let source = unsafe sequence.outputs
      for row in 0..<rows.count {
        let place = unsafe base + rows.order[row] * rows.steps * size
        for step in 0..<rows.length(ofSorted: row) {
          unsafe (place + step * size).update(
            from: source.step(step) + row * source.rowStride,
            count: size
          )
        }
        let end = rows.length(ofSorted: row)
        unsafe (place + end * size).update(repeating: 0, count: (rows.steps - end) * size)
      }
    }
    var hidden = Tensor.zeros([rows.count, size])
    unsafe sequence.readFinalHidden(hidden.unsafeMutableElements)
    var states = [Tensor](
      repeating: .zeros([rows.count, cell.hiddenSize]),
      count: cell.stateCount
    )
    for index in states.indices {
      unsafe sequence.readFinalState(index, states[index].unsafeMutableElements)
    }
    return [every] + ([hidden] + states).map(rows.unsorted)
  }
}

extension Tensor {
  var isAllZero: Bool { unsafe withUnsafeElements { unsafe $0.allSatisfy { $0 == 0 } } }
}
