/// A recurrent layer of a model as the fused engine runs it: in one direction, or in both.
struct FusedLayerPlan: Sendable {
  /// One direction of a layer.
  struct Direction: Sendable {
    let cell: FusedCell
    let isReversed: Bool
    let regularization: Regularization
    /// The place of the recurrent weights among the direction's parameters, if there are any.
    let recurrentParameter: Int?
    /// Whether the states before the first step are parameters, which then come last.
    let learnsState: Bool

    var parameterCount: Int {
      cell.parameterCounts.count + (learnsState ? 1 + cell.stateCount : 0)
    }
    /// The floats of the direction's part of a packed gradient.
    var gradientCount: Int {
      cell.packedCount
        + (learnsState ? cell.outputSize + cell.stateCount * cell.hiddenSize : 0)
    }
  }

  var directions: [Direction]
  /// How two directions become one.
  var merge = Merge.concatenate
  var isResidual = false
  /// The grid over which it is swept; the sizes that follow are those of one place.
  var sweep: LayerDescription.Sweep?

  var inputSize: Int { directions[0].cell.inputSize }
  var outputSize: Int {
    directions.count == 2 && merge == .concatenate
      ? directions[0].cell.outputSize + directions[1].cell.outputSize
      : directions[0].cell.outputSize
  }
  /// The sizes of a step with all its places.
  var stepInputSize: Int { (sweep?.places ?? 1) * inputSize }
  var stepOutputSize: Int { (sweep?.places ?? 1) * outputSize }
  var inputDropout: Float { directions[0].regularization.inputDropout }
  /// Whether what a layer gives is what its only direction gives.
  var isPlain: Bool { directions.count == 1 && !isResidual }
}

/// A layer that the fused engine can run.
protocol FusedLayer: RecurrentLayer {
  /// How the engine runs it; nil if it cannot.
  var plan: FusedLayerPlan? { get }
}

extension CellLayer: FusedLayer {
  var plan: FusedLayerPlan? {
    guard let fused = (cell as? any FusedBuiltInCell)?.fused else { return nil }
    return FusedLayerPlan(directions: [
      FusedLayerPlan.Direction(
        cell: fused,
        isReversed: isReversed,
        regularization: regularization,
        recurrentParameter: cell.parameters.firstIndex { $0.name == "weight_hh" },
        learnsState: learnedState != nil
      )
    ])
  }
}

extension Bidirectional: FusedLayer {
  var plan: FusedLayerPlan? {
    guard let ahead = forward.plan, let back = backward.plan,
      forward.regularization.inputDropout == backward.regularization.inputDropout
    else { return nil }
    return FusedLayerPlan(directions: ahead.directions + back.directions, merge: merge)
  }
}

extension Residual: FusedLayer {
  var plan: FusedLayerPlan? {
    guard var plan = (layer as? any FusedLayer)?.plan, !plan.isResidual else { return nil }
    plan.isResidual = true
    return plan
  }
}

extension Sweep: FusedLayer {
  var plan: FusedLayerPlan? {
    guard var plan = (layer as? any FusedLayer)?.plan, plan.sweep == nil else { return nil }
    plan.sweep = LayerDescription.Sweep(axis: axis, places: places)
    return plan
  }
}
