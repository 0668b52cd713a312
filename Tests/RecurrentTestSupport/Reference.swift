import Foundation

/// What the library computes, in double precision and plain loops, written like the equations.
///
/// Slow on purpose, and independent of the library's code. A sequence is `[batch][time][features]`,
/// a matrix of weights `[outputs][inputs]`.
public enum Reference {
  /// The parameters of a recurrent layer, the gates' rows one after another.
  public struct Weights {
    /// What the input is multiplied by, `[gates * hidden][input]`.
    public let input: [[Double]]
    /// What the hidden state is multiplied by, `[gates * hidden][hidden]`.
    public let recurrent: [[Double]]
    /// The bias, `[gates * hidden]`.
    public let bias: [Double]

    /// Creates weights from flat lists in row-major order.
    public init(input: [Double], recurrent: [Double], bias: [Double], inputSize: Int) {
      self.input = Reference.rows(input, of: inputSize)
      self.recurrent = Reference.rows(recurrent, of: recurrent.count / bias.count)
      self.bias = bias
    }

    /// W[x, h] + b for one example.
    func preactivation(_ x: [Double], _ h: [Double]) -> [Double] {
      bias.indices.map { row in
        var sum = bias[row]
        for k in x.indices { sum += input[row][k] * x[k] }
        for k in h.indices { sum += recurrent[row][k] * h[k] }
        return sum
      }
    }
  }

  /// The logistic function.
  public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// The larger of a number and 0.
  public static func relu(_ x: Double) -> Double { max(x, 0) }

  /// An LSTM over whole sequences: every step's hidden state, and the last hidden and cell state.
  public static func lstm(
    _ sequences: [[[Double]]],
    _ weights: Weights,
    hidden: [[Double]],
    cell: [[Double]]
  ) -> (outputs: [[[Double]]], hidden: [[Double]], cell: [[Double]]) {
    var (hidden, cell) = (hidden, cell)
    var outputs: [[[Double]]] = []
    for (example, sequence) in sequences.enumerated() {
      var (h, c) = (hidden[example], cell[example])
      let size = h.count
      var steps: [[Double]] = []
      for x in sequence {
        let z = weights.preactivation(x, h)
        for unit in 0..<size {
          let i = sigmoid(z[unit])
          let f = sigmoid(z[size + unit])
          let g = tanh(z[2 * size + unit])
          let o = sigmoid(z[3 * size + unit])
          c[unit] = f * c[unit] + i * g
          h[unit] = o * tanh(c[unit])
        }
        steps.append(h)
      }
      outputs.append(steps)
      (hidden[example], cell[example]) = (h, c)
    }
    return (outputs, hidden, cell)
  }

  /// A simple recurrent layer over whole sequences: every step's hidden state, and the last one.
  public static func rnn(
    _ sequences: [[[Double]]],
    _ weights: Weights,
    hidden: [[Double]],
    activation: (Double) -> Double
  ) -> (outputs: [[[Double]]], hidden: [[Double]]) {
    var outputs: [[[Double]]] = []
    for (example, sequence) in sequences.enumerated() {
      var h = hidden[example]
      outputs.append(
        sequence.map { x in
          h = weights.preactivation(x, h).map(activation)
          return h
        }
      )
    }
    return (outputs, outputs.map { $0[$0.count - 1] })
  }

  /// A dense layer on rows of inputs.
  public static func dense(
    _ inputs: [[Double]],
    weight: [[Double]],
    bias: [Double]
  ) -> [[Double]] {
    inputs.map { x in
      bias.indices.map { row in
        bias[row] + zip(weight[row], x).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
  }

  /// The probabilities of rows of logits.
  public static func softmax(_ logits: [[Double]]) -> [[Double]] {
    logits.map { row in
      let greatest = row.max() ?? 0
      let powers = row.map { exp($0 - greatest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  /// The mean over rows of log(sum of exponentials) less the label's logit.
  public static func softmaxCrossEntropy(logits: [[Double]], labels: [Int]) -> Double {
    let losses = zip(logits, labels).map { row, label in
      let greatest = row.max() ?? 0
      return log(row.reduce(0) { $0 + exp($1 - greatest) }) + greatest - row[label]
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  /// The mean over all elements of the squared difference.
  public static func meanSquaredError(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(a.count)
  }

  /// A flat list cut into rows.
  public static func rows(_ flat: [Double], of columns: Int) -> [[Double]] {
    stride(from: 0, to: flat.count, by: columns).map { Array(flat[$0..<$0 + columns]) }
  }

  /// A flat list cut into sequences of `steps` rows.
  public static func sequences(
    _ flat: [Double],
    steps: Int,
    features: Int
  ) -> [[[Double]]] {
    stride(from: 0, to: flat.count, by: steps * features).map {
      rows(Array(flat[$0..<$0 + steps * features]), of: features)
    }
  }
}
