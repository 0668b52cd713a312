public import Recurrent

/// Text that a model writes, as it can be shown: a character at a time, without terminal codes.
public struct TextWriter: Sendable {
  private var sampler: TokenSampler
  private let preparation: TextPreparation
  /// Bytes of a character that is not whole yet.
  private var pending: [UInt8] = []

  /// Writes what a sampler draws, whose tokens are a preparation's.
  public init(_ sampler: TokenSampler, _ preparation: TextPreparation) {
    self.sampler = sampler
    self.preparation = preparation
  }

  /// Reads a token.
  ///
  /// - Precondition: The token is one of the vocabulary.
  public mutating func read(_ token: Int) { sampler.read(token) }

  /// Draws the next token; returns the text that it completes, which may be empty.
  ///
  /// - Precondition: A token was read.
  public mutating func next() -> String {
    pending += preparation.bytes(of: sampler.next())
    return take(all: false)
  }

  /// The text of bytes that came last and are no whole character.
  public mutating func end() -> String { take(all: true) }

  private mutating func take(all: Bool) -> String {
    guard let text = String(validating: pending, as: UTF8.self) else {
      // No character of UTF-8 has more than four bytes.
      guard all || pending.count >= 4 else { return "" }
      defer { pending = [] }
      return Self.shown(String(decoding: pending, as: UTF8.self))
    }
    pending = []
    return Self.shown(text)
  }

  /// A text with everything that a terminal would obey replaced.
  public static func shown(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" ? "\u{FFFD}" : $0
        }
      )
    )
  }
}
