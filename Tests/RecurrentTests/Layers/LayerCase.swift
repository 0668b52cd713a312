import Recurrent
import RecurrentTestSupport

/// The sizes of a recurrent layer and of what it reads, with random numbers for both.
struct LayerCase: Sendable, CustomStringConvertible {
  var batch: Int
  var steps: Int
  var inputSize: Int
  var hiddenSize: Int
  var hasState = true
  var seed: UInt64 = 1

  var description: String {
    """
    batch \(batch), \(steps) steps, input \(inputSize), hidden \(hiddenSize), \
    \(hasState ? "a" : "no") state, seed \(seed)
    """
  }

  /// Random sizes: batch 1...9, steps 1...7, input 1...35, hidden among sizes around panels.
  static func random(seed: UInt64) -> LayerCase {
    var numbers = SeededNumbers(seed)
    let hiddenSizes = [1, 2, 5, 15, 16, 17, 31, 40, 63, 64, 65, 70]
    return LayerCase(
      batch: numbers.integer(in: 1...9),
      steps: numbers.integer(in: 1...7),
      inputSize: numbers.integer(in: 1...35),
      hiddenSize: hiddenSizes[Int(seed) % hiddenSizes.count],
      hasState: seed % 3 != 0,
      seed: seed
    )
  }

  /// The input, both weights, the bias and `states` initial states, in this order.
  func tensors(gates: Int, states: Int) -> [Tensor] {
    var numbers = SeededNumbers(seed)
    let rows = gates * hiddenSize
    // As small as usual starting values, so that the gates are not saturated.
    let bound = 1.5 / Float(inputSize + hiddenSize).squareRoot()
    return [
      numbers.tensor([batch, steps, inputSize], in: -1.5...1.5),
      numbers.tensor([rows, inputSize], in: -bound...bound),
      numbers.tensor([rows, hiddenSize], in: -bound...bound),
      numbers.tensor([rows], in: -0.5...0.5),
    ] + (0..<states).map { _ in numbers.tensor([batch, hiddenSize]) }
  }

  /// Random weights of a sum over every step's output and over each final state.
  func cotangents(states: Int) -> [Tensor] {
    var numbers = SeededNumbers(seed + 1_000)
    return [numbers.tensor([batch, steps, hiddenSize])]
      + (0..<states).map { _ in numbers.tensor([batch, hiddenSize]) }
  }

  /// The sum of outputs and final states, each times its random weight.
  func weightedSum(_ results: [Tensor]) -> Tensor {
    let weights = cotangents(states: results.count - 1)
    return zip(results, weights).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
  }

  /// The same sum of plain numbers.
  func weightedSum(_ results: [[Double]]) -> Double {
    let weights = cotangents(states: results.count - 1).map(\.elements)
    return zip(results, weights).reduce(0) { sum, pair in
      zip(pair.0, pair.1).reduce(sum) { $0 + $1.0 * Double($1.1) }
    }
  }

  /// The reference's form of the input, weights and states at a point.
  func unpacked(
    _ point: [[Double]]
  ) -> (input: [[[Double]]], weights: Reference.Weights, states: [[[Double]]]) {
    (
      Reference.sequences(point[0], steps: steps, features: inputSize),
      Reference.Weights(
        input: point[1],
        recurrent: point[2],
        bias: point[3],
        inputSize: inputSize
      ),
      point.dropFirst(4).map { Reference.rows($0, of: hiddenSize) }
    )
  }
}

extension RecurrentWeights {
  /// The weights among a layer case's tensors.
  init(_ tensors: [Tensor]) {
    self.init(input: tensors[1], recurrent: tensors[2], bias: tensors[3])
  }
}
