public import Recurrent

/// A file of text as tokens, its beginning to learn from and its end to be judged on.
///
/// Tokens are those that the beginning has; what comes up in the end only is one token more, U+FFFD,
/// which nothing can be learned about. A text of ASCII characters, or one of bytes, stays in its file
/// and is read from there when it is needed.
public struct TextCorpus: Sendable {
  /// What a token is.
  public enum Unit: String, Sendable, Codable, CaseIterable {
    /// A Unicode scalar value; line ends and spaces are some, too.
    case characters
    /// A byte, whatever it stands for.
    case bytes
  }

  /// What a token is.
  public let unit: Unit
  /// What each token is called, in the order of their codes.
  public let vocabulary: [String]
  /// The beginning of the text.
  public let training: TokenText
  /// The end of the text.
  public let validation: TokenText
  /// The SHA-256 of the file, in hexadecimal.
  public let fingerprint: String
  /// How many tokens of the end do not come up in the beginning.
  public let unknownCount: Int
  /// Whether the text stays in its file rather than in memory.
  public let isMapped: Bool

  /// What stands for tokens that do not come up in the beginning.
  public static let unknownToken = "\u{FFFD}"

  /// Reads the file at `path`; the last share of it, `validationShare`, is the end.
  ///
  /// With a vocabulary, such as that of a model, tokens are its own, and what is not among them is an
  /// error unless it has a token for the unknown. A UTF-8 byte order mark is passed over.
  ///
  /// - Throws: `FileError` when it cannot be read, is no UTF-8 text where characters are wanted, or is
  ///   too short to have a beginning and an end.
  /// - Precondition: The share is above 0 and below 1.
  public init(
    contentsOf path: String,
    unit: Unit = .characters,
    vocabulary given: [String]? = nil,
    validationShare: Double = 0.1
  ) throws(FileError) {
    require(
      validationShare > 0 && validationShare < 1,
      "the share of a text to be judged on is above 0 and below 1"
    )
    let file = try MappedFile(path)
    let scan = TextScan(file)
    self.unit = unit
    fingerprint = scan.fingerprint
    isMapped = unit == .bytes || scan.isASCII
    if isMapped {
      let first = unit == .characters ? scan.markSize : 0
      let cut = try Self.cut(file.count - first, validationShare, of: path)
      let known = Self.bytes(in: file, first..<first + cut)
      let others = Self.bytes(in: file, first + cut..<file.count).subtracting(known)
      let names = (0...255).map { Self.name(ofByte: $0, unit) }
      vocabulary =
        given ?? known.sorted().map { names[Int($0)] }
        + (others.isEmpty ? [] : [Self.unknownToken])
      let places = Self.places(in: vocabulary)
      let unknown = places[Self.unknownToken]
      if unknown == nil, known.union(others).contains(where: { places[names[Int($0)]] == nil }) {
        let place = (first..<file.count).first { places[names[Int(file[$0])]] == nil } ?? first
        throw scan.unknownToken(names[Int(file[place])], at: place)
      }
      let tokens = names.map { places[$0] ?? unknown ?? 0 }
      let text = TokenText(bytesOf: file, tokens: tokens, vocabulary: vocabulary)
      training = text.slice(first..<first + cut)
      validation = text.slice(first + cut..<file.count)
      let isUnknown = names.map { places[$0] == nil }
      unknownCount = (first + cut..<file.count).count { isUnknown[Int(file[$0])] }
      return
    }
    let scalars = try scan.scalars()
    let cut = try Self.cut(scalars.count, validationShare, of: path)
    let known = Set(scalars[..<cut])
    let hasOthers = scalars[cut...].contains { !known.contains($0) }
    vocabulary =
      given ?? known.sorted().map { String($0) } + (hasOthers ? [Self.unknownToken] : [])
    guard vocabulary.count <= 65_536 else {
      throw FileError(
        "has \(vocabulary.count) different characters; at most 65536 are read",
        file: path,
        advice: "read it as bytes"
      )
    }
    let places = Self.places(in: vocabulary)
    var numbers: [UnicodeScalar: UInt16] = [:]
    for scalar in Set(scalars) { numbers[scalar] = places[String(scalar)] }
    if places[Self.unknownToken] == nil,
      let place = scalars.firstIndex(where: { numbers[$0] == nil })
    {
      let before = scalars[..<place].reduce(scan.markSize) { $0 + UTF8.width($1) }
      throw scan.unknownToken(String(scalars[place]), at: before)
    }
    let unknown = places[Self.unknownToken] ?? 0
    let text = TokenText(scalars.map { numbers[$0] ?? unknown }, vocabulary: vocabulary)
    training = text.slice(0..<cut)
    validation = text.slice(cut..<scalars.count)
    unknownCount = scalars[cut...].count { numbers[$0] == nil }
  }

