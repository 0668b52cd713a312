import Recurrent
import RecurrentTestSupport
import Testing

/// Whole layers against PyTorch's, number for number: outputs, final states, every gradient.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct LayerGoldenTests {
  /// A case of a PyTorch layer, and what its manifest says of it.
  struct LayerCase: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let kind: String
    let layers: Int
    let isBidirectional: Bool
    let isBatchFirst: Bool
    let isBatched: Bool
    let lengths: [Int]?
    var testDescription: String { golden.name }

    /// Reads a manifest's options; nil if the library has no such layer.
    init?(_ golden: Golden) {
      func option<Value>(_ name: String, as type: Value.Type) -> Value? {
        golden.value("options", name) as? Value
      }
      guard let kind = option("kind", as: String.self),
        ["rnn_tanh", "rnn_relu", "lstm", "gru"].contains(kind),
        let layers = option("num_layers", as: Int.self),
        let isBidirectional = option("bidirectional", as: Bool.self),
        let isBatchFirst = option("batch_first", as: Bool.self),
        let isBatched = option("batched", as: Bool.self)
      else { return nil }
      (self.golden, self.kind, self.layers) = (golden, kind, layers)
      self.isBidirectional = isBidirectional
      (self.isBatchFirst, self.isBatched) = (isBatchFirst, isBatched)
      lengths = option("lengths", as: [Int].self)
    }

    /// The arrays that gradients are given for, by name: the input, the states, the parameters.
    var inputNames: [String] {
      golden.file.entries.keys.filter { $0.hasPrefix("grad/") }.map { String($0.dropFirst(5)) }
        .sorted()
    }

    /// Runs the stack of layers; the results by their names, with the manifest's axes.
    func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
      let x = try #require(inputs["x"])
      var sequence = x
      if !isBatched {
        sequence = x.reshaped(to: Shape([1] + x.shape.dimensions))
      } else if !isBatchFirst {
        sequence = exchangingFirstAxes(x)
      }
      var (hidden, cell): ([Tensor], [Tensor]) = ([], [])
      for layer in 0..<layers {
        var outputs: [Tensor] = []
        for direction in 0..<(isBidirectional ? 2 : 1) {
          let result = try run(sequence, inputs, layer: layer, direction: direction)
          outputs.append(result.output)
          hidden.append(result.states[0])
          if result.states.count > 1 { cell.append(result.states[1]) }
        }
        sequence = .concatenated(outputs, along: 2)
      }
      let output = isBatched && !isBatchFirst ? exchangingFirstAxes(sequence) : sequence
      var results = ["output": output, "h_n": Tensor.stacked(hidden, along: 0)]
      if !cell.isEmpty { results["c_n"] = .stacked(cell, along: 0) }
      // Cases without a batch have no axis for it anywhere.
      for (name, result) in results {
        results[name] = try result.reshaped(to: golden.file.tensor(named: name).shape)
      }
      return results
    }

    /// Runs one direction of one layer.
    private func run(
      _ sequence: Tensor,
      _ inputs: [String: Tensor],
      layer: Int,
      direction: Int
    ) throws -> (output: Tensor, states: [Tensor]) {
      let suffix = "_l\(layer)\(direction == 1 ? "_reverse" : "")"
      let input = try #require(inputs["weight_ih" + suffix])
      let recurrent = try #require(inputs["weight_hh" + suffix])
      let place = layer * (isBidirectional ? 2 : 1) + direction
      let states = ["h_0", "c_0"].compactMap { name in
        inputs[name].map { given in
          let state = given.slice(at: place, along: 0)
          return state.shape.rank == 1 ? state.reshaped(to: [1, state.count]) : state
        }
      }
      func applied<Built: BuiltInCell>(_ cell: Built) -> (output: Tensor, states: [Tensor]) {
        var layer = CellLayer(cell)
        layer.isReversed = direction == 1
        let (output, state) = layer(
          sequence,
          state: states.isEmpty ? nil : Built.State(tensors: states),
          lengths: lengths
        )
        return (output, state.tensors)
      }
      let zero = Tensor.zeros([input.shape[0]])
      let biases = ["bias_ih", "bias_hh"].map { inputs[$0 + suffix] ?? zero }
      if kind == "gru" {
        return applied(
          GRUCell(
            input: input,
            recurrent: recurrent,
            inputBias: biases[0],
            recurrentBias: biases[1]
          )
        )
      }
      let weights = RecurrentWeights(
        input: input,
        recurrent: recurrent,
        bias: biases[0] + biases[1],
        gates: kind == "lstm" ? 4 : 1
      )
      if kind == "lstm" {
        return applied(LSTMCell(weights, projection: inputs["weight_hr" + suffix]))
      }
      let activation = RNNCell.Activation(rawValue: String(kind.dropFirst(4)))
      return try applied(RNNCell(weights, activation: #require(activation)))
    }

    func exchangingFirstAxes(_ x: Tensor) -> Tensor {
      .stacked((0..<x.shape[1]).map { x.slice(at: $0, along: 1) }, along: 0)
    }

    /// The arrays of a list of names.
    func tensors(_ names: [String]) throws -> [Tensor] {
      try names.map { try golden.file.tensor(named: $0) }
    }
  }

  static let cases = Golden.all(kind: "B: PyTorch").compactMap(LayerCase.init)

  @Test func `there are cases of every kind`() {
    #expect(Set(Self.cases.map(\.kind)) == ["rnn_tanh", "rnn_relu", "lstm", "gru"])
    #expect(Self.cases.contains { $0.lengths != nil && $0.isBidirectional })
    #expect(Self.cases.count == Golden.all(kind: "B: PyTorch").count)
  }

  @Test(arguments: cases)
  func `outputs and final states agree`(layer: LayerCase) throws {
    let tolerance = try Float(layer.golden.double("tolerance", "forward_abs"))
    let names = layer.inputNames
    let inputs = try Dictionary(uniqueKeysWithValues: zip(names, layer.tensors(names)))
    for (name, got) in try layer.run(inputs) {
      let want = try layer.golden.file.tensor(named: name)
      #expect(largestDistance(got.elements, want.elements) <= tolerance, "\(name)")
    }
  }

  @Test(arguments: cases, ["grad", "grad_all"])
  func `every gradient agrees`(layer: LayerCase, kind: String) throws {
    let relative = try Float(layer.golden.double("tolerance", "grad_abs_over_max_value"))
    let names = layer.inputNames
    let gradient = try valueWithGradient(at: layer.tensors(names)) { inputs in
      let results = try layer.run(Dictionary(uniqueKeysWithValues: zip(names, inputs)))
      return try results.filter { kind == "grad_all" || $0.key == "output" }
        .map { try ($1 * layer.golden.file.tensor(named: "cot/\($0)")).sum() }
        .reduce(Tensor(0)) { $0 + $1 }
    }.gradient
    for (name, got) in zip(names, gradient.tensors) {
      let want = try layer.golden.file.tensor(named: "\(kind)/\(name)")
      #expect(got.shape == want.shape)
      // The manifest's bound, which is absolute where the gradients are tiny.
      let bound = max(relative * largestMagnitude(want.elements), 1e-6)
      #expect(largestDistance(got.elements, want.elements) <= bound, "\(name)")
    }
  }
}
