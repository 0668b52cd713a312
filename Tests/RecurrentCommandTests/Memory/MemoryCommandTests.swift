import Foundation
import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

struct MemoryCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private func record(_ folder: String) throws -> MemoryRecord {
    try JSONDecoder().decode(
      MemoryRecord.self,
      from: Data(try workbench.bytes(of: folder + "/memory.json"))
    )
  }

  /// What decides a training, and what it came to, but for the time it took.
  private func outcomes(_ record: MemoryRecord) -> [MemoryRecord.Trial] {
    record.trials.map { trial in
      var trial = trial
      trial.seconds = 0
      return trial
    }
  }

  @Test func `cells are trained at growing lags, and everything is kept`() async throws {
    let run = try await workbench.succeed(
      "memory --cells rnn,gru --lags 6,3 --hidden 4 --steps 5 --seeds 2 --output kept"
    )
    #expect(run.lines[0].hasPrefix("The adding problem: of T numbers two are marked"))
    #expect(run.lines[1].hasPrefix("Guessing comes to a mean squared error of 0.16667; solved is"))
    #expect(run.output.contains("4 hidden units, 5 steps of 64 new examples, adam"))
    let head = try #require(run.lines.firstIndex { $0.contains("solved  seconds") })
    let rows = run.lines[(head + 1)...].prefix(4)
    #expect(
      rows.map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        == ["3 RNN", "3 GRU", "6 RNN", "6 GRU"]
    )
    #expect(rows.allSatisfy { $0.contains("0/2") })
    #expect(run.lines.contains("GRU: solved at no lag from every seed"))
    #expect(run.lines.last == "Folder: kept (lags.svg, gradient.svg, memory.json)")
    #expect(try workbench.names(in: "kept") == ["gradient.svg", "lags.svg", "memory.json"])
    #expect(try workbench.content.count == 4)

    let record = try record("kept")
    #expect(record.isComplete && record.trials.count == 8)
    #expect(record.plan.lags == [3, 6] && record.guessing == 1.0 / 6)
    for trial in record.trials {
      #expect(trial.measure.map { $0 > 0.01 } == true && !trial.isSolved)
      #expect(trial.costs.count == 5)
      #expect((trial.gradient == nil) == (trial.seed > 1))
    }
    let flow = try #require(record.trials.last { $0.cell == .gru && $0.seed == 1 }?.gradient)
    #expect(flow.parts.map(\.name) == ["hidden state"])
    #expect(flow.parts[0].atStart.count == 6 && flow.parts[0].trained.allSatisfy { $0 > 0 })
    for name in ["lags", "gradient"] {
      let picture = try workbench.text(of: "kept/\(name).svg")
      #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"))
      #expect(picture.contains("The adding problem"))
    }
    #expect(try workbench.text(of: "kept/lags.svg").contains("guessing"))
    #expect(try workbench.text(of: "kept/gradient.svg").contains("RNN, before training"))
  }

  @Test func `the numbers do not depend on threads, nor on the other cells`() async throws {
    let options = "--lags 5 --hidden 4 --steps 4 --seeds 1 --batch 32"
    try await workbench.succeed("memory --cells lstm \(options) --threads 1 --output one")
    try await workbench.succeed("memory --cells rnn,lstm \(options) --threads 2 --output two")
    let (one, two) = (try record("one"), try record("two"))
    #expect(outcomes(one) == outcomes(two).filter { $0.cell == .lstm })
  }

  @Test(arguments: MemoryTask.allCases)
  func `every task can be measured`(task: MemoryTask) async throws {
    let run = try await workbench.succeed(
      "memory --task \(task.rawValue) --cells lstm --lags 12 --hidden 3 --steps 2 --seeds 1 --output a"
    )
    #expect(run.lines[0].hasPrefix("\(task.title): "))
    let record = try record("a")
    let measure = try #require(record.trials.first?.measure)
    #expect(record.measure == (task == .adding ? "mean squared error" : "accuracy"))
    #expect(task == .adding || 0...1 ~= measure)
    let article = task == .adding ? "a" : "an"
    #expect(run.lines[1].hasPrefix("Guessing comes to \(article) \(record.measure) of"))
    #expect(record.trials[0].gradient?.parts.map(\.name) == ["hidden state", "cell state"])
  }

  @Test func `a short lag is learned`() async throws {
    let run = try await workbench.succeed(
      """
      memory --cells gru --lags 4 --hidden 12 --steps 250 --learning-rate 0.01 --seeds 1 \
      --init recommended --output a
      """
    )
    #expect(run.lines.contains("GRU: solved from every seed up to lag 4"))
    #expect(try record("a").trials[0].isSolved)
  }

  @Test func `without a name the folders are numbered`() async throws {
    for name in ["runs/memory-parity", "runs/memory-parity-2"] {
      let run = try await workbench.succeed(
        "memory --task parity --cells rnn --lags 2 --hidden 1 --steps 1 --seeds 1"
      )
      #expect(run.lines.last?.hasPrefix("Folder: \(name) (") == true)
    }
  }

  @Test func `a training that diverges is said, and the others go on`() async throws {
    let run = try await workbench.succeed(
      """
      memory --cells rnn-relu,rnn --lags 60 --hidden 64 --steps 40 --seeds 1 --init he \
      --learning-rate 1e30 --output a
      """
    )
    #expect(run.lines.contains { $0.contains("RNN (ReLU)") && $0.contains("diverged") })
    let trials = try record("a").trials
    #expect(trials.count == 2 && trials[0].measure == nil && !trials[0].isSolved)
  }

  @Test func `an interruption keeps what is done`() async throws {
    let run = try await workbench.run(
      "memory --cells rnn,lstm --lags 3,300 --hidden 64 --steps 4000 --seeds 1 --output a",
      sending: CommandLineRun.Signal(number: SIGINT, moment: .text("    3  RNN"))
    )
    #expect(run.exitCode == 130)
    #expect(run.errorOutput.hasPrefix("interrupted: "))
    #expect(run.errorOutput.hasSuffix(" of 4 trainings are done, and written to a\n"))
    let record = try record("a")
    #expect(!record.isComplete && 1...3 ~= record.trials.count)
    #expect(try workbench.text(of: "a/lags.svg").hasSuffix("</svg>\n"))
  }

  @Test func `an interruption before anything is done leaves nothing`() async throws {
    let run = try await workbench.run(
      "memory --cells lstm --lags 300 --hidden 64 --steps 4000 --output a",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text("seconds"))
    )
    #expect(run.exitCode == 143)
    #expect(run.errorOutput == "interrupted before the first training was done: nothing is kept\n")
    #expect(try workbench.content == [])
  }

  @Test(arguments: [
    ("--task sums", "'adding', 'copy', 'temporal-order', 'parity' or 'final-parity'"),
    ("--cells cru", "--cells has 'cru'; use lstm, rnn"),
    ("--cells lstm,,gru", "--cells has ''; use lstm"),
    ("--cells lstm,lstm", "--cells names a cell twice"),
    ("--lags 1", "--lags has '1'; use whole numbers from 2 to 50000 for adding"),
    ("--lags 50,many", "--lags has 'many'"),
    ("--lags 50,", "--lags has ''"),
    ("--lags 1.5", "--lags has '1.5'"),
    ("--lags -3", "--lags has '-3'"),
    ("--lags 50001", "--lags has '50001'"),
    ("--lags 99999999999999999999", "--lags has '99999999999999999999'"),
    ("--lags 4,4", "--lags names a lag twice"),
    ("--task temporal-order --lags 9", "use whole numbers from 10"),
    ("--hidden 0", "--hidden is 0; use a whole number from 1"),
    ("--hidden 16,16", "'16,16'"),
    ("--steps 0", "--steps is 0"),
    ("--batch 0", "--batch is 0"),
    ("--seeds 0", "--seeds is 0"),
    ("--seeds -1", "--seeds is -1"),
    ("--threads 0", "--threads is 0"),
    ("--learning-rate nan", "--learning-rate is nan; use a number above 0"),
    ("--learning-rate 0", "--learning-rate is 0"),
    ("--init chrono:1", "'chrono:1'"),
    ("adding", "adding"),
  ])
  func `a wrong option is refused in one line`(words: String, saying: String) async throws {
    try await workbench.fail("memory \(words)", exitCode: 2, saying: saying)
  }

  @Test func `an empty name is no folder`() async throws {
    try await workbench.fail(
      ["memory", "--output", ""],
      exitCode: 2,
      saying: ["--output needs a folder"]
    )
    try await workbench.fail(["memory", "--cells", ""], exitCode: 2, saying: ["--cells has ''"])
    try await workbench.fail(["memory", "--lags", ""], exitCode: 2, saying: ["--lags has ''"])
  }

  @Test func `a folder that is taken or cannot be made is refused before any training`()
    async throws
  {
    try workbench.write([1], to: "taken/file")
    try await workbench.fail(
      "memory --output taken",
      exitCode: 1,
      saying: "taken: already exists; choose another --output, or delete it"
    )
    try await workbench.fail(
      "memory --output taken/file/below",
      exitCode: 1,
      saying: "taken/file/below: the folder cannot be made; choose an --output folder"
    )
  }

  @Test func `more than the memory of any machine is refused before any training`() async throws {
    try await workbench.fail(
      "memory --lags 50000 --hidden 16384 --batch 4096",
      exitCode: 1,
      saying: "more than half of this machine's memory"
    )
  }
}
