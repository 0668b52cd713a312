import RecurrentTestSupport
import Testing

@testable import Recurrent

/// State dictionaries of PyTorch programs, as far as no PyTorch is needed to make them.
@Suite("PyTorch's names")
struct PyTorchModelTests {
  /// A model with random biases, which starting values have as zeros.
  private func model(_ layers: [any RecurrentLayer]) -> SequenceModel {
    var stream = RandomStream(seed: 81, purpose: .testing)
    var model = SequenceModel(
      layers: layers,
      head: Dense(inputSize: layers[layers.count - 1].outputSize, outputSize: 2, using: &stream)
    )
    model.visitParameters { _, parameter in
      parameter = Tensor(
        (0..<parameter.count).map { _ in stream.nextNormal() },
        shape: parameter.shape
      )
    }
    return model
  }

  private func expectSame(_ a: SequenceModel, _ b: SequenceModel) {
    #expect(a.parameters.map(\.name) == b.parameters.map(\.name))
    for (a, b) in zip(a.parameters, b.parameters) {
      #expect(haveSameBits(a.value.elements, b.value.elements))
    }
    #expect(a.safetensors.bytes == b.safetensors.bytes)
  }

  private static func layers(of kind: String, isBidirectional: Bool) -> [any RecurrentLayer] {
    var stream = RandomStream(seed: 80, purpose: .testing)
    func both<Built: BuiltInCell>(_ cell: (Int) -> Built) -> [any RecurrentLayer] {
      let first = CellLayer(cell(3))
      guard isBidirectional else { return [first, CellLayer(cell(first.outputSize))] }
      let size = 2 * first.outputSize
      return [
        Bidirectional(forward: first, backward: CellLayer(cell(3))),
        Bidirectional(forward: CellLayer(cell(size)), backward: CellLayer(cell(size))),
      ]
    }
    return switch kind {
    case "gru": both { GRUCell(inputSize: $0, hiddenSize: 4, using: &stream) }
    case "rnn": both { RNNCell(inputSize: $0, hiddenSize: 4, using: &stream) }
    case "projected":
      both {
        LSTMCell(inputSize: $0, hiddenSize: 4, options: .init(projectionSize: 2), using: &stream)
      }
    default: both { LSTMCell(inputSize: $0, hiddenSize: 4, using: &stream) }
    }
  }

