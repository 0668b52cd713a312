/// A lesson as it is told: shown as it goes on, and kept for files.
struct LessonBook {
  /// A listing or a figure.
  struct File: Equatable {
    let name: String
    let text: String
  }

  /// The width of what is shown, in characters.
  static let width = 80

  /// The listings and the figures so far.
  private(set) var files: [File] = []
  private let show: (String) throws -> Void

  /// Begins a book whose lines are given to `show` one by one.
  init(show: @escaping (String) throws -> Void) { self.show = show }

  /// Begins a chapter.
  mutating func begin(_ chapter: LessonChapter) throws {
    let title = "Chapter \(chapter.rawValue): \(chapter.title)"
    try show("")
    try show(title)
    try show(String(repeating: "=", count: title.count))
  }

  /// Tells something in words; lines that begin with spaces stay as they are.
  mutating func say(_ text: String) throws {
    try show("")
    for line in Self.wrapped(text) { try show(line) }
  }

  /// Shows numbers, and keeps them as a file of text.
  mutating func list(_ name: String, _ lines: [String]) throws {
    try list(name) { line in for text in lines { try line(text) } }
  }

  /// Shows numbers as they come, and keeps them as a file of text.
  mutating func list(
    _ name: String,
    _ fill: (_ line: (String) throws -> Void) throws -> Void
  ) throws {
    try show("")
    var text = ""
    try fill { line in
      text += line + "\n"
      try show(line.isEmpty ? "" : "  " + line)
    }
    files.append(File(name: "lesson-\(name).txt", text: text))
  }

  /// Keeps a figure.
  mutating func draw(_ name: String, _ svg: String) {
    files.append(File(name: "lesson-\(name).svg", text: svg))
  }

  /// The lines of a text, its paragraphs broken to fit.
  private static func wrapped(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
      paragraph.hasPrefix(" ") || paragraph.isEmpty ? [String(paragraph)] : broken(paragraph)
    }
  }

  private static func broken(_ paragraph: Substring) -> [String] {
    var lines: [String] = []
    for word in paragraph.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
