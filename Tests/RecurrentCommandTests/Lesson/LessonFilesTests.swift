import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

/// The listings and figures that the tutorials show are what the lesson gives.
///
/// The last chapter trains too long for a debug build; `Tests/Lesson/run` compares its files.
struct LessonFilesTests {
  private static let catalog = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../Sources/Recurrent/Documentation.docc").standardizedFileURL
  private static let resources = catalog.appending(path: "Resources")
  private static let tutorials = catalog.appending(path: "Tutorials")

  private static let trainingFiles: Set = [
    "lesson-digit.txt", "lesson-training-settings.txt", "lesson-training.txt",
    "lesson-training-cost.svg", "lesson-training-accuracy.svg",
  ]

  /// A chapter's files and all that it shows.
  private struct Told: Sendable {
    let files: [LessonBook.File]
    let lines: [String]

    init(_ chapter: LessonChapter) throws {
      var lines: [String] = []
      var book = LessonBook { lines.append($0) }
      // More threads than the files were written with.
      try chapter.tell(in: &book, threads: 3)
      files = book.files
      self.lines = lines
    }
  }

  /// The chapters but for the last, told once for all tests.
  private static let chapters: Result<[LessonChapter: Told], any Error> = Result {
    let quick = LessonChapter.allCases.filter { $0 != .training }
    return Dictionary(uniqueKeysWithValues: try quick.map { ($0, try Told($0)) })
  }

  @Test(arguments: [LessonChapter.network, .vanishing, .memory, .ledger])
  func `the committed files of a chapter come out the same byte for byte`(
    chapter: LessonChapter
  ) throws {
    let told = try #require(try Self.chapters.get()[chapter])
    let (files, lines) = (told.files, told.lines)
    #expect(!files.isEmpty && Set(files.map(\.name)).count == files.count)
    for file in files {
      let committed = Self.resources.appending(path: file.name)
      #expect(
        try String(contentsOf: committed, encoding: .utf8) == file.text,
        "\(file.name) differs; Tests/Lesson/run --record writes it anew"
      )
    }
    #expect(lines.allSatisfy { $0.count <= LessonBook.width && !$0.contains("\u{1B}") })
    for file in files where file.name.hasSuffix(".txt") {
      #expect(file.text.split(separator: "\n").allSatisfy { $0.count <= Ledger.width })
    }
  }

  @Test func `every committed file is a chapter's, and every one is shown in a tutorial`() throws {
    var expected = Self.trainingFiles
    for told in try Self.chapters.get().values { expected.formUnion(told.files.map(\.name)) }
    let committed = try FileManager.default.contentsOfDirectory(atPath: Self.resources.path)
      .filter { $0.hasPrefix("lesson-") }
    #expect(Set(committed) == expected)
    let pages = try FileManager.default.contentsOfDirectory(atPath: Self.tutorials.path).map {
      try String(contentsOf: Self.tutorials.appending(path: $0), encoding: .utf8)
    }.joined()
    for name in committed { #expect(pages.contains("\"\(name)\""), "\(name)") }
  }
}
