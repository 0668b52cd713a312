import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

@Suite("Temperature scaling")
struct TemperatureTests {
  /// Logits of examples, and the classes drawn by the probabilities that they have at a temperature.
  private func drawn(
    _ count: Int,
    temperature: Float,
    seed: UInt64
  ) -> (logits: Tensor, labels: [Int]) {
    var numbers = SeededNumbers(seed)
    let logits = numbers.tensor([count, 4], in: -6...6)
    let probabilities = softmax(logits / Tensor(temperature)).elements
    let labels = (0..<count).map { row in
      var rest = numbers.float(in: 0...1)
      return (0..<3).first { label in
        rest -= probabilities[row * 4 + label]
        return rest < 0
      } ?? 3
    }
    return (logits, labels)
  }

  /// What examples and the one more that stands for no knowledge cost at a temperature, in plain
  /// arithmetic.
  private func cost(_ logits: Tensor, _ labels: [Int], at temperature: Double) -> Double {
    var (cost, prior) = (0.0, 0.0)
    for (row, label) in labels.enumerated() {
      let z = (0..<logits.shape[1]).map { Double(logits[row, $0]) / temperature }
      let whole = Foundation.log(z.reduce(0) { $0 + Foundation.exp($1) })
      cost += whole - z[label]
      prior += whole - z.reduce(0, +) / Double(z.count)
    }
    return cost + prior / Double(labels.count)
  }

  @Test("The temperature by which classes were drawn is found", arguments: [Float(0.5), 1, 2.5])
  func recovery(temperature: Float) {
    let (logits, labels) = drawn(4_000, temperature: temperature, seed: 31)
    let found = Temperature(fittedTo: logits, labels: labels).value
    #expect(abs(found / Double(temperature) - 1) < 0.08, "\(found)")
  }

  @Test("No temperature nearby costs less", arguments: [UInt64(1), 2, 3])
  func minimum(seed: UInt64) {
    let (logits, labels) = drawn(12, temperature: 2, seed: seed)
    let found = Temperature(fittedTo: logits, labels: labels).value
    let least = cost(logits, labels, at: found)
    for factor in [0.5, 0.9, 0.99, 1.01, 1.1, 2] {
      #expect(cost(logits, labels, at: found * factor) > least)
    }
  }

  @Test("Examples that are all told rightly make no answer certain")
  func separable() {
    let logits = Tensor([3, 0, 0, 4, 2, 0], shape: [3, 2])
    let found = Temperature(fittedTo: logits, labels: [0, 1, 0])
    #expect(found.value > 0.1)
    #expect(found.probabilities(of: logits)[0, 0] < 0.99)
  }

  @Test("What all logits of an example have in common counts for nothing")
  func common() {
    let (logits, labels) = drawn(50, temperature: 1.5, seed: 33)
    let whole = Tensor(logits.elements.map { ($0 * 64).rounded() / 64 }, shape: logits.shape)
    let a = Temperature(fittedTo: whole, labels: labels)
    #expect(Temperature(fittedTo: whole + 1_024, labels: labels) == a)
  }

  @Test("Equal logits have temperature 1, and probabilities are those of divided logits")
  func plain() {
    let equal = Temperature(fittedTo: .zeros([2, 3]), labels: [0, 2])
    #expect(equal.value == 1)
    let (logits, labels) = drawn(50, temperature: 2, seed: 34)
    let temperature = Temperature(fittedTo: logits, labels: labels)
    let want = softmax(logits / Tensor(Float(temperature.value)))
    for (a, b) in zip(temperature.probabilities(of: logits).elements, want.elements) {
      #expect(abs(a - b) < 1e-5)
    }
  }

  @Test("Logits that are not finite are refused")
  func infinite() async {
    await #expect(processExitsWith: .failure) {
      _ = Temperature(fittedTo: Tensor([.infinity, 0], shape: [1, 2]), labels: [0])
    }
  }
}
