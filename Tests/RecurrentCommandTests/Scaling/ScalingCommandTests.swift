import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

/// Runs of the built command; how fast anything is decides nothing here.
struct ScalingCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private func record(in folder: String) throws -> ScalingRecord {
    try JSONDecoder().decode(
      ScalingRecord.self,
      from: Data(try workbench.bytes(of: folder + "/scaling.json"))
    )
  }

  @Test func `a model that is described is measured and scaled, and everything is kept`()
    async throws
  {
    let run = try await workbench.succeed(
      """
      scaling --cell gru --inputs 2 --hidden 4,3 --outputs 3 --steps 3 --batches 128,16 \
      --processes 1,2,3,16 --rows-per-process 8 --network gigabit --latency 70 \
      --processes-per-node 2 --threads 2 --simulations 3 --seconds 0.02 --output kept
      """
    )
    #expect(
      try workbench.names(in: "kept") == [
        "assumptions.txt", "scaling.csv", "scaling.json", "strong-scaling.svg", "weak-scaling.svg",
      ]
    )
    let record = try record(in: "kept")
    #expect(record.strong.map(\.batch) == [16, 16, 16, 16, 128, 128, 128, 128])
    #expect(record.strong.map(\.shards) == [4, 4, 4, 4, 8, 8, 8, 8])
    #expect(record.weak.flatMap(\.rows).map(\.batch) == [8, 16, 24, 128])
    #expect(record.strong.allSatisfy { $0.secondsPerStep > 0 && $0.messageShare < 1 })
    #expect(record.strong.filter { $0.processes == 1 }.allSatisfy { $0.speedup == 1 })
    #expect(record.network.between == Link(latency: 70e-6, bandwidth: 125e6))
    #expect(record.network.processesPerNode == 2 && record.threads == 2)
    #expect(record.networkName == .gigabit)
    #expect(record.layers.map { $0.directions[0].hiddenSize } == [4, 3])
    #expect(record.costs.floats >= record.parameters && record.wholeStep.measuredSeconds > 0)
    // What is printed is what is kept.
    let table = ScalingTable(record: record)
    #expect(table.strong.count == 9 && table.weak.count == 5)
    for line in table.strong + table.weak { #expect(run.lines.contains(line), "\(line)") }
    #expect(run.lines.contains { $0.contains("128 rows took") })
    #expect(run.lines.last?.hasPrefix("Folder: kept (strong-scaling.svg, ") == true)
    let csv = try workbench.text(of: "kept/scaling.csv").split(separator: "\n")
    #expect(csv.count == 13)
    #expect(csv.allSatisfy { $0.count { $0 == "," } == 10 })
    #expect(csv[1].hasPrefix("strong,,16,4,1,none,") && csv[12].hasPrefix("weak,8,128,8,16,tree,"))
    let sentences = try workbench.text(of: "kept/assumptions.txt").split(separator: "\n")
    #expect(sentences.map(String.init) == record.assumptions)
    #expect(sentences.contains { $0.contains("typical figures of gigabit Ethernet") })
    #expect(sentences.contains { $0.contains("A batch of 16 rows is 4 shards") })
    for name in ["strong", "weak"] {
      #expect(try workbench.text(of: "kept/\(name)-scaling.svg").hasPrefix("<svg"))
    }
  }

  @Test func `a run's own model is scaled, and its folder has the run's name`() async throws {
    try await workbench.trainSmall()
    let run = try await workbench.succeed(
      "scaling small --processes 4 --batches 64 --no-jitter --latency 1 --bandwidth 40 --seconds 0.01"
    )
    let parameters = try workbench.model(of: "small").parameterCount
    #expect(run.lines[1].contains("\(parameters) parameters, adam"))
    let record = try record(in: "runs/scaling-small")
    #expect(record.parameters == parameters && !record.costs.hasJitter)
    #expect(record.networkName == nil && record.network.between.bandwidth == 5e9)
    #expect(record.strong.map(\.processes) == [4])
  }

  @Test(arguments: [
    ("scaling --batches 128,0", "--batches has '0'; use whole numbers from 1 to 1048576"),
    ("scaling --batches 128,,512", "--batches has ''"),
    ("scaling --batches 128,128", "--batches has a number twice; name each once"),
    ("scaling --batches many", "--batches has 'many'"),
    ("scaling --processes 4097", "--processes has '4097'; use whole numbers from 1 to 4096"),
    ("scaling --processes -1", "--processes has '-1'"),
    ("scaling --rows-per-process 1.5", "--rows-per-process has '1.5'"),
    ("scaling --network token-ring", "'gigabit', '10g', '100g' or 'infiniband'"),
    ("scaling --latency -1", "--latency is -1.0; use microseconds from 0 to 1000000"),
    ("scaling --latency nan", "--latency is nan"),
    ("scaling --node-latency inf", "--node-latency is inf"),
    ("scaling --bandwidth 0", "--bandwidth is 0.0; use gigabits a second above 0"),
    ("scaling --network 10g --latency 1 --bandwidth 1", "leave one of them out"),
    ("scaling --processes-per-node 0", "--processes-per-node is 0; use a whole number from 1"),
    ("scaling --threads 0", "--threads is 0"),
    ("scaling --simulations 0", "--simulations is 0; use a whole number from 1 to 10000"),
    ("scaling --seconds 0", "--seconds is 0.0; use a number above 0"),
    ("scaling --hidden 4097", "--hidden is 4097; use a whole number from 1 to 4096"),
    ("scaling --steps 0", "--steps is 0"),
    ("scaling --cell cru", "lstm, rnn, gru"),
    ("scaling small --hidden 4", "a run has a cell and sizes of its own"),
  ])
  func `a wrong word ends with exit code 2 and one line`(
    words: String,
    saying: String
  ) async throws {
    try await workbench.fail(words, exitCode: 2, saying: saying)
  }

  @Test func `what cannot be measured or kept ends with exit code 1 and one line`() async throws {
    try await workbench.fail(
      "scaling nowhere",
      exitCode: 1,
      saying: "runs/nowhere: there is no run here"
    )
    try workbench.makeFolder("taken")
    try await workbench.fail(
      "scaling --output taken",
      exitCode: 1,
      saying: "taken: already exists; choose another --output"
    )
    try await workbench.fail(
      "scaling --hidden 4096,4096,4096,4096,4096,4096,4096,4096",
      exitCode: 1,
      saying: "use fewer of them or fewer --steps"
    )
  }
}
