/// A long text as numbers of tokens, such as characters, each from 0 to below the vocabulary's size.
///
/// A text whose tokens are single bytes can stay in a file that is mapped into memory, so that a text
/// larger than memory can be read.
public struct TokenText: Sendable {
  private enum Storage: Sendable {
    case tokens([UInt16])
    case bytes(MappedFile, tokens: [UInt16])
  }

  private let storage: Storage
  private let range: Range<Int>
  /// What each token is called.
  public let vocabulary: [String]

  /// The number of tokens.
  public var count: Int { range.count }

  /// Creates a text of tokens.
  ///
  /// - Precondition: Each token is below the vocabulary's size, which is at most 65,536.
  public init(_ tokens: [UInt16], vocabulary: [String]) {
    Self.requireVocabulary(vocabulary)
    require(
      tokens.allSatisfy { Int($0) < vocabulary.count },
      "a TokenText has a token outside a vocabulary of \(vocabulary.count)"
    )
    storage = .tokens(tokens)
    range = 0..<tokens.count
    self.vocabulary = vocabulary
  }

  /// Creates a text whose tokens are the bytes of a file; byte b is the token `tokens[b]`.
  ///
  /// - Precondition: There are 256 tokens, each below the vocabulary's size.
  public init(bytesOf file: MappedFile, tokens: [UInt16], vocabulary: [String]) {
    Self.requireVocabulary(vocabulary)
    require(
      tokens.count == 256 && tokens.allSatisfy { Int($0) < vocabulary.count },
      "a TokenText of bytes needs a token for each of 256 bytes"
    )
    storage = .bytes(file, tokens: tokens)
    range = 0..<file.count
    self.vocabulary = vocabulary
  }

  private init(_ storage: Storage, _ range: Range<Int>, _ vocabulary: [String]) {
    self.storage = storage
    self.range = range
    self.vocabulary = vocabulary
  }

  private static func requireVocabulary(_ vocabulary: [String]) {
    require(
      1...65_536 ~= vocabulary.count,
      "a vocabulary has 1 to 65536 tokens, got \(vocabulary.count)"
    )
  }

  /// Part of the text, which shares its memory.
  ///
  /// - Precondition: The part lies within the text.
  public func slice(_ part: Range<Int>) -> TokenText {
    require(
      part.lowerBound >= 0 && part.upperBound <= count,
      "slice \(part) lies outside a text of \(count) tokens"
    )
    let first = range.lowerBound
    return TokenText(storage, first + part.lowerBound..<first + part.upperBound, vocabulary)
  }

  /// The tokens in `part`, in order.
  public func tokens(in part: Range<Int>) -> [UInt16] {
    var result: [UInt16] = []
    result.reserveCapacity(part.count)
    forEachToken(in: part) { _, token in result.append(UInt16(token)) }
    return result
  }

  /// Calls `body` with each token in `part` and its place there.
  @inline(__always)
  func forEachToken(in part: Range<Int>, _ body: (_ place: Int, _ token: Int) -> Void) {
    require(
      part.lowerBound >= 0 && part.upperBound <= count,
      "tokens \(part) lie outside a text of \(count)"
    )
    let first = range.lowerBound + part.lowerBound
    switch storage {
    case .tokens(let tokens):
      for place in 0..<part.count { body(place, Int(tokens[first + place])) }
    case .bytes(let file, let tokens):
      for place in 0..<part.count { body(place, Int(tokens[Int(file[first + place])])) }
    }
  }
}
