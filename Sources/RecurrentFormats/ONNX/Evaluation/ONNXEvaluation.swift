import Recurrent

/// Runs a graph operation by operation, slowly and as the specification is written.
///
/// It shares no layer with the library, so that it can tell whether a file computes what a model does.
/// Operations are those that files written here have, and those that PyTorch and Keras put around
/// recurrent layers.
///
/// Source: ONNX, "Operator Schemas".
struct ONNXEvaluation {
  /// No more elements than this are made, all arrays together, whatever a file says.
  static let usualLimit = 1 << 28
  /// No deeper do graphs lie in one another.
  private static let deepest = 8

  let operatorSet: Int
  private let limit: Int
  /// How many elements may still be made.
  private var room: Int

  /// Runs a model's graph.
  ///
  /// - Throws: `FileError` when an input is missing, or an operation is not known, reads what it
  ///   cannot, or would make too much.
  static func run(
    _ model: ONNXModel,
    _ inputs: [String: ONNXArray],
    limit: Int = usualLimit
  ) throws(FileError) -> [String: ONNXArray] {
    var evaluation = ONNXEvaluation(operatorSet: model.operatorSet, limit: limit)
    for input in model.graph.requiredInputs where inputs[input.name] == nil {
      throw FileError("needs an input '\(input.name.prefix(80))'")
    }
    let values = try evaluation.values(of: model.graph, Scope(inputs))
    var outputs: [String: ONNXArray] = [:]
    for output in model.graph.outputs { outputs[output.name] = values[output.name] }
    return outputs
  }

  /// Returns every value of the graph that follows from stored arrays and constants alone.
  ///
  /// What cannot be computed is left out.
  static func constants(
    of model: ONNXModel,
    limit: Int = usualLimit
  ) -> [String: ONNXArray] {
    var evaluation = ONNXEvaluation(operatorSet: model.operatorSet, limit: limit)
    let given = Set(model.graph.inputs.map(\.name))
    var scope = Scope(model.graph.arrays.filter { !given.contains($0.key) })
    for node in model.graph.nodes {
      let isKnown = node.inputs.allSatisfy { $0.isEmpty || scope[$0] != nil }
      guard isKnown, node.graph("body") == nil, node.graph("then_branch") == nil else { continue }
      _ = try? evaluation.run(node, in: &scope, depth: 0)
    }
    return scope.values
  }

  private init(operatorSet: Int, limit: Int) {
    self.operatorSet = operatorSet
    self.limit = limit
    room = limit
  }

  /// The values that names stand for, and what graphs around this one know.
  struct Scope {
    var values: [String: ONNXArray]
    private var outer: [[String: ONNXArray]] = []

    init(_ values: [String: ONNXArray], within scope: Scope? = nil) {
      self.values = values
      guard let scope else { return }
      outer = [scope.values] + scope.outer
    }

    subscript(_ name: String) -> ONNXArray? {
      if let value = values[name] { return value }
      for scope in outer { if let value = scope[name] { return value } }
      return nil
    }
  }

  /// Runs a graph; `scope` has its inputs.
  mutating func values(
    of graph: ONNXGraph,
    _ scope: Scope,
    depth: Int = 0
  ) throws(FileError) -> Scope {
    guard depth < Self.deepest else { throw FileError("has graphs within graphs too deep") }
    var scope = scope
    for (name, array) in graph.arrays where scope.values[name] == nil { scope.values[name] = array }
    for node in graph.nodes { try run(node, in: &scope, depth: depth) }
    for output in graph.outputs where scope[output.name] == nil {
      throw FileError("does not compute its output '\(output.name.prefix(80))'")
    }
    return scope
  }

  private mutating func run(
    _ node: ONNXGraph.Node,
    in scope: inout Scope,
    depth: Int
  ) throws(FileError) {
    var inputs: [ONNXArray?] = []
    for name in node.inputs {
      guard name.isEmpty || scope[name] != nil else {
        throw FileError(
          "has an operation \(node.operation.prefix(40)) of '\(name.prefix(80))', which nothing gives"
        )
      }
      inputs.append(name.isEmpty ? nil : scope[name])
    }
    let call = ONNXCall(node: node, inputs: inputs, operatorSet: operatorSet, limit: limit)
    let results: [ONNXArray]
    switch node.operation {
    case "Scan": results = try scan(call, in: scope, depth: depth)
    case "If": results = try branch(call, in: scope, depth: depth)
    default: results = try call.run()
    }
    for (name, result) in zip(node.outputs, results) where !name.isEmpty {
      try spend(result.count)
      scope.values[name] = result
    }
  }

  private mutating func spend(_ count: Int) throws(FileError) {
    room -= count
    guard room >= 0 else { throw FileError("computes more than \(limit) numbers") }
  }

  /// Runs one of two graphs.
  private mutating func branch(
    _ call: ONNXCall,
    in scope: Scope,
    depth: Int
  ) throws(FileError) -> [ONNXArray] {
    guard let isTrue = try call.input(0).truths?.first,
      let graph = call.node.graph(isTrue ? "then_branch" : "else_branch")
    else { throw call.problem("has no condition, or no branches") }
    let values = try values(of: graph, Scope([:], within: scope), depth: depth + 1)
    return graph.outputs.compactMap { values[$0.name] }
  }

  /// Runs a graph once for each slice of its sequences.
  private mutating func scan(
    _ call: ONNXCall,
    in scope: Scope,
    depth: Int
  ) throws(FileError) -> [ONNXArray] {
    guard let body = call.node.graph("body"), let count = call.node.integer("num_scan_inputs"),
      count > 0, count <= call.inputs.count, body.inputs.count == call.inputs.count,
      body.outputs.count >= call.inputs.count - count
    else { throw call.problem("has no graph that fits its inputs") }
    let kept = call.inputs.count - count
    var states: [ONNXArray] = []
    for index in 0..<kept { states.append(try call.input(index)) }
    var sequences: [ONNXArray] = []
    for index in kept..<call.inputs.count { sequences.append(try call.input(index)) }
    guard let steps = sequences.first?.shape.first,
      sequences.allSatisfy({ $0.shape.first == steps }),
      call.node.integers("scan_input_axes")?.allSatisfy({ $0 == 0 }) ?? true,
      call.node.integers("scan_output_axes")?.allSatisfy({ $0 == 0 }) ?? true
    else { throw call.problem("reads sequences of unequal length, or not along their first axis") }
    let isReversed = call.node.integers("scan_input_directions").map { $0.contains(1) } ?? false
    let outputsReversed =
      call.node.integers("scan_output_directions").map { $0.contains(1) } ?? false
    var gathered: [[ONNXArray]] = Array(repeating: [], count: body.outputs.count - kept)
    for step in 0..<steps {
      try spend(1)
      let place = isReversed ? steps - 1 - step : step
      var given: [String: ONNXArray] = [:]
      for (input, state) in zip(body.inputs, states) { given[input.name] = state }
      for (input, sequence) in zip(body.inputs[kept...], sequences) {
        given[input.name] = sequence.slice(place)
      }
      let values = try values(of: body, Scope(given, within: scope), depth: depth + 1)
      let results = body.outputs.compactMap { values[$0.name] }
      states = Array(results[..<kept])
      for (index, result) in results[kept...].enumerated() { gathered[index].append(result) }
    }
    var results = states
    for slices in gathered {
      guard let first = slices.first, slices.allSatisfy({ $0.shape == first.shape }) else {
        throw call.problem("gives nothing, or slices of unequal shapes")
      }
      results.append(try call.stacked(outputsReversed ? slices.reversed() : slices))
    }
    return results
  }
}
