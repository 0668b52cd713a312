import Foundation
public import Recurrent

extension ReferenceCell {
  /// h = activation(W x + U h' + b).
  public static func rnn(_ activation: RNNCell.Activation) -> ReferenceCell {
    ReferenceCell { x, state, parameters, mask in
      let size = parameters["bias_ih"].count
      let z = sum(
        parameters.input(0, of: size, x),
        parameters.recurrent(0, of: size, product(state[0], mask))
      )
      return [z.map { activation == .tanh ? tanh($0) : max($0, 0) }]
    }
  }

  /// h = activation(W x + u h' + b), u element by element.
  public static func indRNN(_ activation: RNNCell.Activation) -> ReferenceCell {
    ReferenceCell { x, state, parameters, mask in
      let z = parameters.input(0, of: parameters["bias_ih"].count, x)
      let u = parameters["weight_hh"]
      return [
        z.indices.map { unit in
          let sum = z[unit] + u[unit] * state[0][unit] * mask[unit]
          return activation == .tanh ? tanh(sum) : max(sum, 0)
        }
      ]
    }
  }
}
