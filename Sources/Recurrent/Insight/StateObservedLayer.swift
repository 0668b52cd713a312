/// The state of a layer after one step.
struct ObservedState {
  /// The parts of the state, `[rows, units]` each.
  let parts: [Tensor]
  /// What the parts are called.
  let names: [String]
  /// The step, as the sequence has it.
  let step: Int
  /// Whether the layer reads from the end to the beginning.
  let isReversed: Bool
}

/// A layer that can be run so that the state after each step is seen.
protocol StateObservedLayer: RecurrentLayer {
  /// Runs like `run(_:in:)`, one step after another; what `observing` gives for a state, the same
  /// numbers, takes its place.
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    observing: @escaping (ObservedState) -> [Tensor]
  ) -> LayerOutput
}

extension RecurrentLayer {
  /// Runs like `run(_:in:)`, with the states observed if the layer can.
  func observedRun(
    _ input: Tensor,
    in pass: SequencePass,
    observing: @escaping (ObservedState) -> [Tensor]
  ) -> LayerOutput {
    (self as? any StateObservedLayer)?.run(input, in: pass, observing: observing)
      ?? run(input, in: pass)
  }
}

extension RecurrentState {
  /// The state with what is given for its parts in their place.
  fileprivate func observed(
    step: Int,
    isReversed: Bool,
    by observing: (ObservedState) -> [Tensor]
  ) -> Self {
    Self(
      tensors: observing(
        ObservedState(
          parts: tensors,
          names: Self.tensorNames,
          step: step,
          isReversed: isReversed
        )
      )
    )
  }
}

extension CellLayer: StateObservedLayer {
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    observing: @escaping (ObservedState) -> [Tensor]
  ) -> LayerOutput {
    let (outputs, state) = apply(input, state: nil, in: pass, direction: 0) { state, step in
      state.observed(step: step, isReversed: isReversed, by: observing)
    }
    return LayerOutput(outputs: outputs, final: state.tensors[0])
  }
}

extension Bidirectional: StateObservedLayer {
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    observing: @escaping (ObservedState) -> [Tensor]
  ) -> LayerOutput {
    run(input, in: pass) { state, step, isBackward in
      state.observed(step: step, isReversed: isBackward, by: observing)
    }
  }
}

extension Residual: StateObservedLayer {
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    observing: @escaping (ObservedState) -> [Tensor]
  ) -> LayerOutput {
    adding(input, to: layer.observedRun(input, in: pass, observing: observing), in: pass)
  }
}

extension Recurrence: StateObservedLayer {
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    observing: @escaping (ObservedState) -> [Tensor]
  ) -> LayerOutput {
    run(input, in: pass) { output, state, step in
      func observed(_ state: some RecurrentState) -> any RecurrentState {
        state.observed(step: step, isReversed: false, by: observing)
      }
      guard let parts = state as? any RecurrentState,
        let seen = observed(parts) as? RecurrentCell.State
      else { return (output, state) }
      // A cell that gives its hidden state: what is asked of the output is asked of the state.
      let isHidden = output.node.map { $0.index == parts.tensors[0].node?.index } ?? false
      return (isHidden ? (seen as? any RecurrentState)?.tensors[0] ?? output : output, seen)
    }
  }
}
