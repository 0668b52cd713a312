import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

/// The table of formats in the documentation is what the code says.
///
/// `RECURRENT_WRITE_TABLES=1 swift test --filter FormatTableTests` writes it anew.
@Suite("The table of formats")
struct FormatTableTests {
  private static let page = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/RecurrentFormats/Documentation.docc/Articles/formats.md")
  private static let begin = "<!-- table of formats: begin -->\n"
  private static let end = "<!-- table of formats: end -->"

  @Test("The documentation has the table that the code makes")
  func table() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let first = try #require(text.range(of: Self.begin))
    let last = try #require(text.range(of: Self.end))
    let table = Self.table
    guard ProcessInfo.processInfo.environment["RECURRENT_WRITE_TABLES"] == nil else {
      let written = text[..<first.upperBound] + table + text[last.lowerBound...]
      try written.write(to: Self.page, atomically: true, encoding: .utf8)
      return
    }
    #expect(String(text[first.upperBound..<last.lowerBound]) == table)
  }

  private static let columns = [
    "PyTorch", "Keras", "TensorFlow 1", "ONNX sequence", "ONNX step", "Core ML sequence",
    "Core ML step", "C",
  ]

  /// The table, and the ways and reasons that its numbers stand for.
  private static var table: String {
    var notes: [String] = []
    func word(_ support: FormatSupport) -> String {
      let (word, note): (String, String)
      switch support {
      case .exact: return "exact"
      case .decomposed(let how): (word, note) = ("decomposed", how)
      case .refused(let why): (word, note) = ("refused", why)
      }
      if !notes.contains(note) { notes.append(note) }
      return "\(word) (\((notes.firstIndex(of: note) ?? 0) + 1))"
    }
    var lines = [
      "| model | " + columns.joined(separator: " | ") + " |",
      "|---|" + String(repeating: "---|", count: columns.count),
    ]
    for example in ExampleModel.all {
      let words = supports(example).map(word).joined(separator: " | ")
      lines.append("| \(example.name.replacing("-", with: " ")) | \(words) |")
    }
    lines.append("")
    for (index, note) in notes.enumerated() { lines.append("\(index + 1). \(note)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func supports(_ example: ExampleModel) -> [FormatSupport] {
    let model = example.model
    func written(_ write: () throws -> Void) -> FormatSupport {
      do {
        try write()
        return .exact
      } catch let error as FileError {
        return .refused(error.problem)
      } catch {
        return .refused("\(error)")
      }
    }
    let onnx = { (form: GraphForm) -> FormatSupport in
      do {
        return try ONNXExport(model, input: .init(grid: example.grid)).support(form)
      } catch {
        return .refused("\(error)")
      }
    }
    return [
      model.pyTorchSupport,
      written { _ = try model.kerasVariables() },
      written { _ = try model.tensorFlow1Variables() },
      onnx(.sequence), onnx(.step),
      CoreMLExport.support(for: model, form: .sequence),
      CoreMLExport.support(for: model, form: .step),
      CExport.support(for: model),
    ]
  }
}
