import Foundation
public import Recurrent

extension ReferenceCell {
  /// The GRU in one of its three conventions.
  public static func gru(_ convention: GRUCell.Convention) -> ReferenceCell {
    ReferenceCell { x, state, parameters, mask in
      let size = parameters["bias_ih"].count / 3
      let h = product(state[0], mask)
      let r = sum(parameters.input(0, of: size, x), parameters.recurrent(0, of: size, h))
        .map(Reference.sigmoid)
      let z = sum(parameters.input(1, of: size, x), parameters.recurrent(1, of: size, h))
        .map(Reference.sigmoid)
      let recurrent: [Double]
      switch convention {
      case .resetAfter:
        recurrent = product(r, sum(parameters.recurrent(2, of: size, h), parameters["bias_hn"]))
      case .resetAfterOuterBias:
        recurrent = product(r, parameters.recurrent(2, of: size, h))
      case .resetBefore:
        recurrent = parameters.recurrent(2, of: size, product(r, h))
      }
      let n = sum(parameters.input(2, of: size, x), recurrent).map { tanh($0) }
      return [(0..<size).map { (1 - z[$0]) * n[$0] + z[$0] * state[0][$0] }]
    }
  }

  /// The minGRU: h = (1 - z) h' + z n.
  public static let minGRU = ReferenceCell { x, state, parameters, _ in
    let size = parameters["bias_ih"].count / 2
    let z = parameters.input(0, of: size, x).map(Reference.sigmoid)
    let n = parameters.input(1, of: size, x)
    return [(0..<size).map { (1 - z[$0]) * state[0][$0] + z[$0] * n[$0] }]
  }
}
