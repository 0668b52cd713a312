import Recurrent

/// Writes a graph operation by operation.
///
/// Values are known by their names. Operations go into the graph itself or, while one is written, into
/// a graph within it, which sees the values of the outer one.
struct ONNXGraphBuilder {
  private(set) var graph: ONNXGraph
  /// The operations of the graph and of the one being written within it.
  private var nodes: [[ONNXGraph.Node]] = [[]]
  private var count = 0
  /// Matrices whose transposes have been written.
  private var transposes: [String: String] = [:]

  init(name: String) { graph = ONNXGraph(name: name) }

  /// The finished graph.
  func finished() -> ONNXGraph {
    var graph = graph
    graph.nodes = nodes[0]
    return graph
  }

  // MARK: - Inputs and outputs

  /// Declares an input; with a usual value it may be left out.
  mutating func input(_ value: ONNXGraph.Value, usually array: ONNXArray? = nil) -> String {
    graph.inputs.append(value)
    graph.arrays[value.name] = array
    return value.name
  }

  /// Declares an output, which is the value of another name.
  mutating func output(_ value: ONNXGraph.Value, _ source: String) {
    nodes[0].append(ONNXGraph.Node("Identity", [source], [value.name]))
    graph.outputs.append(value)
  }

  // MARK: - Operations

  /// Adds an operation with one output and returns the output's name.
  mutating func add(
    _ operation: String,
    _ inputs: String...,
    attributes: [String: ONNXGraph.Node.Attribute] = [:]
  ) -> String {
    add(operation, inputs, outputs: 1, attributes)[0]
  }

  /// Adds an operation and returns the names of its outputs.
  mutating func add(
    _ operation: String,
    _ inputs: [String],
    outputs: Int,
    _ attributes: [String: ONNXGraph.Node.Attribute] = [:]
  ) -> [String] {
    let names = (0..<outputs).map { _ in newName(operation) }
    nodes[nodes.count - 1].append(ONNXGraph.Node(operation, inputs, names, attributes))
    return names
  }

  private mutating func newName(_ operation: String) -> String {
    count += 1
    return "\(operation.lowercased())_\(count)"
  }

  /// Writes a graph within the graph: `write` gets the names of its inputs and returns those of its
  /// outputs.
  mutating func body(
    name: String,
    inputs: [ONNXGraph.Value],
    outputs: Int,
    _ write: (inout ONNXGraphBuilder, [String]) -> [String]
  ) -> ONNXGraph {
    nodes.append([])
    var body = ONNXGraph(name: name)
    body.inputs = inputs
    let results = write(&self, inputs.map(\.name))
    require(results.count == outputs, "a graph within a graph gives \(outputs) values")
    for result in results {
      // An output of its own, since a value may be given twice, or be an input.
      let output = add("Identity", result)
      body.outputs.append(ONNXGraph.Value(output, .float, nil))
    }
    body.nodes = nodes.removeLast()
    return body
  }

  // MARK: - Constants

  /// A stored array under its name in the model.
  mutating func array(_ tensor: Tensor, named name: String) -> String {
    graph.arrays[name] = ONNXArray(tensor)
    return name
  }

  /// A stored list of whole numbers.
  mutating func integers(_ values: [Int], type: ONNXArray.ElementType = .int64) -> String {
    let name =
      values.count > 8
      ? newName("\(type)_list") : (["\(type)"] + values.map { "\($0)" }).joined(separator: "_")
    graph.arrays[name] = ONNXArray(values, shape: [values.count], type: type)
    return name
  }

  /// A stored whole number without axes.
  mutating func integer(_ value: Int) -> String {
    let name = "number_\(value)"
    graph.arrays[name] = ONNXArray([value], shape: [])
    return name
  }

  /// A stored number without axes.
  mutating func number(_ value: Float) -> String {
    let name = "number_\(value)"
    graph.arrays[name] = ONNXArray([value], shape: [])
    return name
  }

  /// The transpose of a stored matrix, written once in the outermost graph.
  mutating func transpose(of name: String) -> String {
    if let found = transposes[name] { return found }
    let transposed = "\(name).transposed"
    nodes[0].append(
      ONNXGraph.Node("Transpose", [name], [transposed], ["perm": .integers([1, 0])])
    )
    transposes[name] = transposed
    return transposed
  }

  /// x Wᵀ, of rows by a stored matrix as PyTorch has it.
  mutating func product(_ x: String, _ matrix: String) -> String {
    add("MatMul", x, transpose(of: matrix))
  }

  /// The parts of the last axis, `count` of `size` places each.
  mutating func parts(_ x: String, _ count: Int, size: Int) -> [String] {
    if count == 1 { return [x] }
    return add(
      "Split",
      [x, integers(Array(repeating: size, count: count))],
      outputs: count,
      ["axis": .integer(-1)]
    )
  }
}
