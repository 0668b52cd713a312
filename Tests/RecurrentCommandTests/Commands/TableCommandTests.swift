import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Tables, arrays and folders from files to models that answer about their series.
struct TableCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private static let settings = "--epochs 30 --hidden 8 --layer-dropout 0 --times-per-step 1"

  /// Series that rise or fall, told apart by a column.
  private static func walks(count: Int, answer: (_ isRising: Bool, _ row: Int) -> String) -> [UInt8]
  {
    var numbers = SeededNumbers(1)
    var text = "subject,time,x,side,label\r\n"
    for index in 0..<count {
      for row in 0..<numbers.integer(in: 5...8) {
        let isRising = index % 2 == 0
        let x = (isRising ? 1 : -1) * Float(row) + 0.3 * numbers.floats(1)[0]
        text +=
          "s\(index),\(row),\(x),\(row % 3 == 0 ? "left" : "right"),\(answer(isRising, row))\r\n"
      }
    }
    return [UInt8](text.utf8)
  }

  private static func seasons(count: Int, missing: Int? = nil) -> [UInt8] {
    var numbers = SeededNumbers(2)
    var text = "date,sales,heat\n"
    for time in 0..<count {
      let wave = Float([4, 6, 9, 7, 5, 1, 2][time % 7])
      let sales = time == missing ? "" : "\(20 + 3 * wave + 0.5 * numbers.floats(1)[0])"
      text += "\(2000 + time),\(sales),\(wave - Float(time) / 40)\n"
    }
    return [UInt8](text.utf8)
  }

  @Test func `the class of each series is learned from a table, told, and gone on with`()
    async throws
  {
    try workbench.write(
      Self.walks(count: 30) { rising, _ in rising ? "up" : "down" },
      to: "walks.csv"
    )
    let words = "train walks.csv \(Self.settings) --differences"
    let run = try await workbench.succeed("\(words) --run walks")
    #expect(
      run.output.contains(
        "Columns: reads x, side (2 words) and tells label of each series; subject tells series apart; time orders rows"
      )
    )
    let record = try workbench.record(of: "walks")
    #expect(record.data.task == .classify && record.classNames == ["down", "up"])
    #expect(try #require(record.test?.accuracy) >= 0.9)
    let judged = try await workbench.succeed("evaluate walks")
    #expect(judged.lines[0].hasPrefix("walks.csv test accuracy: "))
    try workbench.write(
      Array("subject,time,x,side\nq,0,0,left\nq,1,1,right\nq,2,2,right\n".utf8),
      to: "new.csv"
    )
    let told = try await workbench.succeed("predict walks new.csv")
    #expect(told.lines.count == 1 && told.lines[0].hasPrefix("new.csv, series q: up "))
    try await workbench.expectSameBits(
      of: words,
      interruptedAfter: "Epoch: 0002",
      as: "walks"
    )
  }

  @Test func `the class of each row is learned and told`() async throws {
    try workbench.write(
      Self.walks(count: 24) { _, row in row < 3 ? "early" : "late" },
      to: "rows.csv"
    )
    let run = try await workbench.succeed(
      "train rows.csv \(Self.settings) --epochs 100 --differences --run rows"
    )
    #expect(run.output.contains(" of each row; "))
    #expect(run.output.contains(" steps, cost "))
    let record = try workbench.record(of: "rows")
    #expect(record.data.task == .label && (record.test?.accuracy ?? 0) > 0.8)
    let told = try await workbench.succeed("predict rows rows.csv")
    #expect(told.lines[0] == "file,series,row,answer,probability")
    #expect(told.lines[1].hasPrefix("rows.csv,s0,1,early,"))
  }

  @Test func `numbers about series are learned and told in their own units`() async throws {
    try workbench.write(
      Self.walks(count: 30) { rising, _ in rising ? "1000" : "3000" },
      to: "numbers.csv"
    )
    let run = try await workbench.succeed(
      "train numbers.csv --task regress \(Self.settings) --no-differences --run numbers"
    )
    #expect(run.output.contains("Mean absolute error "))
    let record = try workbench.record(of: "numbers")
    #expect(record.data.task == .regress && record.test?.accuracy == nil)
    let error = try #require(record.assessment?.measures?.meanAbsoluteError)
    #expect(error < 500, "\(error)")
    let told = try await workbench.succeed("predict numbers numbers.csv")
    #expect(told.lines[0].hasPrefix("numbers.csv, series s0: label "))
    let number = try #require(Float(told.lines[0].split(separator: " ").last ?? ""))
    #expect((500...2000).contains(number))
    let judged = try await workbench.succeed("evaluate numbers")
    #expect(judged.lines[0].hasPrefix("numbers.csv test: cost "))
  }

  @Test func `a table is forecast, as was chosen`() async throws {
    try workbench.write(Self.seasons(count: 150, missing: 20), to: "sales.csv")
    let run = try await workbench.succeed(
      "train sales.csv --epochs 15 --hidden 8 --run sales --target sales"
    )
    #expect(run.lines[0] == "Season: 7 times, found in the first four fifths")
    #expect(run.output.contains("  numbers less the one a season before: MASE "))
    #expect(run.output.contains("Columns: reads sales, heat and forecasts sales; date orders rows"))
    #expect(run.output.contains("Tested on the last fifth: 30 of 150 times, 7 at once"))
    #expect(run.output.contains("1 numbers are missing: each is taken to be the last before it"))
    #expect(run.output.contains(" by the season before (7), "))
    let record = try workbench.record(of: "sales")
    #expect(record.data.task == .forecast && record.data.season == 7 && record.data.horizon == 7)
    #expect(record.assessment?.measures?.meanAbsoluteScaledError != nil)
    #expect(record.validationCount == 0)
    let told = try await workbench.succeed("predict sales sales.csv --horizon 3")
    #expect(told.lines.count == 4 && told.lines[0] == "file,series,ahead,sales")
    #expect(told.lines[3].hasPrefix("sales.csv,,3,"))
    let judged = try await workbench.succeed("evaluate sales")
    #expect(judged.lines[0].hasPrefix("sales.csv test: 7 times forecast from each of 24"))

    let asked = try await workbench.succeed(
      """
      train sales.csv --epochs 3 --hidden 8 --run asked --season 7 --horizon 2 --subtract first \
      --logarithm --inputs sales --validation-share 0.2 --patience 2
      """
    )
    #expect(asked.output.contains("Columns: forecasts sales; date orders rows"))
    #expect(asked.output.contains(" validation="))
    #expect(!asked.output.contains("Tried by"))
  }

  @Test func `a table read from disk gives the same bits`() async throws {
    try workbench.write(Self.seasons(count: 150, missing: 20), to: "sales.csv")
    let words = "train sales.csv --epochs 4 --hidden 8 --season 7 --subtract seasonal"
    let memory = try await workbench.succeed("\(words) --run memory")
    let disk = try await workbench.succeed("\(words) --run disk --from-disk")
    #expect(!memory.output.contains("Numbers: "))
    #expect(disk.output.contains("Numbers: 300, read from files of 0.0 MB for temporary use"))
    #expect(
      try workbench.bytes(of: "runs/memory/model.safetensors")
        == workbench.bytes(of: "runs/disk/model.safetensors")
    )
    #expect(
      try workbench.record(of: "memory").assessment == workbench.record(of: "disk").assessment
    )
    try workbench.write(Array("date,y\n3,1\n2,4\n".utf8), to: "unsorted.csv")
    try await workbench.fail(
      "train unsorted.csv --from-disk",
      exitCode: 1,
      saying: "unsorted.csv: line 3, field 1: is before that of the row above; sort the file"
    )
    try workbench.write(Array("group,y\na,1\nb,4\na,5\n".utf8), to: "mixed.csv")
    try await workbench.fail(
      "train mixed.csv --from-disk",
      exitCode: 1,
      saying: "mixed.csv: line 4, field 1: names a series that ended above"
    )
  }

  @Test func `a folder of classes is learned and told`() async throws {
    for (name, slope) in [("down", -1), ("up", 1)] {
      try workbench.makeFolder("slopes")
      try workbench.makeFolder("slopes/\(name)")
      for file in 0..<12 {
        let rows = (0..<4 + file % 3).map { "\(slope * $0 + file % 2),\(file)" }
        let text = "x,y\n" + rows.joined(separator: "\n") + "\n"
        try workbench.write([UInt8](text.utf8), to: "slopes/\(name)/\(file).csv")
      }
    }
    let run = try await workbench.succeed("train slopes \(Self.settings) --no-differences --run a")
    #expect(run.output.contains("Tested on a fifth of the file"))
    let told = try await workbench.succeed("predict a slopes/up/3.csv")
    #expect(told.lines[0].hasPrefix("slopes/up/3.csv, series 1: up "))
    try await workbench.fail("predict a nowhere.csv", exitCode: 1, saying: "nowhere.csv")
    try workbench.write(Array("x\n1\n".utf8), to: "one.csv")
    try await workbench.fail("predict a one.csv", exitCode: 1, saying: "has 1 variable a time", "2")
  }

  @Test func `what cannot be learned from is named`() async throws {
    let files: [(name: String, text: String, message: String)] = [
      ("ragged.csv", "a,label\n1,x\n2\n", "line 3: has 1 field, and line 1 has 2"),
      ("names.csv", "a,label\n", "has the names of columns and no rows"),
      ("empty.csv", "", "is empty"),
      ("short.csv", "y\n1\n2\n3\n", "has 3 times, too few to learn from"),
      (
        "one.csv", "series,x,label\n" + (0..<9).map { "\($0),1,a\n\($0),2,a\n" }.joined(),
        "all series are of class 'a'"
      ),
      (
        "constant.csv", "series,x,target\n" + (0..<9).map { "\($0),\($0),5\n\($0),2,5\n" }.joined(),
        "'target' is 5.0 in all series to train on"
      ),
    ]
    for file in files {
      try workbench.write([UInt8](file.text.utf8), to: file.name)
      try await workbench.fail("train \(file.name)", exitCode: 1, saying: file.name, file.message)
    }
    try workbench.write(Self.seasons(count: 40), to: "sales.csv")
    try await workbench.fail(
      "train sales.csv --horizon 30",
      exitCode: 1,
      saying: "too few to forecast 30 of them"
    )
    try await workbench.fail("train sales.csv --horizon 0", exitCode: 2, saying: "--horizon is 0")
    try await workbench.fail(
      "train sales.csv --target none",
      exitCode: 1,
      saying: "no column 'none'"
    )
    try await workbench.fail("train sales.csv --target a,,b", exitCode: 2, saying: "--target")
    try await workbench.fail("train sales.csv --task dance", exitCode: 2, saying: "--task")
    try await workbench.fail("train sales.csv --logarithm", exitCode: 2, saying: "--subtract")
    try await workbench.fail("train sales.csv --tokens bytes", exitCode: 2, saying: "--tokens")
    try await workbench.fail(
      "train sales.csv --bidirectional",
      exitCode: 2,
      saying: "--bidirectional"
    )
    try await workbench.fail("train --horizon 3", exitCode: 2, saying: "--horizon")
    try await workbench.fail("train --target x", exitCode: 2, saying: "--target")
    try workbench.makeFolder("nothing")
    try await workbench.fail("train nothing", exitCode: 1, saying: "nothing: has no folders")
    try workbench.write(Array("not an array".utf8), to: "a.npz")
    try await workbench.fail("train a.npz", exitCode: 1, saying: "a.npz")
  }
}
