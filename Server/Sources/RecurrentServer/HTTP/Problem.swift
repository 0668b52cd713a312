import HTTPTypes
import Hummingbird
import Recurrent

/// Why a request is not answered as it wants, and what would do.
struct Problem: Error {
  let status: HTTPResponse.Status
  /// What, where, what to do; one line.
  let text: String
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ text: String) {
    (self.status, self.text) = (status, text)
  }

  /// The problem as a body.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { $0.member("error", text) }
    return writer.bytes
  }

  /// A body that is no JSON.
  static func malformed(_ text: String) -> Problem { Problem(.badRequest, text) }

  /// What is told is JSON, but not what the model reads.
  static func unfit(_ text: String) -> Problem { Problem(.unprocessableContent, text) }

  /// There is more than the server takes.
  static func tooLarge(_ text: String) -> Problem { Problem(.contentTooLarge, text) }

  /// The model, or the session, is none that could.
  static func impossible(_ text: String) -> Problem { Problem(.conflict, text) }

  /// What is wrong with a file that came as a body.
  static func unfit(_ error: FileError) -> Problem {
    let inside = FileError(
      error.problem,
      file: "the body",
      byteOffset: error.byteOffset,
      advice: error.advice
    )
    return unfit(inside.description)
  }
}
