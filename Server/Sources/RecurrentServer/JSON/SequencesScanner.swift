/// Sequences in JSON, `{"inputs":[[[numbers of a step],...],...]}`, or one, `{"inputs":[[numbers of a
/// step],...]}`, read without making a value of each part.
///
/// What is no JSON is told before what does not fit, with the place of either.
struct SequencesScanner {
  /// How deep values that are passed over may lie in one another.
  private static let mostDepth = 64

  private let bytes: UnsafeBufferPointer<UInt8>
  private let features: Int
  private let limits: SequenceLimits
  private var place = 0
  private var result: NumberSequences
  /// What does not fit first.
  private var misfit: Problem?

  /// Reads a body of several sequences, or of one.
  ///
  /// - Throws: `Problem`: 400 where it is no JSON, 422 where it is not such, 413 where it is too much.
  static func read(
    _ body: [UInt8],
    features: Int,
    isOne: Bool,
    limits: SequenceLimits
  ) throws(Problem) -> NumberSequences {
    // A throwing closure would be of any error.
    let result = body.withUnsafeBufferPointer { buffer -> Result<NumberSequences, Problem> in
      var scanner = SequencesScanner(buffer, features: features, limits: limits)
      do throws(Problem) {
        return .success(try scanner.read(isOne: isOne))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>, features: Int, limits: SequenceLimits) {
    (self.bytes, self.features, self.limits) = (bytes, features, limits)
    result = NumberSequences(width: features)
    // A number and what follows it are two bytes at least, and mostly more than four.
    result.values.reserveCapacity(bytes.count / 4)
  }

  private mutating func read(isOne: Bool) throws(Problem) -> NumberSequences {
    var wasFound = false
    skipSpace()
    guard take("{") else { throw malformed("an object with \"inputs\" is wanted") }
    skipSpace()
    if !take("}") {
      repeat {
        skipSpace()
        let name = try string()
        skipSpace()
        guard take(":") else { throw malformed("':' is wanted after a member's name") }
        skipSpace()
        if name.elementsEqual("inputs".utf8) {
          if wasFound { note(.unfit("\"inputs\" comes twice; say it once")) }
          wasFound = true
          if isOne {
            if try sequence("inputs") { result.endSequence() }
          } else {
            try sequences()
          }
        } else {
          note(.unfit("has a member other than \"inputs\"; leave it out"))
          try skipValue(depth: 1)
        }
        skipSpace()
      } while take(",")
      guard take("}") else { throw malformed("',' or '}' is wanted") }
    }
    skipSpace()
    guard place == bytes.count else { throw malformed("nothing may follow the object") }
    if let misfit { throw misfit }
    guard wasFound else { throw .unfit("has no \"inputs\"; give the sequences there") }
    return result
  }

  private mutating func sequences() throws(Problem) {
    var count = 0
    try elements("inputs", "an array of sequences") { scanner throws(Problem) in
      if count == scanner.limits.sequences {
        scanner.note(
          .tooLarge("inputs has more than \(count) sequences; send them in several requests")
        )
      }
      let name = scanner.misfit == nil ? "inputs[\(count)]" : ""
      if try scanner.sequence(name) { scanner.result.endSequence() }
      count += 1
    }
    if count == 0 { note(.unfit("inputs has no sequences; give at least one")) }
  }

  /// Reads one sequence; returns whether it is one.
  private mutating func sequence(_ name: String) throws(Problem) -> Bool {
    var steps = 0
    try elements(name, "an array of steps") { scanner throws(Problem) in
      if steps == scanner.limits.steps {
        scanner.note(
          .tooLarge("\(name) has more than \(steps) steps; the server reads no longer one")
        )
      }
      try scanner.step(name, steps)
      steps += 1
    }
    if steps == 0 { note(.unfit("\(name) has no steps; give at least one")) }
    return steps > 0 && misfit == nil
  }

  private mutating func step(_ name: String, _ step: Int) throws(Problem) {
    guard isNext("[") else {
      note(
        .unfit("\(name)[\(step)] is no array; \(features) number\(features == 1 ? "" : "s") wanted")
      )
      return try skipValue(depth: 2)
    }
    place += 1
    var count = 0
    skipSpace()
    if !take("]") {
      repeat {
        skipSpace()
        if let number = try number() {
          if misfit == nil { result.values.append(number) }
          if !number.isFinite {
            note(.unfit("\(name)[\(step)][\(count)] is too large for a number of 32 bits"))
          }
        } else {
          note(.unfit("\(name)[\(step)][\(count)] is no number; give one"))
          try skipValue(depth: 3)
        }
        count += 1
        skipSpace()
      } while take(",")
      guard take("]") else { throw malformed("',' or ']' is wanted") }
    }
    if count != features {
      note(
        .unfit(
          "\(name)[\(step)] has \(count) number\(count == 1 ? "" : "s"), the model reads \(features)"
        )
      )
    }
  }

  /// Reads an array, each element by `element`; notes what is none.
  private mutating func elements(
    _ name: String,
    _ wanted: String,
    _ element: (inout SequencesScanner) throws(Problem) -> Void
  ) throws(Problem) {
    guard isNext("[") else {
      note(.unfit("\(name) is no array; \(wanted) is wanted"))
      return try skipValue(depth: 2)
    }
    place += 1
    skipSpace()
    if take("]") { return }
    repeat {
      skipSpace()
      try element(&self)
      skipSpace()
    } while take(",")
    guard take("]") else { throw malformed("',' or ']' is wanted") }
  }

  /// A number; nil where another value begins.
  private mutating func number() throws(Problem) -> Float? {
    guard place < bytes.count else { throw malformed("a value is wanted") }
    let byte = bytes[place]
    guard byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") <= 9 else { return nil }
    guard let number = DecimalText.read(bytes, at: &place) else {
      throw malformed("what begins here is no number")
    }
    return number
  }

  private mutating func skipValue(depth: Int) throws(Problem) {
    guard depth <= Self.mostDepth else { throw malformed("values lie too deep in one another") }
    guard place < bytes.count else { throw malformed("a value is wanted") }
    switch bytes[place] {
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let isObject = bytes[place] == UInt8(ascii: "{")
      let end: StaticString = isObject ? "}" : "]"
      place += 1
      skipSpace()
      if take(end) { return }
      repeat {
        skipSpace()
        if isObject {
          _ = try string()
          skipSpace()
          guard take(":") else { throw malformed("':' is wanted after a member's name") }
          skipSpace()
        }
        try skipValue(depth: depth + 1)
        skipSpace()
      } while take(",")
      guard take(end) else { throw malformed("',' or '\(end)' is wanted") }
    default:
      for word in ["true", "false", "null"] where bytes[place...].starts(with: word.utf8) {
        place += word.utf8.count
        return
      }
      guard try number() != nil else { throw malformed("a value is wanted") }
    }
  }

  /// The bytes between a string's quotation marks; what is escaped stays so.
  private mutating func string() throws(Problem) -> Slice<UnsafeBufferPointer<UInt8>> {
    guard take("\"") else { throw malformed("a string is wanted") }
    let start = place
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        place += 1
        return bytes[start..<place - 1]
      }
      guard byte >= 0x20 else { throw malformed("a string holds a control code") }
      place += 1
      if byte == UInt8(ascii: "\\") { try skipEscape() }
    }
    throw malformed("a string does not end")
  }

  private mutating func skipEscape() throws(Problem) {
    guard place < bytes.count else { throw malformed("a string does not end") }
    defer { place += 1 }
    guard bytes[place] == UInt8(ascii: "u") else {
      guard "\"\\/bfnrt".utf8.contains(bytes[place]) else {
        throw malformed("what follows '\\' is not escaped so")
      }
      return
    }
    for _ in 0..<4 {
      place += 1
      guard place < bytes.count, Character(UnicodeScalar(bytes[place])).isHexDigit else {
        throw malformed("four hexadecimal digits follow '\\u'")
      }
    }
  }

  @inline(__always)
  private mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x09, 0x0A, 0x0D: place += 1
      default: return
      }
    }
  }

  @inline(__always)
  private func isNext(_ character: StaticString) -> Bool {
    place < bytes.count && bytes[place] == character.utf8Start.pointee
  }

  @inline(__always)
  private mutating func take(_ character: StaticString) -> Bool {
    guard isNext(character) else { return false }
    place += 1
    return true
  }

  private mutating func note(_ problem: Problem) { misfit = misfit ?? problem }

  private func malformed(_ text: String) -> Problem {
    .malformed("the body is no JSON: byte \(place): \(text)")
  }
}
