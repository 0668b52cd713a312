/// What is wrong with a file or other data from outside, where, and what to do about it.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was wrong, as half a sentence without a full stop.
  public let problem: String
  /// The file or folder it was found in, if any.
  public let file: String?
  /// How many bytes into the file it was found, if that helps.
  public let byteOffset: Int?
  /// What to do about it, if something can be said.
  public let advice: String?

  /// Creates an error.
  public init(
    _ problem: String,
    file: String? = nil,
    byteOffset: Int? = nil,
    advice: String? = nil
  ) {
    self.problem = problem
    self.file = file
    self.byteOffset = byteOffset
    self.advice = advice
  }

  /// The error in one line: the file, the byte, what was wrong, what to do.
  public var description: String {
    var line = ""
    if let file { line += file }
    if let byteOffset { line += line.isEmpty ? "byte \(byteOffset)" : ", byte \(byteOffset)" }
    if !line.isEmpty { line += ": " }
    line += problem
    if let advice { line += "; \(advice)" }
    // A file's name may hold line breaks and terminal codes; the line stays one line.
    let breaking: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
    return String(
      String.UnicodeScalarView(
        line.unicodeScalars.map { breaking.contains($0.properties.generalCategory) ? "?" : $0 }
      )
    )
  }
}
