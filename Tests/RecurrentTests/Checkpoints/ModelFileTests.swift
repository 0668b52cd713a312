import Recurrent
import RecurrentTestSupport
import Testing

struct ModelFileTests {
  private func expectSame(_ a: SequenceModel, _ b: SequenceModel) {
    #expect(a.parameters.map(\.name) == b.parameters.map(\.name))
    #expect(a.summary == b.summary)
    for (a, b) in zip(a.parameters, b.parameters) {
      #expect(a.value.shape == b.value.shape)
      #expect(haveSameBits(a.value.elements, b.value.elements))
    }
    var numbers = SeededNumbers(71)
    let input = numbers.tensor([2, 3, a.layers[0].inputSize])
    #expect(haveSameBits(a(input).elements, b(input).elements))
  }

  @Test(arguments: [[3], [3, 5], [3, 1, 4]], [true, false])
  func `a model read back is the same model`(sizes: [Int], isLSTM: Bool) throws {
    let model = SequenceModel.stack(sizes, isLSTM: isLSTM)
    let copy = try SequenceModel(SafetensorsFile(bytes: model.safetensors.bytes, path: "m"))
    expectSame(copy, model)
    #expect(copy.safetensors.bytes == model.safetensors.bytes)
    let folder = try TemporaryFolder()
    try model.write(to: "\(folder.path)/model.safetensors")
    expectSame(try SequenceModel(contentsOf: "\(folder.path)/model.safetensors"), model)
  }

  @Test func `what of the outputs is kept comes back`() throws {
    let plain = SequenceModel.stack([4])
    let model = SequenceModel(layers: plain.layers, summary: .allOutputs, head: plain.head)
    expectSame(try SequenceModel(model.safetensors), model)
  }

  @Test(arguments: [
    [RNNCell.Activation.relu], [.tanh], [.relu, .relu], [.relu, .tanh], [.tanh, .relu],
    [.tanh, .relu, .tanh],
  ])
  func `every layer's activation comes back`(activations: [RNNCell.Activation]) throws {
    var stream = RandomStream(seed: 72, purpose: .testing)
    let layers = activations.map {
      RNN(inputSize: 3, hiddenSize: 3, activation: $0, using: &stream)
    }
    let head = Dense(inputSize: 3, outputSize: 2, using: &stream)
    let model = SequenceModel(layers: layers, head: head)
    let copy = try SequenceModel(model.safetensors)
    #expect(copy.layers.compactMap { ($0 as? RNN)?.activation } == activations)
    expectSame(copy, model)
  }

  // A few megabytes, which once took minutes: every layer was looked for among all names.
  @Test(.timeLimit(.minutes(1))) func `thousands of layers are read in moments`() throws {
    let count = 16_000
    var file = SafetensorsFile(metadata: [
      "activation": (0..<count).map { $0.isMultiple(of: 2) ? "relu" : "tanh" }.joined(
        separator: ","
      )
    ])
    for layer in 0..<count {
      file.add(Tensor([1], shape: [1, 1]), named: "rnn.weight_ih_l\(layer)")
      file.add(Tensor([1], shape: [1, 1]), named: "rnn.weight_hh_l\(layer)")
    }
    file.add(Tensor([1], shape: [1, 1]), named: "head.weight")
    file.add(Tensor([1]), named: "head.bias")
    let model = try SequenceModel(SafetensorsFile(bytes: file.bytes, path: "m"))
    #expect(model.layers.count == count)
    #expect((model.layers[count - 2] as? RNN)?.activation == .relu)
    #expect((model.layers[count - 1] as? RNN)?.activation == .tanh)
  }

  @Test func `layers of two kinds come back`() throws {
    var stream = RandomStream(seed: 73, purpose: .testing)
    let model = SequenceModel(
      layers: [
        LSTM(inputSize: 3, hiddenSize: 4, using: &stream),
        RNN(inputSize: 4, hiddenSize: 5, activation: .relu, using: &stream),
        LSTM(inputSize: 5, hiddenSize: 2, using: &stream),
      ],
      head: Dense(inputSize: 2, outputSize: 2, using: &stream)
    )
    expectSame(try SequenceModel(model.safetensors), model)
  }

  @Test(arguments: [("lstm.", "fc."), ("rnn.", "fc."), ("", "out."), ("encoder.0.", "head.proj.")])
  func `any PyTorch module of one stack and one linear layer is read`(
    stack: String,
    head: String
  ) throws {
    var numbers = SeededNumbers(74)
    let hasCell = stack != "rnn."
    let rows = hasCell ? 16 : 4
    var file = SafetensorsFile()
    var biases: [Tensor] = []
    for layer in 0..<2 {
      file.add(numbers.tensor([rows, layer == 0 ? 3 : 4]), named: "\(stack)weight_ih_l\(layer)")
      file.add(numbers.tensor([rows, 4]), named: "\(stack)weight_hh_l\(layer)")
      let pair = [numbers.tensor([rows]), numbers.tensor([rows])]
      file.add(pair[0], named: "\(stack)bias_ih_l\(layer)")
      file.add(pair[1], named: "\(stack)bias_hh_l\(layer)")
      biases.append(pair[0] + pair[1])
    }
    file.add(numbers.tensor([2, 4]), named: "\(head)weight")
    file.add(numbers.tensor([2]), named: "\(head)bias")
    let model = try SequenceModel(file)
    #expect(model.layers.count == 2)
    #expect((model.layers[0] is LSTM) == hasCell)
    let parameters = model.parameters.map(\.value)
    #expect(parameters[0] == (try file.tensor(named: "\(stack)weight_ih_l0")))
    #expect(parameters[2] == biases[0])
    #expect(parameters[5] == biases[1])
    #expect(parameters[6] == (try file.tensor(named: "\(head)weight")))
  }

