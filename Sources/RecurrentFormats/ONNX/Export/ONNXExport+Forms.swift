import Recurrent

// What the two forms of a graph read and give, around the layers.
extension ONNXExport {
  // MARK: - Inputs

  /// Declares the sequences, or the steps, and returns them as features, `[batch, ..., features]`.
  private func declareInput(_ writer: inout ONNXSequenceWriter, isStep: Bool) -> String {
    let extents: [ONNXGraph.Value.Extent] =
      isStep ? [.named("batch")] : [.named("batch"), .named("time")]
    let size = model.layers[0].inputSize
    if input.isTokens {
      let tokens = writer.builder.input(ONNXGraph.Value("tokens", .int64, extents))
      let values = writer.builder.array(Tensor([0, 1]), named: "absent_and_present")
      return writer.builder.add(
        "OneHot",
        tokens,
        writer.builder.integer(size),
        values,
        attributes: ["axis": .integer(-1)]
      )
    }
    guard let grid = input.grid, let gridSize, model.reading != .rows else {
      return writer.builder.input(ONNXGraph.Value("input", .float, extents + [.fixed(size)]))
    }
    let x = writer.builder.input(
      ONNXGraph.Value("input", .float, [.named("batch"), .fixed(grid[0]), .fixed(grid[1])])
    )
    let flat = writer.builder.add("Reshape", x, writer.builder.integers([0, -1]))
    let places = model.reading.positions(steps: grid[0], features: grid[1])
    let read = writer.builder.add(
      "Gather",
      flat,
      writer.builder.integers(places),
      attributes: ["axis": .integer(1)]
    )
    return writer.builder.add(
      "Reshape",
      read,
      writer.builder.integers([-1, gridSize.steps, gridSize.features])
    )
  }

  /// Declares the states before the first step, each with what it is where it is left out.
  private func declareStates(_ writer: inout ONNXSequenceWriter) {
    for part in parts {
      if case .sweep = part { continue }
      for direction in part.directions {
        for (name, usual) in zip(direction.stateNames, direction.initialState) {
          let key = "\(name)_\(direction.suffix)"
          writer.states[key] = writer.builder.input(
            ONNXGraph.Value(
              "initial_\(key)",
              .float,
              [.named("states"), .fixed(usual.shape[1])]
            ),
            usually: ONNXArray(usual)
          )
        }
      }
    }
  }

  private func declareFinalStates(_ writer: inout ONNXSequenceWriter) {
    for state in writer.finalStates {
      writer.builder.output(
        ONNXGraph.Value("final_\(state.name)", .float, [.named("batch"), .fixed(state.size)]),
        state.value
      )
    }
  }

  // MARK: - Forms

  func writeSequence(_ writer: inout ONNXSequenceWriter) {
    let x = declareInput(&writer, isStep: false)
    // A length that nobody says is that of the batch.
    let lengths: String? =
      model.reading == .rows
      ? writer.builder.input(
        ONNXGraph.Value("lengths", .int32, [.named("rows")]),
        usually: ONNXArray([Int(Int32.max)], shape: [1], type: .int32)
      ) : nil
    declareStates(&writer)
    let lines = lines(of: x, lengths, &writer)
    var output = ONNXSequenceWriter.Output(
      outputs: writer.builder.add("Transpose", x, attributes: ["perm": .integers([1, 0, 2])]),
      final: x
    )
    for part in parts { output = writer.layer(part, output.outputs, lines) }
    let logits = head(output, lines, &writer)
    var extents: [ONNXGraph.Value.Extent] = [.named("batch"), .fixed(model.head.outputSize)]
    if model.summary == .allOutputs { extents.insert(.named("time"), at: 1) }
    writer.builder.output(ONNXGraph.Value("logits", .float, extents), logits)
    declareFinalStates(&writer)
  }

