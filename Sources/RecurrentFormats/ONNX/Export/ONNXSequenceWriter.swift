import Recurrent

/// Writes layers that read whole sequences; inside, steps come first: `[time, batch, features]`.
struct ONNXSequenceWriter {
  /// The names of what a layer gives.
  struct Output {
    /// Every step's, `[time, batch, size]`, zeros past a row's end.
    var outputs: String
    /// That after everything was read, `[batch, size]`.
    var final: String
  }

  /// The sequences that a layer is run over.
  struct Lines {
    /// How many there are, as a list of one number.
    var batch: String
    /// How many steps they have, as a list of one number.
    var steps: String
    /// How many steps each has, `[batch]`, of 32 bits; nil where all have all of them.
    var lengths: String?
    /// Which steps are within each row, `[time, batch, 1]`; nil where all are.
    var alive: String?
  }

  var builder: ONNXGraphBuilder
  /// The states before the first step that the graph is given, by the names of their parts.
  var states: [String: String] = [:]
  /// The states after the last step, by the names of their parts.
  var finalStates: [(name: String, size: Int, value: String)] = []

  /// Writes a layer over lines.
  ///
  /// States are those that the graph is given, and are given back, unless it is run for `isInner`.
  mutating func layer(
    _ parts: LayerParts,
    _ x: String,
    _ lines: Lines,
    isInner: Bool = false
  ) -> Output {
    switch parts {
    case .recurrence(let directions, let merge):
      return recurrence(directions, merge, x, lines, isInner: isInner)
    case .residual(let inner):
      let output = layer(inner, x, lines, isInner: isInner)
      let own = cleared(x, lines)
      return Output(
        outputs: builder.add("Add", output.outputs, own),
        final: builder.add("Add", output.final, lastStep(of: x, lines))
      )
    case .sweep(let inner, let axis, let places):
      return sweep(inner, axis, places, x, lines)
    }
  }

  /// The steps with zeros past each row's end.
  private mutating func cleared(_ x: String, _ lines: Lines) -> String {
    guard let alive = lines.alive else { return x }
    return builder.add("Where", alive, x, builder.number(0))
  }

  /// Each row's last step.
  mutating func lastStep(of x: String, _ lines: Lines) -> String {
    guard let lengths = lines.lengths else {
      return builder.add("Gather", x, builder.integer(-1), attributes: ["axis": .integer(0)])
    }
    let wide = builder.add("Cast", lengths, attributes: ["to": .integer(7)])
    let reversed = builder.add(
      "ReverseSequence",
      x,
      wide,
      attributes: ["time_axis": .integer(0), "batch_axis": .integer(1)]
    )
    return builder.add("Gather", reversed, builder.integer(0), attributes: ["axis": .integer(0)])
  }

  // MARK: - Cells

  private mutating func recurrence(
    _ directions: [LayerParts.Direction],
    _ merge: Merge,
    _ x: String,
    _ lines: Lines,
    isInner: Bool
  ) -> Output {
    let native = directions.compactMap { ONNXNativeWeights($0) }
    let isOne =
      native.count == 2 && directions.count == 2 && native[0].goes(with: native[1])
    let outputs: [Output]
    if isOne {
      outputs = self.native(native, directions, x, lines, isInner: isInner)
    } else {
      var each: [Output] = []
      for direction in directions {
        if let weights = ONNXNativeWeights(direction) {
          each += self.native([weights], [direction], x, lines, isInner: isInner)
        } else {
          each.append(scan(direction, x, lines, isInner: isInner))
        }
      }
      outputs = each
    }
    guard outputs.count == 2 else { return outputs[0] }
    return Output(
      outputs: merged(outputs.map(\.outputs), merge),
      final: merged(outputs.map(\.final), merge)
    )
  }

  private mutating func merged(_ values: [String], _ merge: Merge) -> String {
    switch merge {
    case .concatenate:
      return builder.add("Concat", values, outputs: 1, ["axis": .integer(-1)])[0]
    case .sum: return builder.add("Add", values, outputs: 1)[0]
    case .product: return builder.add("Mul", values, outputs: 1)[0]
    case .mean:
      return builder.add("Mul", builder.add("Add", values, outputs: 1)[0], builder.number(0.5))
    }
  }

  /// The states of a direction before the first step, `[batch, size]` each.
  private mutating func initialStates(
    _ direction: LayerParts.Direction,
    _ lines: Lines,
    isInner: Bool
  ) -> [String] {
    var names: [String] = []
    for (name, usual) in zip(direction.stateNames, direction.initialState) {
      let key = "\(name)_\(direction.suffix)"
      let source = isInner ? nil : states[key]
      let size = usual.shape[1]
      let stored = source ?? builder.array(usual, named: "initial_\(key)")
      let shape = builder.add(
        "Concat",
        lines.batch,
        builder.integers([size]),
        attributes: ["axis": .integer(0)]
      )
      names.append(builder.add("Expand", stored, shape))
    }
    return names
  }

  private mutating func keep(
    _ values: [String],
    of direction: LayerParts.Direction,
    isInner: Bool
  ) {
    guard !isInner else { return }
    for (index, value) in values.enumerated() {
      finalStates.append(
        (
          "\(direction.stateNames[index])_\(direction.suffix)",
          direction.initialState[index].shape[1],
          value
        )
      )
    }
  }

