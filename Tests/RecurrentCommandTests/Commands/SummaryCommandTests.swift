import Recurrent
import Testing

@testable import RecurrentCommand

struct SummaryCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  /// The words of the first line that begins with these.
  private func words(_ start: String, in lines: [String]) -> [Substring] {
    lines.first { $0.hasPrefix(start) }?.split(separator: " ") ?? []
  }

  @Test func `the notebook's model has the parameters and operations counted by hand`()
    async throws
  {
    let run = try await workbench.succeed("summary --preset notebook --threads 1")
    #expect(run.lines[0] == "LSTM with 128 hidden units; 28 steps of 28 features, 10 classes")
    #expect(run.lines[1].hasPrefix("Starting values: notebook ("))
    // 4 * 128 * (28 + 128 + 1) parameters, and two operations for each weight.
    #expect(words("0 ", in: run.lines) == ["0", "LSTM", "28", "128", "80384", "159744"])
    #expect(words("head ", in: run.lines) == ["head", "dense", "128", "10", "1290"])
    #expect(words("all ", in: run.lines) == ["all", "81674", "159744"])
    #expect(
      words("lstm.weight_ih_l0", in: run.lines).prefix(4)
        == ["lstm.weight_ih_l0", "[512,", "28]", "14336"]
    )
    // The forget gate's bias starts at 1, the other gates' at 0.
    #expect(words("lstm.bias_ih_l0", in: run.lines).suffix(2) == ["0.2500", "0.4330"])
    #expect(run.output.contains("A training step of 128 sequences: 1.56 billion"))
    #expect(run.output.contains("parameters 0.33 MB, gradient 0.33 MB, work of 1 thread "))
    #expect(try workbench.content == [])
  }

  @Test func `an optimizer, an average and threads take memory`() async throws {
    func memory(_ options: String) async throws -> String {
      let run = try await workbench.succeed("summary --hidden 32 \(options)")
      return try #require(run.lines.last)
    }
    let plain = try await memory("--threads 1 --optimizer gradient-descent")
    let adam = try await memory("--threads 1 --optimizer adam --average 0.99")
    #expect(!plain.contains("adam") && !plain.contains("average"))
    #expect(adam.contains("adam 0.07 MB, average 0.03 MB"))
    let more = try await memory("--threads 2 --optimizer gradient-descent")
    func megabytes(_ line: String) -> Double? {
      line.dropFirst("Its memory: ".count).split(separator: " ").first.flatMap { Double($0) }
    }
    #expect(more.contains("work of 2 threads"))
    // A thread that came too late for a part of the batch has no memory of its own.
    #expect(try #require(megabytes(plain)) <= #require(megabytes(more)))
  }

  @Test func `a stack is listed layer by layer`() async throws {
    let run = try await workbench.succeed(
      """
      summary --cell gru --hidden 8,8,6 --read patches:7 --sweeps 2 --bidirectional --residual \
      --merge sum --batch 4 --steps 14 --features 28 --classes 3
      """
    )
    #expect(
      run.lines[0]
        == "GRU of 3 layers with 8, 8 and 6 hidden units; 14 steps of 28 features, 3 classes"
    )
    #expect(
      run.lines.contains {
        $0.hasPrefix("0      GRU, sweep across 4 places, both directions (sum) ")
      }
    )
    #expect(
      run.lines.contains {
        $0.hasPrefix("1      GRU, sweep down 4 places, both directions (sum), residual ")
      }
    )
    #expect(run.lines.contains { $0.hasPrefix("2      GRU, both directions (sum) ") })
  }

  @Test func `a trained run is described as it is`() async throws {
    try await workbench.trainSmall(options: "--cell rnn")
    let run = try await workbench.succeed("summary small")
    #expect(run.lines[0] == "RNN with 8 hidden units; 28 steps of 28 features, 10 classes")
    #expect(run.output.contains("  mean  "))
    #expect(!run.output.contains("forget bias"))
  }

  @Test(arguments: [
    ("--steps 0", 2, "--steps is 0; use a whole number from 1 to 65536"),
    ("--features -1", 2, "--features is -1"), ("--threads 0", 2, "--threads is 0"),
    ("small --hidden 3", 2, "a run has its own settings"),
    ("small --steps 3", 2, "a run has its own settings"),
    ("nowhere", 1, "runs/nowhere: there is no run here"),
    ("--read both --steps 3", 1, "--read both does not fit 3 steps of 28 features"),
  ])
  func `wrong use is refused in one line`(
    words: String,
    exitCode: Int32,
    saying: String
  ) async throws {
    try await workbench.fail("summary \(words)", exitCode: exitCode, saying: saying)
  }
}
