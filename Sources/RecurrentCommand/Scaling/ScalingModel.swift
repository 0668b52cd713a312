import Recurrent

/// A model of what a training step takes with many processes, from what its parts take on one thread.
///
/// A step is played through as it goes: every process packs its weights and takes its shards, each
/// with a time drawn from those measured; then come the rounds of messages, in which whoever is ready
/// waits for whoever is not; then every process updates all parameters.
struct ScalingModel {
  var costs: StepCosts
  var network: Network
  /// The threads of each process.
  var threads = 1
  /// What decides the draws.
  var seed: UInt64 = 1
  /// How many steps are played through for each result, which is their mean.
  var simulations = 50

  /// What a step came to.
  struct Outcome: Equatable {
    let processes: Int
    let shards: Int
    let method: ExchangeMethod
    /// How long the step takes.
    let seconds: Double
    /// The share of the time that messages take on the way that decides it.
    let messageShare: Double
  }

  private static let purpose = RandomStream.Purpose(rawValue: 1000)

  /// What steps of a batch come to with each of these numbers of processes.
  ///
  /// A shard takes as long in the same simulated step, whichever process has it.
  func outcomes(batch: Int, processes: [Int]) -> [Outcome] {
    let sharding = Sharding(rows: batch)
    let usual = (0..<sharding.count).map { costs.shard(rows: sharding[$0].count) }
    let choice = ExchangeChoice(network: network, costs: costs)
    let plans = processes.map { count in
      let shares = ShardAllotment(shards: sharding.count, processes: count)
      let method = choice.method(shares, floats: costs.floats)
      let plan = SimulatedExchange(shares: shares, network: network, bytes: costs.bytes)
      return (shares: shares, method: method, rounds: plan.rounds(method))
    }
    var totals = [ProcessClocks.Moment](repeating: .init(), count: processes.count)
    for simulation in 0..<simulations {
      let times = drawn(usual, simulation: simulation)
      for (index, plan) in plans.enumerated() {
        let end = step(times, plan.shares, plan.rounds)
        totals[index].seconds += end.seconds
        totals[index].messages += end.messages
      }
    }
    return zip(plans, totals).map { plan, total in
      Outcome(
        processes: plan.shares.processes,
        shards: sharding.count,
        method: plan.method,
        seconds: total.seconds / Double(simulations),
        messageShare: total.messages / total.seconds
      )
    }
  }

  /// The shards' times in one simulated step.
  private func drawn(_ usual: [StepCosts.Shard], simulation: Int) -> [Double] {
    guard costs.hasJitter else { return usual.map(\.seconds) }
    var stream = RandomStream(
      seed: seed,
      purpose: Self.purpose,
      index: UInt32(truncatingIfNeeded: simulation)
    )
    return usual.map { $0.seconds * $0.spread.factor(at: Double(stream.nextUniform())) }
  }

  /// Plays one step through.
  private func step(
    _ times: [Double],
    _ shares: ShardAllotment,
    _ rounds: [ExchangeRound]
  ) -> ProcessClocks.Moment {
    var clocks = ProcessClocks(count: shares.processes)
    clocks.work(costs.packing)
    for process in 0..<shares.processes {
      clocks.work(seconds(of: times[shares.shards(of: process)]), by: process)
    }
    for round in rounds {
      for (process, count) in round.ownAdditions.enumerated() where count > 0 {
        clocks.work(Double(count) * costs.addition / Double(threads), by: process)
      }
      clocks.deliver(round.messages)
      guard round.addedShare > 0 else { continue }
      for message in round.messages {
        clocks.work(round.addedShare * costs.addition, by: message.to)
      }
    }
    clocks.work(costs.update)
    return clocks.last
  }

  /// How long a process takes for its shards: each is taken by the thread that is free first.
  private func seconds(of shards: ArraySlice<Double>) -> Double {
    guard threads > 1 else { return shards.reduce(0, +) }
    var ends = [Double](repeating: 0, count: threads)
    for time in shards {
      let first = ends.indices.min { ends[$0] < ends[$1] } ?? 0
      ends[first] += time
    }
    return ends.max() ?? 0
  }
}
