import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Identification of gate orders")
struct IdentificationTests {
  private let size = 4
  private let features = 3

  private func input() -> Tensor {
    var numbers = SeededNumbers(21)
    return numbers.tensor([2, 6, features])
  }

  private func cell(gates: Int) -> RecurrentWeights {
    var numbers = SeededNumbers(UInt64(gates))
    return RecurrentWeights(
      input: numbers.tensor([gates * size, features]),
      recurrent: numbers.tensor([gates * size, size]),
      bias: numbers.tensor([gates * size]),
      gates: gates
    )
  }

  /// Every order of an LSTM's gates, as blocks of i, f, g, o.
  static let lstmConventions = GateConvention.all(gates: 4)

  @Test("An LSTM's order and forget bias are found", arguments: lstmConventions)
  func lstm(_ convention: GateConvention) throws {
    guard case .lstm(let order, let forgetBias) = convention else { return }
    let weights = cell(gates: 4)
    let answers = LSTM(weights)(input()).output
    // As a file in this convention has them, its matrices the other way round.
    let places = order.map { GateConvention.LSTMGate.allCases.firstIndex(of: $0) ?? 0 }
    var bias = weights.bias
    for unit in size..<2 * size { bias[unit] -= forgetBias }
    let arrays: [(name: String, value: Tensor)] = [
      ("a", weights.input.reordered(places).transposed()),
      ("b", weights.recurrent.reordered(places).transposed()),
      ("c", bias.reordered(places)),
    ]
    let found = try Identification(arrays: arrays, input: input(), answers: answers)
    #expect(found.fitting.map(\.convention) == [convention])
  }

  @Test("Which GRU it is, and in which order, is found", arguments: GateConvention.all(gates: 3))
  func gru(_ convention: GateConvention) throws {
    guard case .gru(let order, let reset, let keepsOld) = convention else { return }
    let weights = cell(gates: 3)
    var numbers = SeededNumbers(5)
    let inner = numbers.tensor([size])
    let kind: GRUCell.Convention =
      switch reset {
      case .afterInnerBias: .resetAfter
      case .afterOuterBias: .resetAfterOuterBias
      case .before: .resetBefore
      }
    let layer = GRU(
      GRUCell(weights, convention: kind, innerBias: kind == .resetAfter ? inner : nil)
    )
    let answers = layer.run(input(), in: SequencePass()).final
    func stored(_ tensor: Tensor) -> Tensor {
      let blocks = tensor.split(into: 3, along: 0)
      let sensed = keepsOld ? blocks : [blocks[0], -blocks[1], blocks[2]]
      let places = order.map { GateConvention.GRUGate.allCases.firstIndex(of: $0) ?? 0 }
      return Tensor.concatenated(sensed, along: 0).reordered(places)
    }
    var arrays: [(name: String, value: Tensor)] = [
      ("input", stored(weights.input)), ("recurrent", stored(weights.recurrent)),
      ("bias 1", stored(weights.bias)),
    ]
    if kind == .resetAfter {
      let second = Tensor.concatenated([.zeros([2 * size]), inner], along: 0)
      arrays.append(("bias 2", stored(second)))
    }
    let found = try Identification(arrays: arrays, input: input(), answers: answers)
    #expect(found.fitting.first?.convention == convention)
    #expect(found.fitting.count == 1)
  }

  @Test("A fused kernel and a linear layer behind it are recognised")
  func tensorFlow() throws {
    let weights = cell(gates: 4)
    var numbers = SeededNumbers(8)
    let head = Dense(weight: numbers.tensor([7, size]), bias: numbers.tensor([7]))
    let model = SequenceModel(layers: [LSTM(weights)], head: head)
    let (kernel, bias) = weights.tensorFlowKernel(forgetBias: 1)
    let found = try Identification(
      arrays: [
        ("kernel", kernel), ("bias", bias), ("out", head.weight.transposed()), ("b", head.bias),
      ],
      input: input(),
      answers: model(input())
    )
    #expect(found.fitting.map(\.convention) == [.lstm([.i, .g, .f, .o], forgetBias: 1)])
    #expect(found.fitting.first?.convention.owners == "TensorFlow 1's BasicLSTMCell")
    #expect(found.fitting.first?.roles.contains("head out") == true)
  }

  @Test("What cannot fit is refused in one line")
  func refusals() throws {
    let weights = cell(gates: 4)
    let arrays: [(name: String, value: Tensor)] = [
      ("a", weights.input), ("b", weights.recurrent),
    ]
    let error = #expect(throws: FileError.self) {
      try Identification(arrays: arrays, input: input(), answers: .zeros([3, 4]))
    }
    #expect(
      error?.description
        == "answers to 2 rows of 6 steps are [2, size] or [2, 6, size], and these are [3, 4]"
    )
    #expect(throws: FileError.self) {
      try Identification(arrays: [], input: input(), answers: .zeros([2, 4]))
    }
    let other = try Identification(
      arrays: arrays,
      input: input(),
      answers: Tensor(repeating: 0.5, shape: [2, 4])
    )
    #expect(other.fitting.isEmpty)
  }
}