  @Test(
    "Arrays alone say what PyTorch's modules can be",
    arguments: ["lstm", "gru", "rnn", "projected"],
    [false, true]
  )
  func arraysAlone(kind: String, isBidirectional: Bool) throws {
    let model = model(Self.layers(of: kind, isBidirectional: isBidirectional))
    var file = model.safetensors
    #expect(file.metadata["layers"] == nil)
    let attribute = kind == "projected" ? "lstm" : kind
    for suffix in isBidirectional ? ["_l0", "_l1", "_l0_reverse", "_l1_reverse"] : ["_l0", "_l1"] {
      for name in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] {
        #expect(file.entries["\(attribute).\(name)\(suffix)"] != nil)
      }
    }
    #expect(file.entries.keys.allSatisfy { !$0.contains("bias_hn") })
    // What PyTorch's writer leaves of a file.
    file.metadata = [:]
    let back = try SequenceModel(SafetensorsFile(bytes: file.bytes, path: "m"))
    expectSame(back, model)
  }

  @Test("A GRU's inner bias is the last third of PyTorch's second one")
  func innerBias() throws {
    let model = model([GRU(GRUCell.testing)])
    let file = model.safetensors
    let bias = try file.tensor(named: "gru.bias_hh_l0")
    let inner = try #require((model.layers[0] as? GRU)?.cell.innerBias)
    #expect(bias == .concatenated([.zeros([4]), inner], along: 0))
  }

  @Test("Of two biases one of +0 leaves the other as it is, even -0")
  func negativeZero() throws {
    let biases = Tensor([-0.0, 0, 1, -1, -0.0, 2, 0, -0.0])
    let zeros = Tensor.zeros([8])
    for (first, second) in [(biases, zeros), (zeros, biases)] {
      var numbers = SeededNumbers(82)
      var file = SafetensorsFile()
      file.add(numbers.tensor([8, 3]), named: "lstm.weight_ih_l0")
      file.add(numbers.tensor([8, 2]), named: "lstm.weight_hh_l0")
      file.add(first, named: "lstm.bias_ih_l0")
      file.add(second, named: "lstm.bias_hh_l0")
      file.add(numbers.tensor([2, 2]), named: "fc.weight")
      let read = try SequenceModel(file).parameters[2].value
      #expect(haveSameBits(read.elements, biases.elements))
    }
  }

  @Test("Biases that are all zero can be left out, and come back as zeros")
  func omittedBiases() throws {
    var model = model([GRU(GRUCell.testing)])
    #expect(model.safetensors(omittingZeroBiases: true).entries.keys.contains("gru.bias_ih_l0"))
    model.visitParameters { name, parameter in
      if name.contains(".bias_") { parameter = .zeros(parameter.shape) }
    }
    model.head.bias = Tensor([1, 2])
    let file = model.safetensors(omittingZeroBiases: true)
    #expect(
      file.entries.keys.sorted() == [
        "gru.weight_hh_l0", "gru.weight_ih_l0", "head.bias", "head.weight",
      ]
    )
    expectSame(try SequenceModel(file), model)
  }

  @Test("Files from before a GRU had PyTorch's second bias are read")
  func earlierFiles() throws {
    var layer = GRU(GRUCell.testing)
    layer.regularization = Regularization(inputDropout: 0.5)
    let model = model([layer])
    var file = model.safetensors
    #expect(file.metadata["layers"] != nil)
    let inner = try #require(layer.cell.innerBias)
    file.entries["gru.bias_hh_l0"] = nil
    file.add(try #require((model.layers[0] as? GRU)?.cell.innerBias), named: "gru.bias_hn_l0")
    expectSame(try SequenceModel(SafetensorsFile(bytes: file.bytes, path: "m")), model)
    file.add(.zeros([inner.count + 1]), named: "gru.bias_hn_l0")
    #expect(throws: FileError.self) { try SequenceModel(file) }
    file.entries["gru.bias_hn_l0"] = nil
    #expect(throws: FileError.self) { try SequenceModel(file) }
  }

  @Test("A described model takes both biases, whichever has the numbers")
  func describedBiases() throws {
    var layer = GRU(GRUCell.testing)
    layer.regularization = Regularization(inputDropout: 0.5)
    let model = model([layer])
    var file = model.safetensors
    let size = 2
    let bias = try file.tensor(named: "gru.bias_ih_l0")
    let inner = try file.tensor(named: "gru.bias_hh_l0").slice(2 * size..<3 * size, along: 0)
    // The gates' biases in the second, the candidate's in the first.
    file.add(
      .concatenated([.zeros([2 * size]), bias.slice(2 * size..<3 * size, along: 0)], along: 0),
      named: "gru.bias_ih_l0"
    )
    file.add(
      .concatenated([bias.slice(0..<2 * size, along: 0), inner], along: 0),
      named: "gru.bias_hh_l0"
    )
    expectSame(try SequenceModel(file), model)
  }

  /// A file of one LSTM layer 3 -> 2 and a linear one of 2.
  private func plainFile(_ attribute: String = "lstm.", suffix: String = "_l0") -> SafetensorsFile {
    var numbers = SeededNumbers(83)
    var file = SafetensorsFile()
    file.add(numbers.tensor([8, 3]), named: "\(attribute)weight_ih\(suffix)")
    file.add(numbers.tensor([8, 2]), named: "\(attribute)weight_hh\(suffix)")
    file.add(numbers.tensor([8]), named: "\(attribute)bias_ih\(suffix)")
    file.add(numbers.tensor([8]), named: "\(attribute)bias_hh\(suffix)")
    file.add(numbers.tensor([4, 2]), named: "fc.weight")
    file.add(numbers.tensor([4]), named: "fc.bias")
    return file
  }

  @Test("Cells are layers, and modules of their own are put in the one order there is")
  func separateModules() throws {
    expectSame(
      try SequenceModel(plainFile("cell.", suffix: "")),
      try SequenceModel(plainFile())
    )
    var file = plainFile("zeroth.")
    var numbers = SeededNumbers(84)
    file.add(numbers.tensor([15, 2]), named: "first.weight_ih")
    file.add(numbers.tensor([15, 5]), named: "first.weight_hh")
    file.add(numbers.tensor([4, 5]), named: "fc.weight")
    let model = try SequenceModel(file)
    #expect(model.layers.map(\.inputSize) == [3, 2])
    #expect(model.layers[1] is GRU)
    // A third of equal sizes on both sides could be anywhere.
    for name in ["a", "b"] {
      file.add(numbers.tensor([5, 5]), named: "\(name).weight_ih_l0")
      file.add(numbers.tensor([5, 5]), named: "\(name).weight_hh_l0")
    }
    let error = #expect(throws: FileError.self) { try SequenceModel(file) }
    #expect(error?.description.contains("order open: 'a', 'b', 'first', 'zeroth'") ?? false)
    let order = ["zeroth", "first", "b", "a"]
    let ordered = try SequenceModel(file, options: ImportOptions(layerOrder: order))
    #expect(
      (ordered.layers[2] as? RNN)?.weights.input == (try file.tensor(named: "b.weight_ih_l0"))
    )
    #expect(throws: FileError.self) {
      try SequenceModel(file, options: ImportOptions(layerOrder: ["first", "zeroth", "b", "a"]))
    }
  }

  @Test("An embedding before the first layer becomes part of its input weights")
  func embedding() throws {
    var file = plainFile()
    var numbers = SeededNumbers(85)
    let table = numbers.tensor([6, 3])
    file.add(table, named: "words.weight")
    let model = try SequenceModel(file)
    #expect(model.layers[0].inputSize == 6)
    let plain = try SequenceModel(plainFile())
    for word in 0..<6 {
      let oneHot = Tensor((0..<6).map { $0 == word ? 1 : 0 }, shape: [1, 1, 6])
      let vector = table.slice(at: word, along: 0).reshaped(to: [1, 1, 3])
      #expect(largestDistance(model(oneHot).elements, plain(vector).elements) <= 1e-6)
    }
    file.add(.zeros([6]), named: "words.bias")
    #expect(throws: FileError.self) { try SequenceModel(file) }
  }

  @Test("What arrays cannot say is the caller's, unless the file says it")
  func options() throws {
    let options = ImportOptions(activation: .relu, summary: .meanOutput)
    var file = model([RNN(inputSize: 3, hiddenSize: 2, activation: .tanh, using: &Self.stream)])
      .safetensors
    let own = try SequenceModel(file, options: options)
    #expect((own.layers[0] as? RNN)?.activation == .tanh && own.summary == .lastOutput)
    file.metadata = [:]
    let given = try SequenceModel(file, options: options)
    #expect((given.layers[0] as? RNN)?.activation == .relu && given.summary == .meanOutput)
  }

  private static var stream: RandomStream {
    get { RandomStream(seed: 86, purpose: .testing) }
    set { _ = newValue }
  }

  @Test("Floats of other widths are converted in files of other programs only")
  func otherWidths() throws {
    let numbers: [Float] = [1, -0.5, 0.0999755859375, 65504, -0.0, 0x1p-24, 0, .infinity]
    let half: [UInt16] = [0x3C00, 0xB800, 0x2E66, 0x7BFF, 0x8000, 0x0001, 0, 0x7C00]
    func bytes(_ type: String) -> [UInt8] {
      func little(_ bits: UInt64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
      }
      return switch type {
      case "F64": numbers.flatMap { little(Double($0).bitPattern, 8) }
      case "BF16": numbers.flatMap { little(UInt64($0.bitPattern >> 16), 2) }
      default: half.flatMap { little(UInt64($0), 2) }
      }
    }
    for type in ["F64", "F16", "BF16"] {
      var file = plainFile()
      file.entries["lstm.bias_hh_l0"] = nil
      file.entries["lstm.bias_ih_l0"] = SafetensorsFile.Entry(
        type: type,
        shape: [8],
        bytes: bytes(type)[...]
      )
      let bias = try SequenceModel(SafetensorsFile(bytes: file.bytes, path: "m")).parameters[2]
        .value
      let want =
        type == "BF16" ? numbers.map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) } : numbers
      #expect(haveSameBits(bias.elements, want), "\(type)")
      #expect(throws: FileError.self) { try file.tensor(named: "lstm.bias_ih_l0") }
    }
    var file = plainFile()
    file.entries["fc.bias"] = SafetensorsFile.Entry(
      type: "I32",
      shape: [4],
      bytes: [UInt8](repeating: 0, count: 16)[...]
    )
    #expect(throws: FileError.self) { try SequenceModel(file) }
    #expect(Float(halfBits: 0x7E00).isNaN && Float(halfBits: 0x83FF) == -0x1.FF8p-15)
  }
}

extension GRUCell {
  /// A cell of 3 features and 2 units.
  fileprivate static var testing: GRUCell {
    var stream = RandomStream(seed: 87, purpose: .testing)
    return GRUCell(inputSize: 3, hiddenSize: 2, using: &stream)
  }
}
