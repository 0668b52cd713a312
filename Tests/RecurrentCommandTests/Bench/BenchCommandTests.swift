import Foundation
import Testing

@testable import RecurrentCommand

/// Runs of the built command; how fast anything is decides nothing here.
struct BenchCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test func `a shape of one's own has rows for training and inference`() async throws {
    let run = try await workbench.succeed("bench --seconds 0.01 --threads 2 --shape 4x3x2x5")
    #expect(try #require(run.lines.first).hasPrefix("Recurrent \(Version.text) on "))
    let rows = run.lines.drop { !$0.hasPrefix("job") }
    #expect(
      try #require(rows.first).split(separator: " ").joined(separator: " ")
        == "job shape threads median best GFLOP/s of product scaling"
    )
    for name in ["training", "inference"] {
      for threads in 1...2 {
        #expect(
          rows.contains {
            $0.starts(with: /\w+ +4x3x2x5 +\d+ +[\d.]+ (s|ms|µs) +[\d.]+ (s|ms|µs) +[\d.]+ +\d+%/)
              && $0.hasPrefix(name) && $0.split(separator: " ")[2] == "\(threads)"
          }
        )
      }
    }
    #expect(rows.count { $0.hasPrefix("product") } == 2)
    #expect(try workbench.content == [])
  }

  @Test(arguments: ["lstm", "rnn"])
  func `the files hold every row`(cell: String) async throws {
    try await workbench.succeed(
      """
      bench --seconds 0.01 --threads 1 --cell \(cell) --shape 4x3x2x5 --shape 1x1x1x1 \
      --json kept.json --csv kept.csv
      """
    )
    let record = try JSONDecoder().decode(
      BenchRecord.self,
      from: Data(try workbench.bytes(of: "kept.json"))
    )
    #expect(record.cell.rawValue == cell)
    let rows = [(4, "4x3x2x5"), (1, "1x1x1x1")].flatMap { batch, shape in
      ModelWork.allCases.filter { $0.isPossible(batch: batch) }.map { "\($0.rawValue) \(shape)" }
    }
    #expect(rows.contains("stream 1x1x1x1") && !rows.contains("stream 4x3x2x5"))
    #expect(record.rows.map { "\($0.job) \($0.shape)" }.dropFirst() == rows[...])
    #expect(record.rows[0].job == "product")
    for row in record.rows {
      #expect(row.threads == 1 && row.scaling == 1)
      #expect(row.bestSeconds > 0 && row.medianSeconds >= row.bestSeconds)
      #expect(row.gigaflops > 0 && row.shareOfProduct > 0)
    }
    let lines = try workbench.text(of: "kept.csv").split(separator: "\n")
    #expect(lines.count == 1 + record.rows.count)
    #expect(lines[0].hasPrefix("version,processor,"))
    #expect(try workbench.content == ["kept.csv", "kept.json"])
  }

  @Test func `a grid is a table and a picture`() async throws {
    let run = try await workbench.succeed(
      "bench --grid --features 1 --seconds 0.001 --threads 1 --svg grid.svg --json grid.json"
    )
    let head = try #require(run.lines.first { $0.hasPrefix("hidden \\ batch") })
    #expect(head.split(separator: " ").suffix(7) == ["1", "4", "16", "32", "64", "128", "256"])
    #expect(run.lines.contains { $0.starts(with: /\s+4\s+[\d.]+\s/) })
    let picture = try workbench.text(of: "grid.svg")
    #expect(picture.hasPrefix("<svg ") && picture.hasSuffix("</svg>\n"))
    #expect(picture.contains("hidden 4, batch 1: "))
    let record = try JSONDecoder().decode(
      BenchRecord.self,
      from: Data(try workbench.bytes(of: "grid.json"))
    )
    #expect(record.rows.contains { $0.shape == "1x28x1x4" })
  }

  @Test func `a projected LSTM is measured, and says so`() async throws {
    let run = try await workbench.succeed(
      "bench --projection 2 --seconds 0.01 --threads 1 --shape 1x3x2x5"
    )
    #expect(run.lines.contains { $0.hasPrefix("training, projected to 2 ") })
    #expect(run.lines.contains { $0.hasPrefix("stream, projected to 2 ") })
  }

  @Test func `the tape is measured beside the fused layer`() async throws {
    let run = try await workbench.succeed(
      "bench --tape --seconds 0.01 --threads 1 --shape 4x3x2x5 --csv tape.csv"
    )
    let rows = run.lines.drop { !$0.hasPrefix("job") }
    #expect(try #require(rows.first).hasSuffix("of fused"))
    #expect(
      rows.dropFirst().prefix(4).map { row in
        TapeTask.Subject.allCases.map(\.rawValue).first { row.hasPrefix($0) }
      }
        == TapeTask.Subject.allCases.map(\.rawValue)
    )
    #expect(try #require(rows.dropFirst().first).hasSuffix("  1.00"))
    #expect(try workbench.text(of: "tape.csv").contains(",own cell on tape,4x3x2x5,1,"))
  }

  @Test(arguments: [
    ("4x3x2", "--shape is '4x3x2'; use BATCHxSTEPSxINPUTxHIDDEN"), ("4x3x2x5x6", "such as 128x"),
    ("0x3x2x5", "from 1 to 65536"), ("4x3x2x-5", "from 1"), ("4x3xax5", "four numbers"),
    ("4x3x2x65537", "to 65536"), ("4x3x2x99999999999999999999", "to 65536"), ("x", "'x'"),
    ("65536x65536x65536x65536", "more than half of this machine's memory; use a smaller one"),
  ])
  func `a wrong shape is refused in one line`(shape: String, saying: String) async throws {
    try await workbench.fail("bench --shape \(shape)", exitCode: 2, saying: saying)
  }

  @Test(arguments: [
    ("--threads 0", "--threads is 0; use a number from 1 to 1024"),
    ("--threads 1025", "--threads is 1025"),
    ("--seconds 0", "--seconds is 0.0; use a number above 0"),
    ("--seconds -1", "use a number above 0"), ("--seconds nan", "use a number above 0"),
    ("--seconds inf", "use a number above 0"), ("--seconds soon", "'soon'"),
    ("--cell cru", "lstm, rnn, gru"), ("--shape", "--shape"),
    ("--tape --grid", "--tape has cells of its own; leave out --grid and --cell"),
    ("--tape --cell rnn", "leave out --grid and --cell"),
    ("--grid --shape 1x1x1x1", "--shape does not go with --grid"),
    ("--features 3", "--features goes with --grid"),
    ("--cell gru --projection 4", "--projection goes with --cell lstm and its like"),
    ("--tape --projection 4", "--projection goes with --cell lstm"),
    ("--projection 16", "--projection is 16; use a number below the 16 hidden units"),
    ("--shape 1x2x3x4 --projection 0", "--projection is 0; use a number below the 4"),
    ("--grid --features 0", "--features is 0; use a whole number from 1"),
    ("--svg a.svg", "--svg draws the grid; add --grid"),
    ("--json a --csv a", "--json and --csv name one file; use two"),
    ("digits", "digits"),
  ])
  func `a wrong option is refused in one line`(words: String, saying: String) async throws {
    try await workbench.fail("bench \(words)", exitCode: 2, saying: saying)
  }

  @Test func `an empty name is no file`() async throws {
    try await workbench.fail(
      ["bench", "--json", ""],
      exitCode: 2,
      saying: ["--json needs a file's name, such as bench.json"]
    )
  }

  @Test(arguments: ["--json", "--csv", "--grid --svg"])
  func `a place that cannot be written to is refused before anything is measured`(
    option: String
  ) async throws {
    try await workbench.fail(
      "bench \(option) nowhere/kept",
      exitCode: 1,
      saying: "nowhere/kept: cannot be written",
      "create the folder first"
    )
    try workbench.makeFolder("folder")
    try await workbench.fail(
      "bench \(option) folder",
      exitCode: 1,
      saying: "folder: is a folder; give the name of a file"
    )
  }
}
