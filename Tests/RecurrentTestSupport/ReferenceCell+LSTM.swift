import Foundation
public import Recurrent

extension ReferenceCell {
  /// The LSTM with any of its options, one unit after another.
  public static func lstm(_ options: LSTMCell.Options) -> ReferenceCell {
    ReferenceCell { x, state, parameters, mask in
      let gates = options.isCoupled ? 3 : 4
      let size = parameters["bias_ih"].count / gates
      let rows = gates * size
      var fromInput = parameters.product("weight_ih", rows: 0..<rows, x)
      var fromHidden = parameters.product("weight_hh", rows: 0..<rows, product(state[0], mask))
      if options.normalizesLayers {
        fromInput = product(layerNorm(fromInput), parameters["norm_ih"])
        fromHidden = product(layerNorm(fromHidden), parameters["norm_hh"])
      }
      let z = sum(sum(fromInput, fromHidden), parameters["bias_ih"])
      // Where each gate's block begins, in the sums and among the peepholes.
      let first = options.isCoupled ? 0 : 1
      func gate(_ block: Int, _ unit: Int, seeing cell: Double) -> Double {
        let peephole = block == gates - 1 ? block - 1 : block
        let seen = options.isPeephole ? parameters["weight_peephole"][peephole * size + unit] : 0
        return Reference.sigmoid(z[block * size + unit] + seen * cell)
      }
      var c = state[1]
      for unit in 0..<size {
        let f = gate(first, unit, seeing: state[1][unit])
        let i = options.isCoupled ? 1 - f : gate(0, unit, seeing: state[1][unit])
        c[unit] = f * state[1][unit] + i * tanh(z[(first + 1) * size + unit])
      }
      let seen =
        options.normalizesLayers
        ? sum(product(layerNorm(c), parameters["norm_cell"]), parameters["norm_cell_bias"]) : c
      var h = (0..<size).map { gate(first + 2, $0, seeing: c[$0]) * tanh(seen[$0]) }
      if let projected = options.projectionSize {
        h = parameters.product("weight_hr", rows: 0..<projected, h)
      }
      return [h, c]
    }
  }

  /// A vector less its mean, over the root of its variance and 10⁻⁵.
  private static func layerNorm(_ x: [Double]) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.map { ($0 - mean) / (variance + 1e-5).squareRoot() }
  }

  /// The minLSTM: h = f/(f + i) h' + i/(f + i) n.
  public static let minLSTM = ReferenceCell { x, state, parameters, _ in
    let size = parameters["bias_ih"].count / 3
    let z = (0..<3).map { parameters.input($0, of: size, x) }
    return [
      (0..<size).map { unit in
        let f = Reference.sigmoid(z[0][unit])
        let i = Reference.sigmoid(z[1][unit])
        return f / (f + i) * state[0][unit] + i / (f + i) * z[2][unit]
      }
    ]
  }

  /// The sLSTM as the paper writes it without its stabiliser, which changes no hidden state.
  ///
  /// The state's cell and normaliser count e to the power of its stabiliser; afterwards the
  /// stabiliser is the one the paper prescribes, and they are divided by its exponential.
  public static func sLSTM(_ forgetGate: SLSTMCell.ForgetGate) -> ReferenceCell {
    ReferenceCell { x, state, parameters, mask in
      let size = parameters["bias_ih"].count / 4
      let hidden = product(state[0], mask)
      let z = (0..<4).map {
        sum(parameters.input($0, of: size, x), parameters.recurrent($0, of: size, hidden))
      }
      var after = state
      for unit in 0..<size {
        let i = exp(z[0][unit])
        let f = forgetGate == .sigmoid ? Reference.sigmoid(z[1][unit]) : exp(z[1][unit])
        let (cell, normalizer, stabilizer) = (state[1][unit], state[2][unit], state[3][unit])
        let hasBegun = normalizer != 0
        let c = (hasBegun ? f * cell * exp(stabilizer) : 0) + i * tanh(z[2][unit])
        let n = (hasBegun ? f * normalizer * exp(stabilizer) : 0) + i
        let m = hasBegun ? max(log(f) + stabilizer, z[0][unit]) : z[0][unit]
        after[0][unit] = Reference.sigmoid(z[3][unit]) * c / n
        after[1][unit] = c / exp(m)
        after[2][unit] = n / exp(m)
        after[3][unit] = m
      }
      return after
    }
  }
}
