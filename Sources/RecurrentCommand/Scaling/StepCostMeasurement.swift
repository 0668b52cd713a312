import Recurrent

/// Times the parts of a training step on this thread, by turns, in rounds of which the quietest counts.
struct StepCostMeasurement {
  /// The rows of the shards that are measured.
  static let shardRows = [1, 4, 8, 16, 32, 64]
  /// The rows of the whole step that is measured to compare with.
  static let wholeRows = 128
  /// The rounds in which every part has its turn.
  private static let rounds = 5
  /// The share of the time that shards have, and the whole step; the other parts have the rest.
  private static let (shardShare, wholeShare) = (0.7, 0.15)

  /// The least number of times in a round that tell how far apart they lie.
  private static let fewest = 10

  /// How long to go on, in seconds; at least once a round for every part.
  let seconds: Double

  /// What was measured.
  struct Result {
    var costs: StepCosts
    var wholeStep: ScalingRecord.WholeStep
    /// The number of shards that were timed, and of those during which the thread lost the processor.
    var shards: Int
    var interruptedShards: Int
  }

  /// Something to be timed, and its times.
  private struct Part {
    let seconds: Double
    let body: () throws -> Void
    /// The middle time of each round.
    var medians: [Double] = []
    /// Times as multiples of their round's middle one.
    var factors: [Double] = []
    /// How often it was timed, and how often the thread lost the processor meanwhile.
    var count = 0
    var interrupted = 0

    /// The middle time of the quietest round: what else the machine does makes none faster.
    var median: Double { medians.min() ?? 0 }
  }

  /// Measures a model; `progress` hears the share that is done.
  ///
  /// - Throws: What the trainer of the whole step throws, and a line where a layer is not built in.
  func measure(
    _ subject: ScalingSubject,
    progress: (Double) -> Void
  ) throws -> Result {
    let trainer = subject.trainer()
    let data = subject.data(rows: Self.wholeRows)
    guard let parts = TrainingStepParts(ofStepBy: trainer, on: data) else {
      throw CommandFailure("\(subject.title): has a layer that is not built in")
    }
    let each = seconds / Double(Self.rounds)
    let shardTime = each * Self.shardShare / Double(Self.shardRows.count)
    let otherTime = each * (1 - Self.shardShare - Self.wholeShare) / 4
    var measured = [
      Part(seconds: otherTime) { parts.packWeights() },
      Part(seconds: otherTime) { parts.addGradients() },
      Part(seconds: otherTime) { parts.copyGradient() },
      Part(seconds: otherTime) { parts.update() },
      Part(seconds: each * Self.wholeShare) {
        try trainer.trainBatch(on: data, at: 0..<data.count)
      },
    ]
    let others = measured.count
    measured += Self.shardRows.map { rows in
      Part(seconds: shardTime) { parts.runShard(0, rows: 0..<rows) }
    }
    let cost = StepClock.cost()
    for round in 0..<Self.rounds {
      for index in measured.indices {
        progress(Double(round * measured.count + index) / Double(Self.rounds * measured.count))
        try time(&measured[index], clockCost: cost)
      }
    }
    let shards = measured[others...]
    let costs = StepCosts(
      shards: Self.shards(Array(shards)),
      packing: measured[0].median,
      addition: measured[1].median,
      copying: measured[2].median,
      update: measured[3].median,
      floats: parts.gradientCount
    )
    return Result(
      costs: costs,
      wholeStep: Self.whole(measured[4].median, costs),
      shards: shards.reduce(0) { $0 + $1.count },
      interruptedShards: shards.reduce(0) { $0 + $1.interrupted }
    )
  }

  /// The sizes of shards; one that was timed too seldom is spread as the one before it.
  private static func shards(_ parts: [Part]) -> [StepCosts.Shard] {
    var spread = TimeSpread.none
    return zip(shardRows, parts).map { rows, part in
      if !part.factors.isEmpty { spread = TimeSpread(of: part.factors) }
      return StepCosts.Shard(rows: rows, seconds: part.median, spread: spread)
    }
  }

  /// Repeats a part for a round, after once that does not count.
  private func time(_ part: inout Part, clockCost: UInt64) throws {
    try part.body()
    var (kept, interrupted): ([Double], [Double]) = ([], [])
    let end = StepClock.now + UInt64(part.seconds * 1e9)
    var last = StepClock.switches
    repeat {
      let start = StepClock.now
      try part.body()
      let passed = StepClock.now - start
      let time = Double(passed - min(passed, clockCost)) / 1e9
      let now = StepClock.switches
      if now == last { kept.append(time) } else { interrupted.append(time) }
      last = now
    } while StepClock.now < end
    part.count += kept.count + interrupted.count
    part.interrupted += interrupted.count
    // A part that is always interrupted has no other times.
    let median = BenchRounds.median(of: kept.isEmpty ? interrupted : kept)
    part.medians.append(median)
    // Few times lie near their own middle, however far apart others would.
    if kept.count >= Self.fewest && median > 0 { part.factors += kept.map { $0 / median } }
  }

  /// The measured whole step beside what the model says of one process without jitter.
  private static func whole(_ seconds: Double, _ costs: StepCosts) -> ScalingRecord.WholeStep {
    let link = Link(latency: 0, bandwidth: 1)
    let model = ScalingModel(
      costs: costs.withoutJitter,
      network: Network(between: link, within: link),
      simulations: 1
    )
    return ScalingRecord.WholeStep(
      rows: wholeRows,
      measuredSeconds: seconds,
      modelSeconds: model.outcomes(batch: wholeRows, processes: [1])[0].seconds
    )
  }
}