  @Test func `a stack without biases has zeros`() throws {
    var numbers = SeededNumbers(75)
    var file = SafetensorsFile()
    file.add(numbers.tensor([8, 3]), named: "lstm.weight_ih_l0")
    file.add(numbers.tensor([8, 2]), named: "lstm.weight_hh_l0")
    file.add(numbers.tensor([2, 2]), named: "fc.weight")
    file.add(numbers.tensor([2]), named: "fc.bias")
    #expect(try SequenceModel(file).parameters[2].value == .zeros([8]))
  }

  @Test func `a model is written with PyTorch's two biases, the second zero`() throws {
    let file = SequenceModel.stack([4, 2]).safetensors
    #expect(
      file.entries.keys.sorted() == [
        "head.bias", "head.weight", "lstm.bias_hh_l0", "lstm.bias_hh_l1", "lstm.bias_ih_l0",
        "lstm.bias_ih_l1", "lstm.weight_hh_l0", "lstm.weight_hh_l1", "lstm.weight_ih_l0",
        "lstm.weight_ih_l1",
      ]
    )
    #expect(try file.tensor(named: "lstm.bias_hh_l1") == .zeros([8]))
    #expect(file.metadata["format"] == "pt")
  }

  /// A change to a good file and what the error says.
  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var shapes: [String: [Int]] = [:]
    let problem: String
  }

  @Test(arguments: [
    Wrong(
      testDescription: "no layers",
      shapes: [
        "lstm.weight_ih_l0": [], "lstm.weight_hh_l0": [], "lstm.bias_ih_l0": [],
        "lstm.bias_hh_l0": [],
      ],
      problem: "has no recurrent layers"
    ),
    Wrong(
      testDescription: "two stacks that do not follow on one another",
      shapes: ["other.weight_ih_l0": [8, 3], "other.weight_hh_l0": [8, 2]],
      problem: "do not follow on one another: 'lstm', 'other'"
    ),
    Wrong(
      testDescription: "a missing weight",
      shapes: ["lstm.weight_hh_l0": []],
      problem: "has no array named 'lstm.weight_hh_l0'"
    ),
    Wrong(
      testDescription: "five gates",
      shapes: ["lstm.weight_ih_l0": [10, 3], "lstm.weight_hh_l0": [10, 2]],
      problem: "does not fit"
    ),
    Wrong(
      testDescription: "rows that differ",
      shapes: ["lstm.weight_ih_l0": [12, 3]],
      problem: "does not fit"
    ),
    Wrong(
      testDescription: "a weight of rank 3",
      shapes: ["lstm.weight_ih_l0": [8, 3, 1]],
      problem: "and a matrix is wanted"
    ),
    Wrong(
      testDescription: "an empty weight",
      shapes: ["lstm.weight_ih_l0": [8, 0]],
      problem: "and a matrix is wanted"
    ),
    Wrong(
      testDescription: "a short bias",
      shapes: ["lstm.bias_hh_l0": [7]],
      problem: "has shape [7], and [8] is wanted"
    ),
    Wrong(
      testDescription: "a second layer that does not fit",
      shapes: ["lstm.weight_ih_l1": [8, 3], "lstm.weight_hh_l1": [8, 2]],
      problem: "do not fit: one gives 2 features, the next reads 3"
    ),
    Wrong(
      testDescription: "half a second direction",
      shapes: ["lstm.weight_ih_l0_reverse": [8, 3], "fc.weight": [2, 4]],
      problem: "has no array named 'lstm.weight_hh_l0_reverse'"
    ),
    Wrong(
      testDescription: "no head",
      shapes: ["fc.weight": [], "fc.bias": []],
      problem: "has no linear layer"
    ),
    Wrong(
      testDescription: "a projection that does not fit",
      shapes: ["lstm.weight_hr_l0": [1, 2]],
      problem: "does not fit"
    ),
    Wrong(
      testDescription: "a layer left out",
      shapes: ["lstm.weight_ih_l2": [8, 2], "lstm.weight_hh_l2": [8, 2]],
      problem: "has a layer of number 2, but none of number 1"
    ),
    Wrong(testDescription: "two heads", shapes: ["fc2.weight": [2, 2]], problem: "or several"),
    Wrong(
      testDescription: "a head's bias of another size",
      shapes: ["fc.bias": [3]],
      problem: "has shape [3], and [2] is wanted"
    ),
    Wrong(
      testDescription: "a head that does not fit",
      shapes: ["fc.weight": [2, 3]],
      problem: "'fc.weight' does not fit the last recurrent layer"
    ),
    Wrong(
      testDescription: "an array too many",
      shapes: ["counter": [1]],
      problem: "has arrays that no layer uses: 'counter'"
    ),
  ])
  func `another kind of model is refused`(wrong: Wrong) {
    var shapes = [
      "lstm.weight_ih_l0": [8, 3], "lstm.weight_hh_l0": [8, 2], "lstm.bias_ih_l0": [8],
      "lstm.bias_hh_l0": [8], "fc.weight": [2, 2], "fc.bias": [2],
    ]
    // An empty list stands for an array that is not there.
    for (name, shape) in wrong.shapes { shapes[name] = shape.isEmpty ? nil : shape }
    var file = SafetensorsFile()
    for (name, shape) in shapes { file.add(.zeros(Shape(shape)), named: name) }
    let error = #expect(throws: FileError.self) { try SequenceModel(file) }
    #expect(error?.problem.contains(wrong.problem) == true, "\(String(describing: error))")
  }
}
