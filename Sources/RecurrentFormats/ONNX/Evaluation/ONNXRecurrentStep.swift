import Foundation
import Recurrent

/// One step of ONNX's LSTM, GRU or RNN for all rows.
struct ONNXRecurrentStep {
  /// The functions that sums go through.
  enum Activation: String {
    case sigmoid, tanh, relu

    func callAsFunction(_ x: Float) -> Float {
      switch self {
      case .sigmoid: 1 / (1 + exp(-x))
      case .tanh: Foundation.tanh(x)
      case .relu: x > 0 || x.isNaN ? x : 0
      }
    }
  }

  let operation: String
  let hiddenSize: Int
  let recurrent: Tensor
  let inputBias: [Float]
  let recurrentBias: [Float]
  /// Of the gates i, o, f.
  let peepholes: [Float]
  let activations: [Activation]
  let clip: Float?
  let isCoupled: Bool
  let isLinearBeforeReset: Bool

  /// The states after a step, of the input's sums without biases, `[rows, gates * hidden]`.
  func run(
    _ sums: [Float],
    _ hidden: [Float],
    _ cell: [Float],
    rows: Int
  ) -> (hidden: [Float], cell: [Float]) {
    let state = Tensor(hidden, shape: [rows, hiddenSize])
    let products = matmul(state, recurrent, transposingSecond: true).elements
    switch operation {
    case "LSTM": return lstm(sums, products, cell, rows: rows)
    case "GRU": return (gru(sums, products, hidden, rows: rows), [])
    default:
      let next = sums.indices.map { place in
        let unit = place % hiddenSize
        let sum = sums[place] + products[place] + inputBias[unit] + recurrentBias[unit]
        return activations[0](clipped(sum))
      }
      return (next, [])
    }
  }

  private func clipped(_ x: Float) -> Float { clip.map { min(max(x, -$0), $0) } ?? x }

  private func lstm(
    _ sums: [Float],
    _ products: [Float],
    _ cell: [Float],
    rows: Int
  ) -> (hidden: [Float], cell: [Float]) {
    let size = hiddenSize
    var (nextHidden, nextCell) = (cell, cell)
    for row in 0..<rows {
      for unit in 0..<size {
        func sum(_ gate: Int) -> Float {
          let (bias, place) = (gate * size + unit, row * 4 * size + gate * size + unit)
          return sums[place] + products[place] + inputBias[bias] + recurrentBias[bias]
        }
        let place = row * size + unit
        let before = cell[place]
        let i = activations[0](clipped(sum(0) + peepholes[unit] * before))
        let f =
          isCoupled ? 1 - i : activations[0](clipped(sum(2) + peepholes[2 * size + unit] * before))
        let after = f * before + i * activations[1](clipped(sum(3)))
        let o = activations[0](clipped(sum(1) + peepholes[size + unit] * after))
        nextCell[place] = after
        nextHidden[place] = o * activations[2](after)
      }
    }
    return (nextHidden, nextCell)
  }

  private func gru(
    _ sums: [Float],
    _ products: [Float],
    _ hidden: [Float],
    rows: Int
  ) -> [Float] {
    let size = hiddenSize
    func gate(_ row: Int, _ unit: Int, _ gate: Int) -> Float {
      let (bias, place) = (gate * size + unit, row * 3 * size + gate * size + unit)
      let sum = sums[place] + products[place] + inputBias[bias] + recurrentBias[bias]
      return activations[0](clipped(sum))
    }
    // The reset gate acts on the state before the product, or on the product after it.
    var candidates = [Float](repeating: 0, count: rows * size)
    if isLinearBeforeReset {
      for place in candidates.indices {
        let (row, unit) = place.quotientAndRemainder(dividingBy: size)
        let inner = products[row * 3 * size + 2 * size + unit] + recurrentBias[2 * size + unit]
        candidates[place] = gate(row, unit, 1) * inner
      }
    } else {
      let reset = candidates.indices.map { gate($0 / size, $0 % size, 1) * hidden[$0] }
      let rest = recurrent.slice(2 * size..<3 * size, along: 0)
      candidates =
        matmul(
          Tensor(reset, shape: [rows, size]),
          rest,
          transposingSecond: true
        ).elements
      for place in candidates.indices {
        candidates[place] += recurrentBias[2 * size + place % size]
      }
    }
    return candidates.indices.map { place in
      let (row, unit) = place.quotientAndRemainder(dividingBy: size)
      let sum = sums[row * 3 * size + 2 * size + unit] + inputBias[2 * size + unit]
      let n = activations[1](clipped(sum + candidates[place]))
      let z = gate(row, unit, 0)
      return (1 - z) * n + z * hidden[place]
    }
  }
}
