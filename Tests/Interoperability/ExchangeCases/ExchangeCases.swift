import Foundation
import Recurrent

/// Writes models with an input and what they answer, for another program to load and compare, and looks
/// at what that program wrote.
///
///     ExchangeCases FOLDER FORMAT         writes the cases of a format
///     ExchangeCases check FOLDER FORMAT   compares what came back
@main
enum ExchangeCases {
  static let formats: [any ExchangeFormat] = [PyTorchExchange(), KerasExchange()]

  static func main() {
    var words = Array(CommandLine.arguments.dropFirst())
    let isCheck = words.first == "check"
    if isCheck { words.removeFirst() }
    guard words.count == 2, let format = formats.first(where: { $0.name == words[1] }) else {
      stop("usage: ExchangeCases [check] FOLDER \(formats.map(\.name).joined(separator: "|"))")
    }
    do {
      try FileManager.default.createDirectory(atPath: words[0], withIntermediateDirectories: true)
      if isCheck {
        let failures = try format.check(words[0])
        for failure in failures { print("FAILED: \(failure)") }
        print("\(format.name): \(format.cases.count) cases, \(failures.count) failures")
        exit(failures.isEmpty ? 0 : 1)
      }
      for exchanged in format.cases { try format.write(exchanged, to: words[0]) }
      print("\(format.name): \(format.cases.count) cases in \(words[0])")
    } catch { stop("\(error)") }
  }

  private static func stop(_ text: String) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(2)
  }
}

/// A format in which models are exchanged: its cases, how they are written and what has to come back.
protocol ExchangeFormat: Sendable {
  /// The word it is asked for by.
  var name: String { get }
  /// The models.
  var cases: [ExchangeCase] { get }

  /// Writes a case's files into a folder.
  func write(_ exchanged: ExchangeCase, to folder: String) throws

  /// Compares what the other program wrote with what it was given; returns what differs.
  func check(_ folder: String) throws -> [String]
}
