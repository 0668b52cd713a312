import RecurrentKernels

/// The packed weights of one direction of a layer, and where its numbers lie among a model's.
///
/// Sendable for the same reason as `FusedWeights`: written between phases, read within them.
final class FusedLayerWeights: @unchecked Sendable {
  let direction: FusedLayerPlan.Direction
  let packed: FusedWeights
  /// Where the direction's parameters begin among the model's.
  let firstParameter: Int
  /// Where its part of the model's packed gradient begins.
  let gradientOffset: Int
  private let site: MaskSite
  private let initialRows = Buffer()
  private var recurrentMask: Tensor?

  init(
    _ direction: FusedLayerPlan.Direction,
    precision: Precision,
    layer: Int,
    number: Int,
    firstParameter: Int,
    gradientOffset: Int
  ) {
    self.direction = direction
    packed = FusedWeights(direction.cell, precision: precision)
    site = MaskSite(use: .dropConnect, layer: layer, direction: number)
    self.firstParameter = firstParameter
    self.gradientOffset = gradientOffset
  }

  /// Packs the direction's part of a model's parameters; in training with the recurrent weights
  /// that `masks` leave.
  func pack(
    _ parameters: [Tensor],
    forBackward: Bool,
    forInputGradient: Bool,
    masks: MaskStreams?
  ) {
    let count = direction.cell.parameterCounts.count
    recurrentMask = nil
    if let masks, let place = direction.recurrentParameter {
      recurrentMask = masks.dropConnect(
        parameters[firstParameter + place].shape,
        rate: direction.regularization.dropConnect,
        at: site
      )
    }
    if let recurrentMask, let place = direction.recurrentParameter {
      var masked = Array(parameters[firstParameter..<firstParameter + count])
      masked[place] = masked[place].detached * recurrentMask
      packed.pack(masked[...], forBackward: forBackward, forInputGradient: forInputGradient)
    } else {
      packed.pack(
        parameters[firstParameter..<firstParameter + count],
        forBackward: forBackward,
        forInputGradient: forInputGradient
      )
    }
    copyLearnedState(parameters[(firstParameter + count)...])
  }

  /// The learned state before the first step, the same for all rows; nil where it is zero.
  var initialState: FusedSequence.InitialState? {
    guard direction.learnsState else { return nil }
    let cell = direction.cell
    let base = unsafe UnsafePointer(initialRows.reserve(stateCount))
    func row(_ index: Int) -> FusedSequence.Rows? {
      guard index < cell.stateCount else { return nil }
      return unsafe FusedSequence.Rows(
        base: base + cell.outputSize + index * cell.hiddenSize,
        rowStride: 0
      )
    }
    return unsafe FusedSequence.InitialState(
      hidden: FusedSequence.Rows(base: base, rowStride: 0),
      states: (row(0), row(1), row(2))
    )
  }

  /// Copies the direction's part of a packed gradient to one tensor for each parameter.
  func unpack(_ gradient: UnsafePointer<Float>, into tensors: inout [Tensor]) {
    let cell = direction.cell
    unsafe cell.unpack(gradient + gradientOffset, into: &tensors, from: firstParameter)
    if let recurrentMask, let place = direction.recurrentParameter {
      tensors[firstParameter + place] = tensors[firstParameter + place].detached * recurrentMask
    }
    guard direction.learnsState else { return }
    var source = unsafe gradient + gradientOffset + cell.packedCount
    for index in 0...cell.stateCount {
      let place = firstParameter + cell.parameterCounts.count + index
      let size = index == 0 ? cell.outputSize : cell.hiddenSize
      unsafe tensors[place].unsafeMutableElements.update(from: source, count: size)
      unsafe source += size
    }
  }

  private var stateCount: Int {
    direction.cell.outputSize + direction.cell.stateCount * direction.cell.hiddenSize
  }

  private func copyLearnedState(_ parameters: ArraySlice<Tensor>) {
    guard direction.learnsState else { return }
    var target = unsafe initialRows.reserve(stateCount)
    for parameter in parameters.prefix(1 + direction.cell.stateCount) {
      unsafe target.update(from: parameter.unsafeElements, count: parameter.count)
      unsafe target += parameter.count
    }
  }
}
