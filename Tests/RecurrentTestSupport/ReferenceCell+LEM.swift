import Foundation

extension ReferenceCell {
  /// The long expressive memory; the state is y, then z.
  public static func lem(timeStep: Double) -> ReferenceCell {
    ReferenceCell { x, state, parameters, mask in
      let size = parameters["bias_ih"].count / 4
      let hidden = product(state[0], mask)
      func sums(_ block: Int, _ vector: [Double]) -> [Double] {
        sum(parameters.input(block, of: size, x), parameters.recurrent(block, of: size, vector))
      }
      let (first, second, third) = (sums(0, hidden), sums(1, hidden), sums(2, hidden))
      let z = (0..<size).map { unit in
        let step = timeStep * Reference.sigmoid(first[unit])
        return (1 - step) * state[1][unit] + step * tanh(third[unit])
      }
      let fourth = sums(3, z)
      let y = (0..<size).map { unit in
        let step = timeStep * Reference.sigmoid(second[unit])
        return (1 - step) * state[0][unit] + step * tanh(fourth[unit])
      }
      return [y, z]
    }
  }
}
