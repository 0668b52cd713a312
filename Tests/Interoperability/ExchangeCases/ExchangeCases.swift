import Foundation
import Recurrent
import RecurrentTestSupport

/// Writes models with an input and what they answer, for another program to load and compare, and looks
/// at what that program wrote.
///
///     ExchangeCases FOLDER FORMAT         writes the cases of a format
///     ExchangeCases check FOLDER FORMAT   compares what came back
@main
enum ExchangeCases {
  static let formats: [any ExchangeFormat] = [
    PyTorchExchange(), KerasExchange(), ONNXExchange(), CoreMLExchange(),
  ]

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
        print("\(format.name): \(failures.count) failures")
        exit(failures.isEmpty ? 0 : 1)
      }
      print("\(format.name): \(try format.write(to: words[0])) cases in \(words[0])")
    } catch { stop("\(error)") }
  }

  private static func stop(_ text: String) -> Never {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    exit(2)
  }
}

/// A format in which models are exchanged.
protocol ExchangeFormat: Sendable {
  /// The word it is asked for by.
  var name: String { get }

  /// Writes all cases into a folder; returns how many there are.
  func write(to folder: String) throws -> Int

  /// Compares what the other program wrote with what it was given; returns what differs.
  func check(_ folder: String) throws -> [String]
}

/// A format whose cases are models in files of their own, which come back.
protocol ReturnedFormat: ExchangeFormat {
  /// The models.
  var cases: [ExchangeCase] { get }

  /// Writes a case's files into a folder.
  func write(_ exchanged: ExchangeCase, to folder: String) throws
}

extension ReturnedFormat {
  /// Writes all cases, one after another.
  func write(to folder: String) throws -> Int {
    for exchanged in cases { try write(exchanged, to: folder) }
    return cases.count
  }
}

/// Graphs that ONNX Runtime runs; nothing comes back.
struct ONNXExchange: ExchangeFormat {
  let name = "onnx"

  func write(to folder: String) throws -> Int {
    try writeONNXCases(to: folder)
    return ExampleModel.all.count
  }

  func check(_ folder: String) -> [String] { [] }
}

/// Packages that coremltools reads; nothing comes back.
struct CoreMLExchange: ExchangeFormat {
  let name = "coreml"

  func write(to folder: String) throws -> Int {
    try writeCoreMLCases(to: folder)
    return try FileManager.default.subpathsOfDirectory(atPath: folder)
      .count { $0.hasSuffix(".mlpackage") }
  }

  func check(_ folder: String) -> [String] { [] }
}
