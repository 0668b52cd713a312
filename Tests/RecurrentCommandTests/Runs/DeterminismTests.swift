import Testing

@testable import RecurrentCommand

struct DeterminismTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  /// Trains once for each of the options and returns the models' files.
  private func models(
    _ variants: [(options: String, environment: [String: String])]
  ) async throws -> [[UInt8]] {
    // Batches of 100 are more than one shard, and the last of an epoch is short.
    try SmallImages().write(to: "images", in: workbench)
    var files: [[UInt8]] = []
    for (number, variant) in variants.enumerated() {
      try await workbench.succeed(
        """
        train mnist --data images --hidden 20 --epochs 2 --batch 100 --run \(number) \
        \(variant.options)
        """,
        environment: variant.environment
      )
      files.append(try workbench.bytes(of: "runs/\(number)/model.safetensors"))
    }
    return files
  }

  @Test(arguments: ["lstm", "rnn"])
  func `any number of threads gives the same bytes`(cell: String) async throws {
    let files = try await models(
      [1, 2, 3, 8].map { ("--cell \(cell) --threads \($0)", [:]) }
    )
    #expect(Set(files).count == 1)
  }

  @Test(arguments: ["lstm", "rnn"])
  func `every instruction set gives the same bytes`(cell: String) async throws {
    let sets = try await Self.instructionSets(in: workbench)
    #expect(!sets.isEmpty)
    let files = try await models(
      sets.map { ("--cell \(cell)", ["RECURRENT_ISA": $0]) }
    )
    #expect(Set(files).count == 1, "\(sets)")
    let used = try sets.indices.map { try workbench.record(of: "\($0)").instructionSet }
    #expect(used == sets)
  }

  @Test func `another seed gives another model, the same seed the same`() async throws {
    let files = try await models([("--seed 3", [:]), ("--seed 4", [:]), ("--seed 3", [:])])
    #expect(files[0] == files[2])
    #expect(files[0] != files[1])
  }

  @Test func `another seed draws other digits`() async throws {
    for seed in [1, 2] {
      try await workbench.succeed(
        "train digits --examples 20 --hidden 2 --epochs 1 --seed \(seed) --run \(seed)"
      )
    }
    let records = try ["1", "2"].map { try workbench.record(of: $0) }
    #expect(records[0].dataFingerprint != records[1].dataFingerprint)
  }

  @Test func `evaluating gives the same line on any number of threads`() async throws {
    try await workbench.trainSmall()
    let one = try await workbench.succeed("evaluate small --threads 1")
    let three = try await workbench.succeed("evaluate small --threads 3")
    #expect(one.output == three.output)
  }

  /// The instruction sets that run here, as the command lists them when it refuses another.
  private static func instructionSets(in workbench: Workbench) async throws -> [String] {
    let run = try await workbench.run("train", environment: ["RECURRENT_ISA": "none"])
    let list = try #require(run.errorOutput.firstMatch(of: /use one of (.*)\n/)?.1)
    return list.split(separator: ", ").map(String.init)
  }
}
