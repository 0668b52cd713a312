/// How text becomes tokens, and tokens become text.
public struct TextPreparation: Sendable, Codable, Equatable {
  /// What a token is.
  public let unit: TextCorpus.Unit
  /// What each token is called.
  public let vocabulary: [String]

  /// Creates a preparation.
  public init(unit: TextCorpus.Unit, vocabulary: [String]) {
    self.unit = unit
    self.vocabulary = vocabulary
  }

  /// Reads a preparation that was kept.
  ///
  /// - Throws: `DecodingError` when it has no tokens, or more than a text can have.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    unit = try container.decode(TextCorpus.Unit.self, forKey: .unit)
    vocabulary = try container.decode([String].self, forKey: .vocabulary)
    guard 1...65_536 ~= vocabulary.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .vocabulary,
        in: container,
        debugDescription: "a vocabulary has 1 to 65536 tokens"
      )
    }
  }

  /// The tokens of a text; nil at a place whose character or byte is not in the vocabulary.
  public func tokens(of text: String) -> [Int?] {
    let places = Dictionary(zip(vocabulary, 0...), uniquingKeysWith: { first, _ in first })
    return switch unit {
    case .characters: text.unicodeScalars.map { places[String($0)] }
    case .bytes: text.utf8.map { places[TextCorpus.name(ofByte: $0, .bytes)] }
    }
  }

  /// The bytes that a token stands for, in UTF-8 where it is a character.
  public func bytes(of token: Int) -> [UInt8] {
    let name = vocabulary[token]
    if unit == .bytes, name.utf8.count == 4, let byte = UInt8(name.dropFirst(2), radix: 16) {
      return [byte]
    }
    return Array(name.utf8)
  }
}
