import Foundation
import Testing

/// The Swift code in the documentation is code that is compiled.
@Suite("The code in the documentation")
struct GuideCodeTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Files with a suffix below a folder of the repository, in the order of their names.
  private static func files(in folder: String, suffix: String) -> [String] {
    let paths = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
    return (paths?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(suffix) }.sorted().map { "\(folder)/\($0)" }
  }

  private static func lines(of path: String) throws -> [Substring] {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static let catalogues = [
    "Recurrent", "RecurrentData", "RecurrentFormats", "RecurrentReports",
  ]
  .map { "Sources/\($0)/Documentation.docc" }

  static let pages = catalogues.flatMap { files(in: $0, suffix: ".md") }

  @Test(
    "A page's Swift code stands in a program of Examples, but for its indentation",
    arguments: pages
  )
  func code(page: String) throws {
    let programs = try Self.files(in: "Examples", suffix: ".swift").map(Self.lines)
    for block in Self.blocks(of: try Self.lines(of: page)) {
      #expect(
        programs.contains { Self.contains($0, block) },
        "\(page): no program has\n\(block.joined(separator: "\n"))"
      )
    }
  }

  @Test("The pages have code to compare")
  func amount() throws {
    let count = try Self.pages.reduce(0) { $0 + Self.blocks(of: try Self.lines(of: $1)).count }
    #expect(Self.pages.count > 20 && count > 30)
  }

  @Test("Code that differs in a line, or in its order, is told")
  func differences() {
    let program: [Substring] = ["func f() {", "  let a = 1", "", "  print(a)", "}"]
    #expect(Self.contains(program, ["let a = 1", "", "print(a)"]))
    #expect(Self.contains(program, ["func f() {", "  ...", "  print(a)"]))
    #expect(!Self.contains(program, ["let a = 2", "", "print(a)"]))
    #expect(!Self.contains(program, ["print(a)", "let a = 1"]))
    #expect(!Self.contains(program, ["let a = 1", "print(a)"]))
  }

  /// The lines of each block that is marked as Swift.
  private static func blocks(of page: [Substring]) -> [[Substring]] {
    var blocks: [[Substring]] = []
    var isInside = false
    for line in page {
      if isInside, line == "```" {
        isInside = false
      } else if isInside {
        blocks[blocks.count - 1].append(line)
      } else if line == "```swift" {
        isInside = true
        blocks.append([])
      }
    }
    return blocks
  }

  /// Whether lines stand in a program one after another, all moved in as far; `...` stands for any
  /// number of others.
  private static func contains(_ program: [Substring], _ block: [Substring]) -> Bool {
    let parts = block.split { $0.trimmingCharacters(in: .whitespaces) == "..." }
    return stride(from: 0, through: 16, by: 2).contains { indentation in
      var rest = program[...]
      return parts.allSatisfy { part in
        let margin = String(repeating: " ", count: indentation)
        let wanted = part.map { $0.isEmpty ? $0 : margin + $0 }
        guard let found = rest.ranges(of: wanted).first else { return false }
        rest = rest[found.upperBound...]
        return true
      }
    }
  }
}
