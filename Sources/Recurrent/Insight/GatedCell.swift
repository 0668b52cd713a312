/// A cell that tells what its gates come to.
protocol GatedCell: BuiltInCell {
  /// Returns the gates of one step and what they act on, by names, `[rows, hidden]` each.
  ///
  /// `input` is `[rows, features]`, and the state is that before the step.
  func gates(_ input: Tensor, state: State) -> [GateTrace.Signal]
}

extension LSTMCell: GatedCell {
  func gates(_ input: Tensor, state: State) -> [GateTrace.Signal] {
    let step = step(input, state: state, hiddenMask: nil)
    return [
      .init(name: "input", values: step.input),
      .init(name: "forget", values: step.forget),
      .init(name: "candidate", values: step.candidate),
      .init(name: "output", values: step.output),
    ]
  }
}

extension GRUCell: GatedCell {
  func gates(_ input: Tensor, state: Tensor) -> [GateTrace.Signal] {
    let step = step(input, state: state, hiddenMask: nil)
    return [
      .init(name: "reset", values: step.reset),
      .init(name: "update", values: step.update),
      .init(name: "candidate", values: step.candidate),
    ]
  }
}

extension SLSTMCell: GatedCell {
  func gates(_ input: Tensor, state: State) -> [GateTrace.Signal] {
    let step = step(input, state: state, hiddenMask: nil)
    return [
      .init(name: "input", values: step.input),
      .init(name: "forget", values: step.forget),
      .init(name: "candidate", values: step.candidate),
      .init(name: "output", values: step.output),
    ]
  }
}

extension LEMCell: GatedCell {
  func gates(_ input: Tensor, state: State) -> [GateTrace.Signal] {
    let step = step(input, state: state, hiddenMask: nil)
    return [
      .init(name: "memory pace", values: step.memoryPace),
      .init(name: "hidden pace", values: step.hiddenPace),
      .init(name: "memory candidate", values: step.memoryCandidate),
      .init(name: "hidden candidate", values: step.hiddenCandidate),
    ]
  }
}

extension MinGRUCell: GatedCell {
  func gates(_ input: Tensor, state: Tensor) -> [GateTrace.Signal] {
    let step = step(input)
    return [
      .init(name: "update", values: step.update),
      .init(name: "candidate", values: step.candidate),
    ]
  }
}

extension MinLSTMCell: GatedCell {
  func gates(_ input: Tensor, state: Tensor) -> [GateTrace.Signal] {
    let step = step(input)
    return [
      .init(name: "forget", values: step.forget),
      .init(name: "input", values: step.input),
      .init(name: "candidate", values: step.candidate),
    ]
  }
}
