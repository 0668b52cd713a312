/// A file that cannot be read or written: what is wrong, where, and what to do.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The byte at which reading failed, if there is one.
  public let offset: Int?
  /// What is wrong.
  public let problem: String
  /// What to do about it; may be empty.
  public let advice: String

  /// Creates an error.
  public init(path: String, offset: Int? = nil, problem: String, advice: String = "") {
    self.path = path
    self.offset = offset
    self.problem = problem
    self.advice = advice
  }

  /// All of it in one line.
  public var description: String {
    let place = offset.map { "\(path), byte \($0)" } ?? path
    return advice.isEmpty ? "\(place): \(problem)" : "\(place): \(problem); \(advice)"
  }
}