  /// The sizes of a batch, the rows' lengths, and which steps are within them.
  private func lines(
    of x: String,
    _ given: String?,
    _ writer: inout ONNXSequenceWriter
  ) -> ONNXSequenceWriter.Lines {
    let shape = writer.builder.add("Shape", x)
    func extent(_ axis: Int) -> String {
      writer.builder.add(
        "Slice",
        shape,
        writer.builder.integers([axis]),
        writer.builder.integers([axis + 1])
      )
    }
    var lines = ONNXSequenceWriter.Lines(batch: extent(0), steps: extent(1))
    guard let given else { return lines }
    let steps = writer.builder.add("Cast", lines.steps, attributes: ["to": .integer(6)])
    let bounded = writer.builder.add("Min", given, steps)
    let lengths = writer.builder.add("Expand", bounded, lines.batch)
    lines.lengths = lengths
    guard needsMask else { return lines }
    let end = writer.builder.add("Squeeze", steps, writer.builder.integers([0]))
    let (zero, one) = (
      writer.builder.add("Cast", writer.builder.integer(0), attributes: ["to": .integer(6)]),
      writer.builder.add("Cast", writer.builder.integer(1), attributes: ["to": .integer(6)])
    )
    let times = writer.builder.add("Range", zero, end, one)
    let column = writer.builder.add("Unsqueeze", times, writer.builder.integers([1]))
    let within = writer.builder.add("Less", column, lengths)
    lines.alive = writer.builder.add("Unsqueeze", within, writer.builder.integers([2]))
    return lines
  }

  /// Whether anything asks which steps are within a row.
  private var needsMask: Bool {
    model.summary == .maxOutput
      || parts.contains { part in
        if case .recurrence = part { return Self.support(of: part) != .exact }
        return true
      }
  }

  /// The logits of the last layer's output.
  private func head(
    _ output: ONNXSequenceWriter.Output,
    _ lines: ONNXSequenceWriter.Lines,
    _ writer: inout ONNXSequenceWriter
  ) -> String {
    switch model.summary {
    case .lastOutput: return dense(output.final, &writer)
    case .allOutputs:
      let rows = writer.builder.add(
        "Transpose",
        output.outputs,
        attributes: ["perm": .integers([1, 0, 2])]
      )
      return dense(rows, &writer)
    case .meanOutput:
      let sums = writer.builder.add(
        "ReduceSum",
        output.outputs,
        writer.builder.integers([0]),
        attributes: ["keepdims": .integer(0)]
      )
      let counts = writer.builder.add(
        "Cast",
        lines.lengths ?? lines.steps,
        attributes: ["to": .integer(1)]
      )
      let column =
        lines.lengths == nil
        ? counts : writer.builder.add("Unsqueeze", counts, writer.builder.integers([1]))
      return dense(writer.builder.add("Div", sums, column), &writer)
    case .maxOutput:
      let least = writer.builder.number(-.infinity)
      let masked =
        lines.alive.map { writer.builder.add("Where", $0, output.outputs, least) } ?? output.outputs
      let largest = writer.builder.add(
        "ReduceMax",
        masked,
        attributes: ["axes": .integers([0]), "keepdims": .integer(0)]
      )
      return dense(largest, &writer)
    }
  }

  private func dense(_ x: String, _ writer: inout ONNXSequenceWriter) -> String {
    let weight = writer.builder.array(model.head.weight, named: "head.weight")
    let product = writer.builder.product(x, weight)
    let bias = writer.builder.array(model.head.bias, named: "head.bias")
    return writer.builder.add("Add", product, bias)
  }

  func writeStep(_ writer: inout ONNXSequenceWriter) {
    let x = declareInput(&writer, isStep: true)
    declareStates(&writer)
    // A step is a sequence of one.
    let row = writer.builder.add("Unsqueeze", x, writer.builder.integers([0]))
    let shape = writer.builder.add("Shape", x)
    let batch = writer.builder.add(
      "Slice",
      shape,
      writer.builder.integers([0]),
      writer.builder.integers([1])
    )
    let lines = ONNXSequenceWriter.Lines(batch: batch, steps: writer.builder.integers([1]))
    var output = ONNXSequenceWriter.Output(outputs: row, final: x)
    for part in parts { output = writer.layer(part, output.outputs, lines) }
    writer.builder.output(
      ONNXGraph.Value("logits", .float, [.named("batch"), .fixed(model.head.outputSize)]),
      dense(output.final, &writer)
    )
    declareFinalStates(&writer)
  }
}
