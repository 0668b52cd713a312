/// A layer that can be run so that a search sees what it computes on the way.
protocol TracedLayer: RecurrentLayer {
  /// What the layer is called.
  var traceName: String { get }
  /// Whether the layer reads from each row's end to its beginning, and in no other way.
  var readsFromEnd: Bool { get }

  /// Runs like `run(_:in:)`, one step after another, and shows the trace what each step gives.
  func run(_ input: Tensor, in pass: SequencePass, shownTo trace: LayerTrace) -> LayerOutput
}

extension TracedLayer {
  var readsFromEnd: Bool { false }
}

extension RecurrentLayer {
  /// What the layer is called in a trace: any other than those of this library by its type.
  var nameInTrace: String { (self as? any TracedLayer)?.traceName ?? "\(Self.self)" }

  /// Runs like `run(_:in:)` and shows the trace what it gives; what happens on the way, too, if
  /// the layer is one of this library.
  func tracedRun(_ input: Tensor, in pass: SequencePass, _ trace: LayerTrace) -> LayerOutput {
    let traced = self as? any TracedLayer
    var output = traced?.run(input, in: pass, shownTo: trace) ?? run(input, in: pass)
    output.outputs = trace.observed(
      outputs: output.outputs,
      of: nameInTrace,
      isReversed: traced?.readsFromEnd ?? false
    )
    return output
  }
}

extension CellLayer: TracedLayer {
  var traceName: String { "\(LayerCell.self)".replacingCellSuffix }
  var readsFromEnd: Bool { isReversed }

  func run(_ input: Tensor, in pass: SequencePass, shownTo trace: LayerTrace) -> LayerOutput {
    let direction: NonFiniteOrigin.Direction? = isReversed ? .reverse : nil
    let (outputs, state) = apply(input, state: nil, in: pass, direction: 0) { state, step in
      trace.observed(state, of: traceName, direction, step: step)
    }
    return LayerOutput(outputs: outputs, final: state.tensors[0])
  }
}

extension Bidirectional: TracedLayer {
  var traceName: String { "Bidirectional \(forward.traceName)" }

  func run(_ input: Tensor, in pass: SequencePass, shownTo trace: LayerTrace) -> LayerOutput {
    run(input, in: pass) { state, step, isBackward in
      trace.observed(state, of: forward.traceName, isBackward ? .reverse : .forward, step: step)
    }
  }
}

extension Residual: TracedLayer {
  var traceName: String { "Residual \(layer.nameInTrace)" }
  var readsFromEnd: Bool { (layer as? any TracedLayer)?.readsFromEnd ?? false }

  func run(_ input: Tensor, in pass: SequencePass, shownTo trace: LayerTrace) -> LayerOutput {
    adding(input, to: layer.tracedRun(input, in: pass, trace), in: pass)
  }
}

extension Sweep: TracedLayer {
  var traceName: String { "Sweep \(layer.nameInTrace)" }
  var readsFromEnd: Bool { axis == .down && (layer as? any TracedLayer)?.readsFromEnd ?? false }

  func run(_ input: Tensor, in pass: SequencePass, shownTo trace: LayerTrace) -> LayerOutput {
    run(input, in: pass) { lines, numbers, inner in
      var trace = trace
      trace.rows =
        switch axis {
        case .across: .across(lines: numbers, steps: input.shape[1], of: trace.rows)
        case .down: .down(places: places, of: trace.rows)
        }
      return layer.tracedRun(lines, in: inner, trace).outputs
    }
  }
}

extension Recurrence: TracedLayer {
  var traceName: String { "\(RecurrentCell.self)" }

  func run(_ input: Tensor, in pass: SequencePass, shownTo trace: LayerTrace) -> LayerOutput {
    run(input, in: pass) { output, state, step in
      let state = observed(state, trace, step)
      return (trace.observed(output: output, of: traceName, step: step), state)
    }
  }

  /// A state that has been looked at, if it is a list of tensors; any other as it is.
  private func observed(
    _ state: RecurrentCell.State,
    _ trace: LayerTrace,
    _ step: Int
  ) -> RecurrentCell.State {
    func look(_ state: some RecurrentState) -> any RecurrentState {
      trace.observed(state, of: traceName, step: step)
    }
    return (state as? any RecurrentState).flatMap { look($0) as? RecurrentCell.State } ?? state
  }
}
