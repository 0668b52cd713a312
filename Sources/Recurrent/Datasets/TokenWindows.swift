/// Parts of a text that begin at given places.
public struct TokenWindows: Sendable {
  /// The text.
  public let text: TokenText
  /// Where each part begins.
  public let starts: [Int]

  /// Creates the parts of `text` that begin at `starts`.
  public init(of text: TokenText, startingAt starts: [Int]) {
    self.text = text
    self.starts = starts
  }

  /// Calls `body` with the tokens of a part and their places there, from `first` tokens after its
  /// beginning.
  @inline(__always)
  func forEachToken(
    of part: Int,
    count: Int,
    after first: Int = 0,
    _ body: (_ place: Int, _ token: Int) -> Void
  ) {
    let start = starts[part] + first
    text.forEachToken(in: start..<start + count, body)
  }
}
