import Synchronization

/// The norm of the Jacobian of a layer's last hidden state with respect to its state at each step of one
/// example.
struct StateJacobian: Sendable {
  /// Whether the layer's state is that of reading from the end to the beginning.
  let isReversed: Bool
  /// What the parts of the state are called.
  let names: [String]
  /// The number of hidden units.
  let units: Int
  /// The squares of the Frobenius norm, by part of the state and then by steps back from the last.
  fileprivate(set) var squares: [[Double]]
  /// The hidden states, by steps back from the last and then by unit.
  fileprivate(set) var hidden: [[Float]]

  /// The numbers that the states of all copies of an example are allowed at once, for each of the tensors
  /// that a step keeps.
  private static let mostNumbers = 1 << 20

  /// The Jacobians of each direction of a layer, forward before reversed, on an example
  /// `[1, time, features]`; none of a layer whose states cannot be observed.
  ///
  /// The example is run in copies, one for each unit, whose gradient starts with 1 at that unit alone: what
  /// arrives at the states of a copy is a row of the Jacobian.
  static func all(
    of layer: some RecurrentLayer,
    on input: Tensor,
    in pass: SequencePass
  ) -> [StateJacobian] {
    guard layer is any StateObservedLayer else { return [] }
    let (steps, most) = (input.shape[1], mostNumbers / (input.shape[1] * layer.outputSize))
    let copies = max(1, min(layer.outputSize, 64, most))
    let rows = input.gathered(at: Array(repeating: 0, count: copies))
    let probe = StateJacobianProbe(steps: steps)
    var first = 0
    repeat {
      _ = valueWithGradient(at: layer) { layer in
        var ends: [Tensor] = []
        _ = layer.observedRun(rows, in: pass) { state in
          let parts = probe.observed(state)
          if (state.isReversed ? state.step : steps - 1 - state.step) == 0 {
            ends.append(parts[0])
          }
          return parts
        }
        return ends.reduce(Tensor(0)) { $0 + ($1 * .unitRows(from: first, of: $1.shape)).sum() }
      }
      first += copies
    } while first < probe.mostUnits
    return probe.jacobians
  }
}

extension Tensor {
  /// A tensor `[rows, units]` of zeros with a 1 in row n at unit `first` + n, if there is one.
  fileprivate static func unitRows(from first: Int, of shape: Shape) -> Tensor {
    var elements = [Float](repeating: 0, count: shape.count)
    for row in 0..<shape[0] where first + row < shape[1] {
      elements[row * shape[1] + first + row] = 1
    }
    return Tensor(elements, shape: shape)
  }
}

/// Adds up what arrives at the states of one layer.
private final class StateJacobianProbe: Sendable {
  private let steps: Int
  private let found = Guarded([Bool: StateJacobian]())

  init(steps: Int) { self.steps = steps }

  /// The most units of a direction that was seen.
  var mostUnits: Int { found.withLock { $0.values.map(\.units).max() ?? 0 } }

  /// What was seen, forward first.
  var jacobians: [StateJacobian] {
    found.withLock { found in [false, true].compactMap { found[$0] } }
  }

  /// The state, each of whose parts `[rows, units]` tells when its gradient arrives.
  func observed(_ state: ObservedState) -> [Tensor] {
    let distance = state.isReversed ? state.step : steps - 1 - state.step
    found.withLock { [steps] found in
      let units = state.parts[0].shape[1]
      var jacobian =
        found[state.isReversed]
        ?? StateJacobian(
          isReversed: state.isReversed,
          names: state.parts.indices.map { part in
            part < state.names.count ? state.names[part] : "part \(part) of the state"
          },
          units: units,
          squares: state.parts.map { _ in Array(repeating: 0, count: steps) },
          hidden: Array(repeating: [], count: steps)
        )
      jacobian.hidden[distance] = Array(state.parts[0].elements.prefix(units))
      found[state.isReversed] = jacobian
    }
    return state.parts.enumerated().map { place, part in
      Tape.operation([part]) { inputs, _ in
        (
          inputs[0],
          { [self, isReversed = state.isReversed] gradient in
            let square = gradient.doubleElements.reduce(0) { $0 + $1 * $1 }
            found.withLock { $0[isReversed]?.squares[place][distance] += square }
            return [gradient]
          }
        )
      }
    }
  }
}