  /// One of ONNX's own operations, for one direction or for both.
  private mutating func native(
    _ weights: [ONNXNativeWeights],
    _ directions: [LayerParts.Direction],
    _ x: String,
    _ lines: Lines,
    isInner: Bool
  ) -> [Output] {
    let name = directions[0].parameterNames["weight_ih"] ?? directions[0].suffix
    func stored(_ part: String, _ tensors: [Tensor]) -> String {
      builder.array(.stacked(tensors, along: 0), named: "\(name).\(part)")
    }
    var inputs = [
      x, stored("W", weights.map(\.input)), stored("R", weights.map(\.recurrent)),
      stored("B", weights.map(\.bias)), lines.lengths ?? "",
    ]
    let states = directions.map { initialStates($0, lines, isInner: isInner) }
    let axis = builder.integers([0])
    for part in states[0].indices {
      let each = states.map { builder.add("Unsqueeze", $0[part], axis) }
      inputs.append(
        each.count == 1
          ? each[0] : builder.add("Concat", each, outputs: 1, ["axis": .integer(0)])[0]
      )
    }
    let peepholes = weights.compactMap(\.peepholes)
    if peepholes.count == weights.count { inputs.append(stored("P", peepholes)) }
    let word =
      directions.count == 2 ? "bidirectional" : directions[0].isReversed ? "reverse" : "forward"
    let results = builder.add(
      weights[0].operation,
      inputs,
      outputs: 1 + states[0].count,
      weights[0].attributes(direction: word, count: weights.count)
    )
    return directions.indices.map { index in
      func part(_ value: String, _ axis: Int) -> String {
        builder.add(
          "Gather",
          value,
          builder.integer(index),
          attributes: ["axis": .integer(axis)]
        )
      }
      let finals = results.dropFirst().map { part($0, 0) }
      keep(finals, of: directions[index], isInner: isInner)
      return Output(outputs: part(results[0], 1), final: finals[0])
    }
  }

  /// A cell of elementary operations, run by ONNX's Scan.
  private mutating func scan(
    _ direction: LayerParts.Direction,
    _ x: String,
    _ lines: Lines,
    isInner: Bool
  ) -> Output {
    let cell = ONNXCellSteps(direction)
    let sums = cell.inputSums(x, &builder)
    let states = initialStates(direction, lines, isInner: isInner)
    let count = states.count
    let suffix = isInner ? "\(direction.suffix)_inner" : direction.suffix
    var values = direction.initialState.enumerated().map { index, state in
      ONNXGraph.Value("before_\(index)_\(suffix)", .float, [.unknown, .fixed(state.shape[1])])
    }
    values.append(ONNXGraph.Value("sums_\(suffix)", .float, [.unknown, .unknown]))
    if lines.alive != nil {
      values.append(ONNXGraph.Value("alive_\(suffix)", .bool, [.unknown, .fixed(1)]))
    }
    let body = builder.body(name: "step_\(suffix)", inputs: values, outputs: count + 1) {
      builder,
      names in
      let before = Array(names[..<count])
      let after = cell.step(names[count], before, &builder)
      guard names.count > count + 1 else { return after + [after[0]] }
      let alive = names[count + 1]
      let kept = zip(after, before).map { builder.add("Where", alive, $0, $1) }
      return kept + [builder.add("Where", alive, after[0], builder.number(0))]
    }
    let sequences = [sums] + (lines.alive.map { [$0] } ?? [])
    let backward = direction.isReversed ? 1 : 0
    let results = builder.add(
      "Scan",
      states + sequences,
      outputs: count + 1,
      [
        "body": .graph(body), "num_scan_inputs": .integer(sequences.count),
        "scan_input_directions": .integers(sequences.map { _ in backward }),
        "scan_output_directions": .integers([backward]),
      ]
    )
    let finals = Array(results[..<count])
    keep(finals, of: direction, isInner: isInner)
    return Output(outputs: results[count], final: finals[0])
  }

  // MARK: - Grids

  private mutating func sweep(
    _ inner: LayerParts,
    _ axis: Sweep.Axis,
    _ places: Int,
    _ x: String,
    _ lines: Lines
  ) -> Output {
    func shape(_ parts: [String]) -> String {
      builder.add("Concat", parts, outputs: 1, ["axis": .integer(0)])[0]
    }
    let (all, one) = (builder.integers([-1]), builder.integers([places]))
    let outputs: String
    switch axis {
    case .across:
      // Every step of every row is a line of places.
      let grid = builder.add("Reshape", x, builder.integers([-1, places, inner.inputSize]))
      let order = ONNXGraph.Node.Attribute.integers([1, 0, 2])
      let turned = builder.add("Transpose", grid, attributes: ["perm": order])
      let batch = builder.add("Mul", lines.batch, lines.steps)
      let run = layer(inner, turned, Lines(batch: batch, steps: one), isInner: true)
      let back = builder.add("Transpose", run.outputs, attributes: ["perm": order])
      outputs = cleared(
        builder.add("Reshape", back, shape([lines.steps, lines.batch, all])),
        lines
      )
    case .down:
      // Every place of every row is a line of steps.
      let batch = builder.add("Mul", lines.batch, one)
      let size = builder.integers([inner.inputSize])
      let split = builder.add("Reshape", x, shape([lines.steps, batch, size]))
      var each = Lines(batch: batch, steps: lines.steps)
      if let lengths = lines.lengths {
        let column = builder.add("Unsqueeze", lengths, builder.integers([1]))
        let rows = builder.add("Expand", column, shape([lines.batch, one]))
        each.lengths = builder.add("Reshape", rows, all)
      }
      if let alive = lines.alive {
        let stretched = builder.add("Expand", alive, shape([lines.steps, lines.batch, one]))
        each.alive = builder.add(
          "Unsqueeze",
          builder.add("Reshape", stretched, shape([lines.steps, batch])),
          builder.integers([2])
        )
      }
      let run = layer(inner, split, each, isInner: true)
      outputs = builder.add("Reshape", run.outputs, shape([lines.steps, lines.batch, all]))
    }
    return Output(outputs: outputs, final: lastStep(of: outputs, lines))
  }
}
