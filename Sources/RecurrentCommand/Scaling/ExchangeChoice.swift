import Recurrent

/// Chooses how gradients are exchanged: the way that takes less time by the model.
struct ExchangeChoice {
  let network: Network
  /// Seconds for adding a float to another.
  let additionOfFloat: Double

  init(network: Network, costs: StepCosts) {
    self.network = network
    additionOfFloat = costs.addition / Double(max(1, costs.floats))
  }

  /// How gradients of so many floats are exchanged.
  func method(_ shares: ShardAllotment, floats: Int) -> ExchangeMethod {
    guard shares.processes > 1 else { return .none }
    guard shares.arePairwise else { return .tree }
    let times = pairwiseTimes(shares.processes, floats: Double(floats))
    return times.doubling <= times.halving ? .doubling : .halving
  }

  /// The floats of a gradient from which on halving takes less time than doubling; nil where it never
  /// does, or where processes do not exchange two by two.
  func threshold(processes: Int) -> Double? {
    guard processes > 1, processes.nonzeroBitCount == 1 else { return nil }
    // Both times are a part for the messages and one that grows with the floats.
    let empty = pairwiseTimes(processes, floats: 0)
    let million = pairwiseTimes(processes, floats: 1e6)
    let saved =
      ((million.doubling - empty.doubling) - (million.halving - empty.halving)) / 1e6
    return saved > 0 ? (empty.halving - empty.doubling) / saved : nil
  }

  /// What either way takes where all processes begin together.
  private func pairwiseTimes(
    _ processes: Int,
    floats: Double
  ) -> (doubling: Double, halving: Double) {
    let plan = SimulatedExchange(
      shares: ShardAllotment(shards: processes, processes: processes),
      network: network,
      bytes: 4 * floats
    )
    func seconds(_ rounds: [ExchangeRound]) -> Double {
      rounds.reduce(0) { sum, round in
        sum + (round.messages.map(\.seconds).max() ?? 0)
          + round.addedShare * floats * additionOfFloat
      }
    }
    return (seconds(plan.doubling), seconds(plan.halving))
  }
}