  /// The token of each name.
  private static func places(in vocabulary: [String]) -> [String: UInt16] {
    var places: [String: UInt16] = [:]
    for (place, name) in vocabulary.enumerated() {
      places[name] = UInt16(truncatingIfNeeded: place)
    }
    return places
  }

  private static func cut(_ count: Int, _ share: Double, of path: String) throws(FileError) -> Int {
    let cut = count - Int((Double(count) * share).rounded())
    guard cut >= 2, count - cut >= 2 else {
      throw FileError(
        count == 0 ? "is empty" : "is too short to learn from: \(count) characters",
        file: path
      )
    }
    return cut
  }

  private static func bytes(in file: MappedFile, _ range: Range<Int>) -> Set<UInt8> {
    var isThere = [Bool](repeating: false, count: 256)
    for place in range { isThere[Int(file[place])] = true }
    return Set((0..<256).filter { isThere[$0] }.map(UInt8.init))
  }

  static func name(ofByte byte: UInt8, _ unit: Unit) -> String {
    if unit == .characters || byte < 0x80 { return String(UnicodeScalar(byte)) }
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x\(digits)"
  }
}

/// What one way through a file of text tells.
private struct TextScan {
  let file: MappedFile
  let fingerprint: String
  let isASCII: Bool
  /// The size of a byte order mark at the beginning; 0 without one.
  let markSize: Int

  init(_ file: MappedFile) {
    self.file = file
    var digest = SHA256Digest()
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let hasMark = file.count >= 3 && (0..<3).allSatisfy { file[$0] == mark[$0] }
    var isASCII = true
    let pieceSize = 1 << 16
    for first in stride(from: 0, to: file.count, by: pieceSize) {
      let piece = (first..<min(first + pieceSize, file.count)).map { file[$0] }
      digest.append(piece)
      let text = hasMark && first == 0 ? piece.dropFirst(3) : piece[...]
      if isASCII { isASCII = text.allSatisfy { $0 < 0x80 } }
    }
    fingerprint = digest.hexadecimal
    self.isASCII = isASCII
    markSize = hasMark ? 3 : 0
  }

  /// The error for a token that a given vocabulary does not have.
  func unknownToken(_ name: String, at place: Int) -> FileError {
    let before = (markSize..<max(place, markSize)).map { file[$0] }
    let line = 1 + before.count { $0 == 0x0A }
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let column = 1 + before[start...].count { $0 & 0xC0 != 0x80 }
    return FileError(
      "line \(line), column \(column): has '\(name)', which the text that was learned does not have",
      file: file.path,
      advice: "take it out, or train on a text that has it"
    )
  }

  /// The text's Unicode scalar values.
  func scalars() throws(FileError) -> [UnicodeScalar] {
    var result: [UnicodeScalar] = []
    var decoder = UTF8()
    var bytes = (markSize..<file.count).lazy.map { file[$0] }.makeIterator()
    var line = 1
    var column = 1
    while true {
      switch decoder.decode(&bytes) {
      case .scalarValue(let scalar):
        result.append(scalar)
        column += 1
        if scalar == "\n" { (line, column) = (line + 1, 1) }
      case .emptyInput: return result
      case .error:
        throw FileError(
          "line \(line), column \(column): is not UTF-8 text",
          file: file.path,
          advice: "read it as bytes, or write it as UTF-8"
        )
      }
    }
  }
}
