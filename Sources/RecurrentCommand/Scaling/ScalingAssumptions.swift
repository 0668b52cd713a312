import Recurrent

/// What a scaling model takes to be so, and what its results do not say, a sentence or two each.
struct ScalingAssumptions {
  let record: ScalingRecord

  /// All of them.
  var sentences: [String] { work + messages + limits }

  private var work: [String] {
    let (costs, machine) = (record.costs, record.machine.processor)
    return [
      """
      Times of a shard, of adding, copying and applying a gradient and of packing the weights were \
      measured on one thread of this machine (\(machine), \(record.instructionSet)); every core \
      of every node is taken to be as fast, and to stay so when its neighbours work.
      """,
      """
      A shard takes the measured time of one of so many rows, in a straight line between the sizes \
      that were measured (\(costs.shards.map { "\($0.rows)" }.joined(separator: ", "))).
      """,
      costs.hasJitter
        ? """
        Each shard's time is its size's middle one times a factor drawn from those measured of that \
        size (of \(largest.rows) rows 99 of 100 up to \
        \(decimals(largest.spread.factor(at: 0.99), 3)), the largest \
        \(decimals(largest.spread.largest, 3))), for each shard by itself; a step lasts as long as \
        its slowest process. Shards during which the system gave the processor away are not \
        counted: a process has its cores to itself.
        """
        : "All shards of one size are taken to last as long (--no-jitter).",
      """
      Each process has \(threads). \
      \(record.threads == 1 ? "It takes" : "They share") its shards and the additions of their \
      gradients; what comes from other processes is added, weights are packed and parameters \
      updated by one thread.
      """,
      """
      Every process packs the weights and updates all parameters itself, and knows no other's \
      optimizer.
      """,
    ]
  }

  private var largest: StepCosts.Shard { record.costs.shards[record.costs.shards.count - 1] }

  private var threads: String { "\(record.threads) thread\(record.threads == 1 ? "" : "s")" }

  private var messages: [String] {
    let network = record.network
    let origin =
      record.networkName.map { "typical figures of \($0.words), not measured" }
      ?? "figures that were given, not measured"
    let copies = significant(network.within.bandwidth * 8 / 1e9)
    let shared =
      network.processesPerNode == 1
      ? "A node has one process."
      : """
      A node has \(network.processesPerNode) processes. Those that send in the same round share its \
      card, each an equal part; from one to another of the node a message takes \
      \(significant(network.within.latency * 1e6)) µs, assumed, and two copies as fast as one was \
      measured (\(copies) Gb/s).
      """
    return [
      """
      A message from one node to another takes \(significant(network.between.latency * 1e6)) µs and \
      its bytes at \(significant(network.between.bandwidth * 8 / 1e9)) Gb/s: \(origin). Both ends \
      wait until it has arrived.
      """,
      shared,
      """
      The network carries nothing else, and as many pairs of nodes as there are exchange at full \
      speed at once.
      """,
      """
      Nothing is sent while shards are computed: no message is hidden behind work.
      """,
      """
      A gradient is \(record.costs.floats) floats. Where the processes are a power of two and not more \
      than the shards they exchange it two by two, whole or by halves, whichever takes less time by \
      these figures\(threshold); otherwise sums go along the tree of the shards to one process, and \
      from there to all in a binomial tree.
      """,
      """
      Losses and counts of \(Int(SimulatedExchange.bytesOfShard)) bytes a shard are told to all in one \
      more exchange.
      """,
    ]
  }

  private var threshold: String {
    guard let most = record.plan.processes.last(where: { record.halvingFrom["\($0)"] != nil }),
      let floats = record.halvingFrom["\(most)"]
    else { return "" }
    return " (with \(most) processes by halves from \(decimals(floats, 0)) floats on)"
  }

  /// What the results do not say.
  var limits: [String] {
    [
      """
      A batch of \(example.rows) rows is \(example.count) shard\(example.count == 1 ? "" : "s"): more \
      processes than shards have nothing to do and are no faster.
      """,
      """
      A larger batch is another training: fewer updates from as many examples, with a learning rate \
      and a number of epochs to be found anew. More examples a second are not as much sooner a model \
      as good.
      """,
      """
      With a fixed number of rows for each process shards grow from 4 or 16 rows to 64 as the batch \
      grows, and a row of a large shard takes another time than one of a small: that is in the \
      efficiency, too, which can exceed 100%.
      """,
      """
      A step alone is modelled: not starting the processes, reading the data from disks, validation, \
      checkpoints and reports.
      """,
      """
      Times are means of \(record.simulations) simulated step\(record.simulations == 1 ? "" : "s") \
      (seed \(record.seed)); the model was compared with no run of many processes.
      """,
    ]
  }

  private var example: Sharding { Sharding(rows: record.plan.batches.first ?? 1) }
}
