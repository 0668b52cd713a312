import Recurrent
import RecurrentTestSupport
import Testing

/// Cells against Keras, PyTorch, TensorFlow 1, ONNX Runtime and the authors' own code.
///
/// Made by Tests/ReferenceScripts/make_cell_goldens.py, whose README says which case was compared
/// with which framework.
struct CellGoldenTests {
  static let goldens = Golden.committed(kind: "cell: ")

  /// The cell a manifest names, with the file's parameters, and our own reference for it.
  private func cell(
    _ golden: Golden
  ) throws -> (cell: any BuiltInCell, reference: ReferenceCell) {
    func option<Value>(_ name: String, as type: Value.Type = Value.self) -> Value? {
      golden.value("options", name) as? Value
    }
    let input = try golden.integer("sizes", "input")
    let hidden = try golden.integer("sizes", "hidden")
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell: any BuiltInCell
    let reference: ReferenceCell
    switch golden.value("kind") as? String {
    case "cell: LSTM":
      let options = LSTMCell.Options(
        isPeephole: option("isPeephole") ?? false,
        isCoupled: option("isCoupled") ?? false,
        normalizesLayers: option("normalizesLayers") ?? false,
        projectionSize: option("projectionSize")
      )
      cell = LSTMCell(inputSize: input, hiddenSize: hidden, options: options, using: &stream)
      reference = .lstm(options)
    case "cell: GRU":
      let convention = try #require(
        option("convention").flatMap { GRUCell.Convention(rawValue: $0) }
      )
      cell = GRUCell(inputSize: input, hiddenSize: hidden, convention: convention, using: &stream)
      reference = .gru(convention)
    case "cell: minGRU":
      cell = MinGRUCell(inputSize: input, hiddenSize: hidden, using: &stream)
      reference = .minGRU
    case "cell: minLSTM":
      cell = MinLSTMCell(inputSize: input, hiddenSize: hidden, using: &stream)
      reference = .minLSTM
    case "cell: IndRNN":
      let activation = try #require(
        option("activation").flatMap { RNNCell.Activation(rawValue: $0) }
      )
      cell = IndRNNCell(
        inputSize: input,
        hiddenSize: hidden,
        activation: activation,
        using: &stream
      )
      reference = .indRNN(activation)
    case "cell: LEM":
      let timeStep = try golden.double("options", "timeStep")
      cell = LEMCell(
        inputSize: input,
        hiddenSize: hidden,
        timeStep: Float(timeStep),
        using: &stream
      )
      reference = .lem(timeStep: timeStep)
    default:
      let forgetGate = try #require(
        option("forgetGate").flatMap { SLSTMCell.ForgetGate(rawValue: $0) }
      )
      cell = SLSTMCell(
        inputSize: input,
        hiddenSize: hidden,
        forgetGate: forgetGate,
        using: &stream
      )
      reference = .sLSTM(forgetGate)
    }
    let parameters = try cell.parameters.map { name, value in
      let parameter = try golden.file.tensor(named: "param/\(name)")
      try #require(parameter.shape == value.shape)
      return parameter
    }
    return (cell.with(parameters: parameters), reference)
  }

  /// The state before the first step: zeros where the file has none.
  private func states(_ golden: Golden, _ cell: any BuiltInCell) throws -> [Tensor] {
    let zeros = try cell.zeroTensors(batch: golden.integer("sizes", "batch"))
    return try zeros.enumerated().map { part, zero in
      golden.file.entries["state/\(part)"] == nil
        ? zero : try golden.file.tensor(named: "state/\(part)")
    }
  }

  @Test func `there are cases of every kind`() {
    let kinds = Set(Self.goldens.compactMap { $0.value("kind") as? String })
    let cells = ["LSTM", "GRU", "minGRU", "minLSTM", "IndRNN", "LEM", "sLSTM"]
    #expect(kinds == Set(cells.map { "cell: " + $0 }))
    #expect(Self.goldens.count == 19)
  }

  // Activations are good to 2 ulp and sums are short, over five steps.
  @Test(arguments: goldens)
  func `outputs and final states agree`(golden: Golden) throws {
    let (cell, reference) = try cell(golden)
    let input = try golden.file.tensor(named: "x")
    let states = try states(golden, cell)
    let got = cell.results(input, states)
    let names = ["output"] + states.indices.map { "final/\($0)" }
    let want = try names.map { try golden.file.tensor(named: $0) }
    #expect(got.map(\.shape) == want.map(\.shape))
    for (got, want) in zip(got, want) {
      #expect(mismatch(got.elements, want.elements, tolerance: 2e-6) == nil)
    }
    // The reference of the other tests agrees as well, but for the files' rounding.
    let exact = reference(
      Reference.sequences(
        input.elements.map(Double.init),
        steps: input.shape[1],
        features: input.shape[2]
      ),
      states: states.map { Reference.rows($0.elements.map(Double.init), of: $0.shape[1]) },
      parameters: ReferenceCell.Parameters(
        cell.parameters.map(\.name),
        cell.parameters.map { $0.value.elements.map(Double.init) }
      )
    )
    let parts =
      [exact.outputs.flatMap { $0.flatMap(\.self) }] + exact.states.map { $0.flatMap(\.self) }
    for (part, want) in zip(parts, want) {
      #expect(mismatch(want.elements, part, tolerance: 6e-8) == nil)
    }
  }

  @Test(arguments: goldens)
  func `every gradient agrees`(golden: Golden) throws {
    let (cell, _) = try cell(golden)
    let states = try states(golden, cell)
    let names =
      ["x"] + states.indices.map { "state/\($0)" } + cell.parameters.map { "param/\($0.name)" }
    let tensors = try [golden.file.tensor(named: "x")] + states + cell.parameters.map(\.value)
    let gradient = try valueWithGradient(at: tensors) { tensors in
      let parts = 1 + states.count
      let results = cell.with(parameters: Array(tensors[parts...]))
        .results(tensors[0], Array(tensors[1..<parts]))
      let weighted = ["output"] + states.indices.map { "final/\($0)" }
      return try zip(weighted, results)
        .filter { name, _ in golden.file.entries["cot/\(name)"] != nil }
        .map { try ($1 * golden.file.tensor(named: "cot/\($0)")).sum() }
        .reduce(Tensor(0)) { $0 + $1 }
    }.gradient
    let given = names.filter { golden.file.entries["grad/\($0)"] != nil }
    #expect(given.count >= 1 + cell.parameters.count)
    for (name, got) in zip(names, gradient.tensors) where given.contains(name) {
      let want = try golden.file.tensor(named: "grad/\(name)")
      #expect(got.shape == want.shape)
      #expect(mismatch(got.elements, want.elements, tolerance: 5e-6) == nil, "\(name)")
    }
  }
}
