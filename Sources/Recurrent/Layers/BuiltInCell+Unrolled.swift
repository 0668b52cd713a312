// The plain form of a layer: one step after another, each written like the cell's equations. What
// the fused operation is tested against, and what runs where it cannot.
extension BuiltInCell {
  /// Returns every step's output, `[batch, time, output]`, and the state after each row's last step.
  func unrolled(
    _ input: Tensor,
    state: State?,
    lengths: [Int]?,
    isReversed: Bool,
    masks: LayerMasks
  ) -> (output: Tensor, state: State) {
    let (batch, steps) = (input.shape[0], input.shape[1])
    var state = state ?? zeroState(batch: batch)
    var outputs = [Tensor](repeating: Tensor.zeros([0]), count: steps)
    for step in 0..<steps {
      let time = isReversed ? steps - 1 - step : step
      let before = state.tensors
      var after = self(
        input.slice(at: time, along: 1),
        state: state,
        hiddenMask: masks.hidden
      ).state.tensors
      if let share = masks.hiddenZoneout {
        after[0] = after[0].keeping(share, at: time, of: before[0])
      }
      if let share = masks.cellZoneout {
        after[1] = after[1].keeping(share, at: time, of: before[1])
      }
      guard let lengths, lengths.contains(where: { $0 <= time }) else {
        state = State(tensors: after)
        outputs[time] = after[0]
        continue
      }
      // Rows that have ended, or not yet begun, keep their state.
      let runs = Tensor(lengths.map { $0 > time ? 1 : 0 }, shape: [batch, 1])
      state = State(tensors: zip(before, after).map { runs * $1 + (1 - runs) * $0 })
      outputs[time] = runs * after[0]
    }
    return (.stacked(outputs, along: 1), state)
  }
}

extension Tensor {
  /// This state where a share of that before the step stays.
  fileprivate func keeping(_ share: Tensor, at time: Int, of before: Tensor) -> Tensor {
    let share = share.slice(at: share.shape[1] == 1 ? 0 : time, along: 1)
    return share * before + (1 - share) * self
  }
}
