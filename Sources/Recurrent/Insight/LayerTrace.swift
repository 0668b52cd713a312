/// How a layer's run tells a search what it computes.
struct LayerTrace: Sendable {
  let search: NonFiniteSearch
  /// The layer's place in its model.
  let index: Int
  /// What the rows are that the layer reads.
  var rows: TracedRows

  /// Has a part of a layer's state, or its output, after a step looked at: `[rows, units]`.
  private func observed(
    _ tensor: Tensor,
    _ stage: NonFiniteOrigin.Stage,
    _ gradientStage: NonFiniteOrigin.Stage,
    of layer: NonFiniteOrigin.Layer,
    step: Int
  ) -> Tensor {
    search.observed(tensor) { [rows, isBackward = search.isBackward] row, unit, value in
      guard let position = rows.position(row: row, step: step) else { return nil }
      return NonFiniteOrigin(
        stage: isBackward ? gradientStage : stage,
        value: value,
        layer: layer,
        unit: unit,
        place: position.place,
        step: position.step,
        steps: position.steps,
        example: position.example
      )
    }
  }

  /// Has the parts of a state looked at.
  ///
  /// The last comes first: a cell computes its hidden state, which is the first, from the others.
  func observed<State: RecurrentState>(
    _ state: State,
    of name: String,
    _ direction: NonFiniteOrigin.Direction? = nil,
    step: Int
  ) -> State {
    let layer = NonFiniteOrigin.Layer(index: index, name: name, direction: direction)
    var tensors = state.tensors
    let names = State.tensorNames
    for part in tensors.indices.reversed() {
      let name = part < names.count ? names[part] : "part \(part) of the state"
      tensors[part] = observed(
        tensors[part],
        .state(name),
        .stateGradient(name),
        of: layer,
        step: step
      )
    }
    return State(tensors: tensors)
  }

  /// Has the output of one step looked at.
  func observed(output: Tensor, of name: String, step: Int) -> Tensor {
    let layer = NonFiniteOrigin.Layer(index: index, name: name)
    return observed(output, .output, .outputGradient, of: layer, step: step)
  }

  /// Has every step's output looked at, `[rows, time, units]`, in the order in which it is read.
  func observed(outputs: Tensor, of name: String, isReversed: Bool) -> Tensor {
    let steps = outputs.shape[1]
    var seen = [Tensor](repeating: .zeros([0]), count: steps)
    for step in 0..<steps {
      let time = isReversed ? steps - 1 - step : step
      seen[time] = observed(output: outputs.slice(at: time, along: 1), of: name, step: time)
    }
    return .stacked(seen, along: 1)
  }

  /// Has the output after everything was read looked at, `[rows, units]`.
  func observed(final: Tensor, of name: String) -> Tensor {
    let layer = NonFiniteOrigin.Layer(index: index, name: name)
    return search.observed(final) { [rows, isBackward = search.isBackward] row, unit, value in
      NonFiniteOrigin(
        stage: isBackward ? .outputGradient : .output,
        value: value,
        layer: layer,
        unit: unit,
        example: rows.position(row: row, step: 0)?.example
      )
    }
  }
}

/// What the rows of a layer's tensors are: a batch's examples, or lines of their grids.
indirect enum TracedRows: Sendable {
  /// Examples of a data set, each with its number of steps.
  case examples([Int], steps: [Int])
  /// Lines from place to place, one for each step; their numbers among `steps` for each row.
  case across(lines: [Int], steps: Int, of: TracedRows)
  /// Lines from step to step, one for each of a row's places.
  case down(places: Int, of: TracedRows)

  /// Where a number stands.
  struct Position: Sendable, Equatable {
    var example: Int
    var step: Int
    /// The number of the example's steps.
    var steps: Int
    var place: Int?
  }

  /// Where a row's step stands; nil past the row's end.
  func position(row: Int, step: Int) -> Position? {
    switch self {
    case .examples(let examples, let steps):
      guard step < steps[row] else { return nil }
      return Position(example: examples[row], step: step, steps: steps[row])
    case .across(let lines, let steps, let rows):
      var position = rows.position(row: lines[row] / steps, step: lines[row] % steps)
      position?.place = step
      return position
    case .down(let places, let rows):
      var position = rows.position(row: row / places, step: step)
      position?.place = row % places
      return position
    }
  }
}
