import ArgumentParser
import Recurrent

/// `recurrent lesson`: how recurrent networks work, from real runs.
struct LessonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson",
    abstract: "Learn how RNNs and LSTMs work, from numbers that are computed as you read.",
    discussion: """
      Five chapters: a network that reads step by step; what becomes of a gradient on its way back; \
      the LSTM, gate by gate; a gradient worked out by hand and checked; an LSTM that learns to read \
      digits. Nothing is needed but the program, and nothing is written unless asked for.
      """
  )

  @Option(parsing: .unconditional, help: "The one chapter to tell, from 1 to 5. Default: all.")
  var chapter: Int?

  @Option(
    help: ArgumentHelp(
      "The folder to write every listing (text) and every figure (SVG) to.",
      valueName: "folder"
    )
  )
  var output: String?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    try checkCount("--chapter", chapter, 1...LessonChapter.allCases.count)
    try checkThreads(threads)
    if let output, output.isEmpty {
      throw ValidationError("--output needs a folder, such as --output lesson")
    }
  }

  func run() throws {
    let folder = try output.map(LessonFolder.init)
    var book = LessonBook { line in
      print(line)
      flushOutput()
    }
    for part in LessonChapter.allCases where chapter ?? part.rawValue == part.rawValue {
      try part.tell(in: &book, threads: threads)
    }
    print()
    if let folder {
      try folder.write(book.files)
      print("Folder: \(folder.path) (\(book.files.count) files)")
    } else {
      print("Figures, and these numbers as files: recurrent lesson --output lesson")
    }
  }
}
