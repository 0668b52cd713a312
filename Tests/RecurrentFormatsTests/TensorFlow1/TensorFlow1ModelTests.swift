import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Variables of TensorFlow 1")
struct TensorFlow1ModelTests {
  private func model(_ sizes: [Int]) -> SequenceModel {
    var stream = RandomStream(seed: 21, purpose: .testing)
    var layers: [any RecurrentLayer] = []
    for (input, hidden) in zip([3] + sizes, sizes) {
      layers.append(LSTM(inputSize: input, hiddenSize: hidden, using: &stream))
    }
    return SequenceModel(
      layers: layers,
      head: Dense(inputSize: sizes[sizes.count - 1], outputSize: 2, using: &stream)
    )
  }

  @Test("What is written comes back", arguments: [[4], [4, 4, 5]])
  func roundTrip(sizes: [Int]) throws {
    let model = model(sizes)
    let folder = try TemporaryFolder()
    try WholeFile.write(model.tensorFlow1Archive(), to: "\(folder.path)/m.npz")
    let read = try ImportedModel(contentsOf: "\(folder.path)/m.npz")
    #expect(read.summary.hasPrefix("TensorFlow 1: \(sizes.count) LSTM layer"))
    var numbers = SeededNumbers(4)
    let x = numbers.tensor([2, 5, 3])
    #expect(largestDistance(read.model(x).elements, model(x).elements) <= 1e-6)
  }

  @Test("A forget bias of 0 changes nothing, to the bit")
  func zeroForgetBias() throws {
    let model = model([4])
    let file = try model.tensorFlow1Variables(forgetBias: 0).safetensors()
    let read = try ImportedModel(file.bytes, path: "m", options: ImportOptions(forgetBias: 0))
    #expect(read.model.safetensors.bytes == model.safetensors.bytes)
  }

  @Test("Names of other versions, and what an optimizer keeps beside them")
  func names() throws {
    let model = model([4])
    let variables = try model.tensorFlow1Variables()
    var file = SafetensorsFile()
    for (name, value) in variables {
      let other = name.replacing("basic_lstm_cell", with: "lstm_cell_1")
        .replacing("Variable_1", with: "biases").replacing("Variable", with: "weights")
      file.add(value, named: other + ":0")
      file.add(value, named: other + "/Adam_1:0")
    }
    file.add(Tensor([1]), named: "beta1_power")
    let read = try ImportedModel(file.bytes, path: "m")
    let again = try read.model.tensorFlow1Variables()
    for (name, value) in variables {
      #expect(largestDistance(again[name]?.elements ?? [], value.elements) <= 1e-6, "\(name)")
    }
  }

  /// What is changed of a good file's variable.
  enum Change: Sendable {
    case removed
    case shape([Int])
    case with(String)
  }

  @Test(
    "Another kind of model is refused by the names",
    arguments: [
      ("rnn/basic_lstm_cell/bias", .removed, "without a kernel or a bias"),
      ("Variable", .removed, "one matrix and one vector"),
      ("Variable", .with("rnn/basic_lstm_cell/w_f_diag"), "one matrix and one vector"),
      ("Variable", .shape([3, 2]), "does not fit the last cell"),
      ("rnn/basic_lstm_cell/kernel", .shape([7, 15]), "fits no such cell"),
      ("rnn/basic_lstm_cell/kernel", .shape([4, 16]), "fits no such cell"),
      ("Variable_1", .shape([3]), "is wanted"),
    ] as [(String, Change, String)]
  )
  func refused(name: String, change: Change, problem: String) throws {
    var variables = try model([4]).tensorFlow1Variables()
    let old = variables.removeValue(forKey: name)
    switch change {
    case .removed: break
    case .shape(let shape): variables[name] = .zeros(Shape(shape))
    case .with(let other):
      variables[name] = old
      variables[other] = .zeros([4])
    }
    let error = #expect(throws: FileError.self) {
      try ImportedModel(variables.safetensors().bytes, path: "m")
    }
    #expect(error?.description.contains(problem) ?? false, "\(String(describing: error))")
  }
}
