import Testing

@testable import RecurrentCommand

struct ScalingModelTests {
  /// A model of shards that take a second for 16 rows, by default on a network that costs nothing.
  private func model(
    latency: Double = 0,
    bandwidth: Double = .infinity,
    packing: Double = 0,
    addition: Double = 0,
    update: Double = 0,
    spread: TimeSpread = .none
  ) -> ScalingModel {
    let link = Link(latency: latency, bandwidth: bandwidth)
    let costs = StepCosts(
      shards: [
        .init(rows: 16, seconds: 1, spread: spread), .init(rows: 64, seconds: 4, spread: spread),
      ],
      packing: packing,
      addition: addition,
      copying: 0,
      update: update,
      floats: 1000
    )
    return ScalingModel(
      costs: costs,
      network: Network(between: link, within: link),
      simulations: 20
    )
  }

  private func seconds(_ model: ScalingModel, _ processes: Int, batch: Int = 128) -> Double {
    model.outcomes(batch: batch, processes: [processes])[0].seconds
  }

  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * abs(b) }

  @Test func `one process takes the sum of its parts`() {
    let model = model(latency: 9, bandwidth: 1, packing: 0.25, addition: 0.5, update: 2)
    // 8 shards of 16 rows, 7 additions.
    #expect(isNear(seconds(model, 1), 0.25 + 8 + 3.5 + 2))
    #expect(model.outcomes(batch: 128, processes: [1])[0].messageShare == 0)
  }

  @Test func `two processes take half of the shards, and exchange once`() {
    let model = model(latency: 0.25, bandwidth: 32_000, packing: 0.5, addition: 0.125, update: 2)
    let outcome = model.outcomes(batch: 128, processes: [2])[0]
    // Of losses and counts each knows those of 4 shards, 16 bytes each; then 1000 floats.
    let messages = 0.25 + 64.0 / 32_000 + 0.25 + 4000.0 / 32_000
    #expect(outcome.method == .doubling && outcome.shards == 8)
    #expect(isNear(outcome.seconds, 0.5 + 4 + 3 * 0.125 + messages + 0.125 + 2))
    #expect(isNear(outcome.messageShare, messages / outcome.seconds))
  }

  @Test func `four processes that exchange by halves send all but their part twice`() {
    let model = model(latency: 0.001, bandwidth: 1000, addition: 0.125)
    let outcome = model.outcomes(batch: 128, processes: [4])[0]
    let counts = 2 * 0.001 + (32.0 + 64.0) / 1000
    let exchange = 4 * 0.001 + 2 * 4000.0 / 1000 * 0.75
    #expect(outcome.method == .halving)
    #expect(isNear(outcome.seconds, 2 + 0.125 + counts + exchange + 0.75 * 0.125))
  }

  @Test func `a network that costs nothing is ideal, up to the number of shards`() {
    let model = model()
    for (batch, shards) in [(128, 8), (256, 16), (1024, 16), (2048, 32)] {
      let alone = seconds(model, 1, batch: batch)
      for processes in [1, 2, 4, 8, 16, 32, 64] {
        let speedup = alone / seconds(model, processes, batch: batch)
        #expect(isNear(speedup, Double(min(processes, shards))), "\(batch), \(processes)")
      }
    }
    // Three processes have 2, 3 and 3 of 8 shards.
    #expect(isNear(seconds(model, 3), 3))
  }

  @Test func `more processes than shards are no faster`() {
    let model = model(latency: 0.001, bandwidth: 1e6, packing: 0.1, addition: 0.01, update: 0.1)
    for batch in [16, 128, 512] {
      let shards = model.outcomes(batch: batch, processes: [1])[0].shards
      let enough = seconds(model, shards, batch: batch)
      for processes in [shards + 1, 2 * shards, 64, 100] {
        #expect(seconds(model, processes, batch: batch) >= enough, "\(batch), \(processes)")
      }
    }
  }

  @Test(arguments: [2, 3, 4, 8, 12, 16])
  func `a slower network never makes a step faster`(processes: Int) {
    let latencies = [0, 1e-6, 1e-4, 1e-2, 1]
    let byLatency = latencies.map { seconds(model(latency: $0, bandwidth: 1e6), processes) }
    #expect(zip(byLatency, byLatency.dropFirst()).allSatisfy { $0 < $1 })
    let bandwidths = [1e9, 1e6, 1e4, 1e3]
    let byBandwidth = bandwidths.map { seconds(model(latency: 1e-3, bandwidth: $0), processes) }
    #expect(zip(byBandwidth, byBandwidth.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func `threads take the shards of their process by turns`() {
    var model = model(addition: 0.5)
    model.threads = 2
    #expect(isNear(seconds(model, 1), 4 + 7 * 0.5 / 2))
    model.threads = 3
    #expect(isNear(seconds(model, 1), 3 + 7 * 0.5 / 3))
    model.threads = 100
    model.costs.addition = 0
    #expect(isNear(seconds(model, 1), 1))
  }

  @Test func `a seed decides the draws, and the slowest process decides the step`() {
    let spread = TimeSpread(of: [1, 1, 1, 3])
    var model = model(spread: spread)
    let first = model.outcomes(batch: 128, processes: [1, 8])
    #expect(first == model.outcomes(batch: 128, processes: [1, 8]))
    // A shard takes as long whoever else is asked about.
    #expect(first[1] == model.outcomes(batch: 128, processes: [3, 8, 2])[1])
    // A mean of 8 lies between the least and the largest; the slowest of 8 is slower than the mean.
    #expect(first[0].seconds > 8 && first[0].seconds < 24)
    #expect(first[1].seconds > first[0].seconds / 8 && first[1].seconds < 3)
    model.seed = 2
    #expect(first[0].seconds != model.outcomes(batch: 128, processes: [1])[0].seconds)
  }

  @Test func `speedup and efficiency are of one process, or of the rows of one`() {
    let model = model(latency: 0.25, bandwidth: 1e6, update: 1)
    let strong = ScalingRecord.strong(model, batch: 128, [2, 4])
    #expect(strong.map(\.processes) == [2, 4] && strong.map(\.batch) == [128, 128])
    #expect(isNear(strong[0].speedup, seconds(model, 1) / seconds(model, 2)))
    #expect(strong.allSatisfy { isNear($0.efficiency, $0.speedup / Double($0.processes)) })
    #expect(isNear(strong[1].examplesPerSecond, 128 / seconds(model, 4)))
    let weak = ScalingRecord.weak(model, rowsPerProcess: 64, [1, 2])
    #expect(weak.map(\.batch) == [64, 128] && isNear(weak[0].efficiency, 1))
    #expect(
      isNear(weak[1].efficiency, seconds(model, 1, batch: 64) / seconds(model, 2, batch: 128))
    )
  }
}
