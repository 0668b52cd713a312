import ArgumentParser
import Foundation
import Recurrent
import RecurrentReports

/// `recurrent compare`: what several runs came to, beside one another.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Show two or more runs beside one another, in a table and on a page.",
    discussion: """
      Reads the runs' records only: runs that are still trained or were interrupted can be compared, \
      too, and so can runs on different data, of which it is said what cannot be compared.
      """
  )

  /// How many runs are compared at most: more could not be told apart in a chart.
  private static let mostRuns = 20
  private static let usualOutput = RunFolder.parent + "/compare.html"

  @Argument(help: "The runs: their names under runs/, or their folders.")
  var runs: [String]

  @Option(
    help: ArgumentHelp(
      "The page to write. Default: \(Self.usualOutput), in place of one that is there.",
      valueName: "file"
    )
  )
  var output: String?

  func validate() throws {
    guard (2...Self.mostRuns).contains(runs.count) else {
      throw ValidationError(
        "compare takes 2 to \(Self.mostRuns) runs, not \(runs.count); name them one after another"
      )
    }
    guard output != "" else {
      throw ValidationError("--output needs a file, such as --output compare.html")
    }
  }

  func run() throws {
    if let output, FileManager.default.fileExists(atPath: output) {
      throw CommandFailure("\(output): already exists; choose another --output, or delete it")
    }
    let comparison = RunComparison(try comparedRuns())
    let path = output ?? Self.usualOutput
    try Self.makeFolder(of: path)
    try WholeFile.write(Array(comparison.html.utf8), to: path)
    for line in comparison.lines { print(line) }
    print("Comparison: \(path) (open it in a browser)")
  }

  /// The runs, each with a name that tells it from the others.
  private func comparedRuns() throws -> [ComparedRun] {
    var compared = try runs.map { try ComparedRun($0) }
    var places: Set<String> = []
    for run in compared where !places.insert(run.place).inserted {
      throw ValidationError("\(run.folder.path) is named twice; name different runs")
    }
    let names = Dictionary(grouping: compared, by: \.name)
    for place in compared.indices where (names[compared[place].name]?.count ?? 0) > 1 {
      compared[place].name = compared[place].folder.path
    }
    return compared
  }

  private static func makeFolder(of path: String) throws {
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: path).deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
    } catch {
      throw CommandFailure(
        "\(path): its folder cannot be made; choose an --output that you may write"
      )
    }
  }
}

extension RunComparison {
  /// The comparison as lines of text.
  var lines: [String] {
    let rows =
      [[""] + runs.map(\.name)]
      + (results + differences).map { row in [row.name] + row.values.map { $0 ?? "-" } }
    let cleaned = rows.map { cells in cells.map(Self.printable) }
    return alignedLines(cleaned, textColumns: 1)
      + notes.map { "Note: \(Self.printable($0))" }
  }

  /// A text without the terminal codes that a file may have put into it.
  private static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
      )
    )
  }
}
