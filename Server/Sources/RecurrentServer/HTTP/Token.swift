import HTTPTypes

/// What clients have to know.
struct Token: Sendable {
  private let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Checks that a request shows the token.
  ///
  /// - Throws: `Problem` where it does not.
  func check(_ headers: HTTPFields) throws(Problem) {
    let shown = headers[.authorization].flatMap { header -> Substring? in
      let words = header.split(separator: " ", maxSplits: 1)
      return words.count == 2 && words[0].lowercased() == "bearer" ? words[1] : nil
    }
    guard let shown, isEqual(to: Array(shown.utf8)) else {
      var problem = Problem(
        .unauthorized,
        "the server's token is wanted; send it as Authorization: Bearer TOKEN"
      )
      problem.headers[.wwwAuthenticate] = "Bearer"
      throw problem
    }
  }

  /// Compares in a time that does not depend on where the two differ.
  private func isEqual(to other: [UInt8]) -> Bool {
    var difference = bytes.count ^ other.count
    for place in bytes.indices {
      difference |= Int(bytes[place] ^ (other.isEmpty ? 0 : other[place % other.count]))
    }
    return difference == 0
  }
}
