import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

struct InitializationTests {
  @Test(
    arguments: [
      ("recommended", .recommended), ("torch", .torch), ("keras", .keras), ("notebook", .notebook),
      ("he", .he), ("identity", .identity), ("chrono:784", .chrono(memory: 784)),
      ("chrono:2", .chrono(memory: 2)),
    ] as [(String, Initialization)]
  )
  func `a name stands for an initialization and back, and is its code`(
    name: String,
    initialization: Initialization
  ) throws {
    #expect(Initialization(rawValue: name) == initialization)
    #expect(initialization.rawValue == name)
    let code = try JSONEncoder().encode([initialization])
    #expect(String(decoding: code, as: UTF8.self) == "[\"\(name)\"]")
    #expect(try JSONDecoder().decode([Initialization].self, from: code) == [initialization])
  }

  @Test(arguments: [
    "", "zeros", "chrono", "chrono:", "chrono:1", "chrono:-5", "chrono:+5", "chrono:1e3",
    "chrono:5:6", "chrono: 5", "he:5", "Torch", "chrono:99999999999999999999",
  ])
  func `other names stand for nothing`(name: String) {
    #expect(Initialization(rawValue: name) == nil)
  }

  @Test func `chrono biases are logarithms of times up to the memory`() {
    var stream = RandomStream(seed: 97, purpose: .testing)
    let size = 500
    let cell = LSTMCell(
      inputSize: 2,
      hiddenSize: size,
      initialization: .chrono(memory: 100),
      using: &stream
    )
    let bias = cell.weights.bias.elements
    let (input, forget) = (bias[..<size], bias[size..<2 * size])
    #expect(zip(input, forget).allSatisfy { $0 == -$1 })
    #expect(bias[(2 * size)...].allSatisfy { $0 == 0 })
    let times = forget.map { exp(Double($0)) }
    // A logarithm is rounded to single precision.
    #expect(times.allSatisfy { $0 > 1 - 1e-5 && $0 < 99 + 1e-3 })
    // Uniform from 1 to 99: the mean of 500 is good to 98 / √(12 · 500), some 1.3.
    #expect(abs(times.reduce(0, +) / Double(size) - 50) < 5)
  }

  @Test func `chrono begins as recommended but for the biases`() {
    func weights(_ initialization: Initialization) -> RecurrentWeights {
      var stream = RandomStream(seed: 98, purpose: .testing)
      return LSTMCell(
        inputSize: 3,
        hiddenSize: 4,
        initialization: initialization,
        using: &stream
      ).weights
    }
    let (chrono, recommended) = (weights(.chrono(memory: 9)), weights(.recommended))
    #expect(chrono.input == recommended.input && chrono.recurrent == recommended.recurrent)
  }

  @Test func `an update gate alone is biased in a cell without an input gate`() {
    var stream = RandomStream(seed: 99, purpose: .testing)
    let weights = Initialization.chrono(memory: 50).weights(
      gates: 3,
      inputSize: 2,
      hiddenSize: 5,
      forgetGate: 1,
      from: &stream
    )
    let bias = weights.bias.elements
    #expect(bias[..<5].allSatisfy { $0 == 0 } && bias[10...].allSatisfy { $0 == 0 })
    #expect(bias[5..<10].allSatisfy { $0 >= 0 && $0 < 3.9 } && bias[5..<10].contains { $0 > 0 })
  }

  @Test func `a rectified network begins with the identity`() {
    var stream = RandomStream(seed: 100, purpose: .testing)
    let cell = RNNCell(
      inputSize: 2,
      hiddenSize: 3,
      activation: .relu,
      initialization: .identity,
      using: &stream
    )
    #expect(cell.weights.recurrent == Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3]))
    #expect(largestMagnitude(cell.weights.input.elements) < 0.01)
    #expect(cell.weights.bias == .zeros([3]))
  }
}
