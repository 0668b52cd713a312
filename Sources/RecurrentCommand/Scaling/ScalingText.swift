/// What there is to say of a scaling model, line by line.
struct ScalingText {
  let record: ScalingRecord

  /// What was measured, what was assumed, the tables, and what they do not say.
  func lines(_ measured: StepCostMeasurement.Result) -> [String] {
    costs(measured) + [network] + (isBusy(measured) ? [Self.busy] : [])
      + ["", "The same batch with more processes"]
      + ScalingTable(record: record).strong
      + ["", "As many rows for each process"]
      + ScalingTable(record: record).weak
      + ["", "A model, from times of one thread and figures of a network:"]
      + ScalingAssumptions(record: record).limits.map { "- \($0)" }
  }

  private static let busy = """
    This machine was busy, and these times are longer than they need be; measure again when nothing else \
    runs.
    """

  /// Whether parts or the whole were measured while something else ran.
  private func isBusy(_ measured: StepCostMeasurement.Result) -> Bool {
    let whole = record.wholeStep
    return 10 * measured.interruptedShards > measured.shards
      || whole.measuredSeconds > 1.25 * whole.modelSeconds
      || whole.modelSeconds > 1.25 * whole.measuredSeconds
  }

  private func costs(_ measured: StepCostMeasurement.Result) -> [String] {
    let costs = measured.costs
    let shards = costs.shards.map {
      "\($0.rows) row\($0.rows == 1 ? "" : "s") \(BenchTable.time($0.seconds))"
    }
    let whole = record.wholeStep
    return [
      "Measured on one thread: a shard of \(shards.joined(separator: ", "))",
      """
      A gradient of \(costs.floats) floats: adding it to another \(BenchTable.time(costs.addition)), \
      copying \(BenchTable.time(costs.copying)); packing the weights \
      \(BenchTable.time(costs.packing)), the update \(BenchTable.time(costs.update))
      """,
      """
      Of \(measured.shards) shards \(measured.interruptedShards) were interrupted; of others with \
      \(spread(costs))\(record.costs.hasJitter ? "" : "; left out by --no-jitter")
      """,
      """
      A whole step of \(whole.rows) rows took \(BenchTable.time(whole.measuredSeconds)); the model says \
      \(BenchTable.time(whole.modelSeconds))
      """,
    ]
  }

  /// How far the times of the shards that batches are mostly cut into lie apart.
  private func spread(_ costs: StepCosts) -> String {
    let words = [16, 64].map { rows in
      let spread = costs.shard(rows: rows).spread
      return """
        \(rows) rows 99 of 100 took up to \(decimals(spread.factor(at: 0.99), 2)) times their middle \
        time, the longest \(decimals(spread.largest, 2))
        """
    }
    return words.joined(separator: ", with ")
  }

  private var network: String {
    let network = record.network
    let perNode = network.processesPerNode
    return """
      Network\(record.networkName.map { ": \($0.words)" } ?? ""): \
      \(significant(network.between.latency * 1e6)) µs and \
      \(significant(network.between.bandwidth * 8 / 1e9)) Gb/s, assumed; \
      \(perNode) process\(perNode == 1 ? "" : "es") of \(record.threads) \
      thread\(record.threads == 1 ? "" : "s") on each node
      """
  }
}
