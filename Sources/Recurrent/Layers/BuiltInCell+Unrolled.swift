// The plain form of a layer: one step after another, each written like the cell's equations. What
// the fused operation is tested against, and what runs where it cannot.
extension BuiltInCell {
  /// Returns every step's output, `[batch, time, output]`, and the state after each row's last step.
  ///
  /// `observing` gets the state after each step, of the rows that have the step, and its time; what
  /// it returns, the same numbers, takes the state's place.
  func unrolled(
    _ input: Tensor,
    state: State?,
    lengths: [Int]?,
    isReversed: Bool,
    masks: LayerMasks,
    observing: ((_ state: State, _ step: Int) -> State)? = nil
  ) -> (output: Tensor, state: State) {
    let (batch, steps) = (input.shape[0], input.shape[1])
    var state = state ?? zeroState(batch: batch)
    var outputs = [Tensor](repeating: Tensor.zeros([0]), count: steps)
    for step in 0..<steps {
      let time = isReversed ? steps - 1 - step : step
      let kept = state.tensors
      var x = input.slice(at: time, along: 1)
      var before = kept
      // Rows that have ended, or not yet begun, keep their state. They step from zeros meanwhile:
      // 0 times what comes of padding would be NaN, forward or back, where that is infinite.
      let runs = lengths.map { $0.map { $0 > time } }.flatMap { $0.contains(false) ? $0 : nil }
      if let runs {
        x = x.choosingRows(runs, else: .zeros(x.shape))
        before = kept.map { $0.choosingRows(runs, else: .zeros($0.shape)) }
      }
      var after = self(x, state: State(tensors: before), hiddenMask: masks.hidden).state.tensors
      if let share = masks.hiddenZoneout {
        after[0] = after[0].keeping(share, at: time, of: before[0])
      }
      if let share = masks.cellZoneout {
        after[1] = after[1].keeping(share, at: time, of: before[1])
      }
      if let observing { after = observing(State(tensors: after), time).tensors }
      guard let runs else {
        state = State(tensors: after)
        outputs[time] = after[0]
        continue
      }
      state = State(tensors: zip(kept, after).map { $1.choosingRows(runs, else: $0) })
      outputs[time] = after[0].choosingRows(runs, else: .zeros(after[0].shape))
    }
    return (.stacked(outputs, along: 1), state)
  }
}

extension Tensor {
  /// The rows that are chosen, and for each other one that of `other`, which has the same shape.
  fileprivate func choosingRows(_ isChosen: [Bool], else other: Tensor) -> Tensor {
    Tensor.concatenated([self, other], along: 0)
      .gathered(at: isChosen.enumerated().map { $1 ? $0 : isChosen.count + $0 })
  }

  /// This state where a share of that before the step stays.
  fileprivate func keeping(_ share: Tensor, at time: Int, of before: Tensor) -> Tensor {
    let share = share.slice(at: share.shape[1] == 1 ? 0 : time, along: 1)
    return share * before + (1 - share) * self
  }
}
