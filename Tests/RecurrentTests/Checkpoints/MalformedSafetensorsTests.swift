import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// Whatever a file holds, reading it gives a file or an error of one line, never a trap.
struct MalformedSafetensorsTests {
  /// A header that is wrong, the data after it, and what the error says.
  struct Malformed: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String
    var dataCount = 8
    let problem: String
  }

  static let malformed = [
    Malformed(testDescription: "no JSON", header: "hello", problem: "does not begin with '{'"),
    Malformed(
      testDescription: "a cut header",
      header: #"{"w":{"dtype":"F32""#,
      problem: "not the JSON"
    ),
    Malformed(testDescription: "an empty header", header: "", problem: "not the JSON"),
    Malformed(testDescription: "a list", header: "[]", problem: "does not begin with '{'"),
    Malformed(
      testDescription: "a deep nest",
      header: #"{"w":{"extra":"# + String(repeating: "[", count: 100_000),
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "an array of text",
      header: #"{"w":"F32"}"#,
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "metadata of numbers",
      header: #"{"__metadata__":{"n":1}}"#,
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "no offsets",
      header: #"{"w":{"dtype":"F32","shape":[2]}}"#,
      problem: "array 'w' is described without its dtype, shape or data_offsets"
    ),
    Malformed(
      testDescription: "no description",
      header: #"{"w":{}}"#,
      problem: "array 'w' is described without its dtype, shape or data_offsets"
    ),
    Malformed(
      testDescription: "broken extents",
      header: describe(shape: "[1.5]"),
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "text extents",
      header: describe(shape: #"["2"]"#),
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "huge numbers",
      header: describe(shape: "[99999999999999999999]"),
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "huge exponents",
      header: describe(shape: "[1e400]"),
      problem: "not the JSON"
    ),
    Malformed(
      testDescription: "an unknown type",
      header: describe(type: "F31"),
      problem: "has the unknown type 'F31'"
    ),
    Malformed(
      testDescription: "a wider type",
      header: describe(type: "F64"),
      problem: "takes 8 bytes, its shape needs 16"
    ),
    Malformed(
      testDescription: "a narrower type",
      header: describe(type: "U8"),
      problem: "takes 8 bytes, its shape needs 2"
    ),
    Malformed(
      testDescription: "a negative extent",
      header: describe(shape: "[-2]"),
      problem: "has an impossible shape"
    ),
    Malformed(
      testDescription: "two negative extents",
      header: describe(shape: "[-2,-1]"),
      problem: "has an impossible shape"
    ),
    Malformed(
      testDescription: "an overflow",
      header: describe(shape: "[4611686018427387904,4]"),
      problem: "has an impossible shape"
    ),
    Malformed(
      testDescription: "an overflow by width",
      header: describe(shape: "[4611686018427387905]"),
      problem: "has an impossible shape"
    ),
    Malformed(
      testDescription: "an overflow before a zero",
      header: describe(shape: "[4611686018427387904,4,0]"),
      problem: "has an impossible shape"
    ),
    Malformed(
      testDescription: "an overflow after a zero",
      header: describe(shape: "[0,4611686018427387904,4]"),
      problem: "has an impossible shape"
    ),
    Malformed(
      testDescription: "a larger shape",
      header: describe(shape: "[3]"),
      problem: "takes 8 bytes, its shape needs 12"
    ),
    Malformed(
      testDescription: "a smaller shape",
      header: describe(shape: "[1]"),
      problem: "takes 8 bytes, its shape needs 4"
    ),
    Malformed(
      testDescription: "one offset",
      header: describe(offsets: "[0]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "three offsets",
      header: describe(offsets: "[0,8,8]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "an end past the file",
      header: describe(shape: "[4]", offsets: "[0,16]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "a start past the file",
      header: describe(offsets: "[16,24]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "a negative start",
      header: describe(offsets: "[-8,0]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "an end before the start",
      header: describe(offsets: "[8,0]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "offsets at the limit",
      header: describe(offsets: "[9223372036854775800,9223372036854775807]"),
      problem: "lies outside the file"
    ),
    Malformed(
      testDescription: "a gap before",
      header: describe(offsets: "[4,12]"),
      dataCount: 12,
      problem: "leaves a gap or overlaps another"
    ),
    Malformed(
      testDescription: "trailing bytes",
      header: describe(),
      dataCount: 9,
      problem: "has 1 bytes that belong to no array"
    ),
    Malformed(
      testDescription: "bytes without arrays",
      header: "{}",
      problem: "has 8 bytes that belong to no array"
    ),
    Malformed(
      testDescription: "overlapping arrays",
      header:
        #"{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      problem: "leaves a gap or overlaps another"
    ),
    Malformed(
      testDescription: "the same bytes twice",
      header:
        #"{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      problem: "leaves a gap or overlaps another"
    ),
    Malformed(
      testDescription: "a gap between",
      header:
        #"{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      dataCount: 12,
      problem: "leaves a gap or overlaps another"
    ),
    Malformed(
      testDescription: "a name of two lines",
      header: #"{"a\nb\r\u0085\u2028c":{}}"#,
      problem: "is described without"
    ),
    Malformed(
      testDescription: "a type of two lines",
      header: describe(type: #"F\n32"#),
      problem: "has the unknown type"
    ),
  ]

  private static func describe(
    type: String = "F32",
    shape: String = "[2]",
    offsets: String = "[0,8]"
  ) -> String {
    #"{"w":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  private func expectOneLine(_ error: FileError?, sourceLocation: SourceLocation = #_sourceLocation)
  {
    let text = error?.description ?? ""
    #expect(text.hasPrefix("bad.safetensors"), sourceLocation: sourceLocation)
    #expect(!text.contains { $0.isNewline }, sourceLocation: sourceLocation)
  }

  @Test(arguments: malformed)
  func `a malformed header is refused with its problem`(malformed: Malformed) {
    let bytes = safetensorsBytes(header: malformed.header, dataCount: malformed.dataCount)
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(bytes: bytes, path: "bad.safetensors")
    }
    #expect(error?.problem.contains(malformed.problem) == true, "\(String(describing: error))")
    expectOneLine(error)
  }

  @Test(arguments: 0..<8)
  func `a file of a few bytes is too short`(count: Int) {
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(bytes: [UInt8](repeating: 0, count: count), path: "bad.safetensors")
    }
    #expect(error?.description == "bad.safetensors: is too short for a safetensors file")
  }

  @Test(arguments: [1, 100, 100_000_000, 100_000_001, 1 << 40, 1 << 63, .max] as [UInt64])
  func `a header longer than the file is refused`(length: UInt64) {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(bytes: bytes, path: "bad.safetensors")
    }
    #expect(
      error?.description == """
        bad.safetensors, byte 0: claims a header of \(length) bytes in a file of 8; \
        it is cut short or no safetensors file
        """
    )
  }

  @Test func `every cut of a file is refused`() throws {
    let whole = SequenceModel.stack([2]).safetensors.bytes
    for count in 0..<whole.count {
      let error = #expect(throws: FileError.self) {
        try SafetensorsFile(bytes: Array(whole[..<count]), path: "bad.safetensors")
      }
      expectOneLine(error)
    }
  }

  // Bytes changed, cut out, doubled and put in, mostly in the header; numbers made odd. Each is
  // read as a file and as a model; the seed of a case that traps is its number.
  @Test(arguments: 0..<10)
  func `five thousand damaged files trap nowhere`(part: Int) throws {
    let original = SequenceModel.stack([2, 3]).safetensors
    let whole = original.bytes
    let dataCount = original.entries.values.reduce(0) { $0 + $1.bytes.count }
    var refused = 0
    for seed in part * 500..<(part + 1) * 500 {
      var numbers = SeededNumbers(UInt64(seed))
      let bytes = damaged(whole, dataCount: dataCount, by: &numbers)
      do throws(FileError) {
        let file = try SafetensorsFile(bytes: bytes, path: "bad.safetensors")
        for name in file.entries.keys {
          do throws(FileError) { _ = try file.tensor(named: name) } catch { expectOneLine(error) }
        }
        _ = try SequenceModel(file)
      } catch {
        refused += 1
        expectOneLine(error)
      }
    }
    // A changed element or a changed word of metadata leaves the file whole.
    #expect(refused > 300)
  }

  private func damaged(
    _ whole: [UInt8],
    dataCount: Int,
    by numbers: inout SeededNumbers
  ) -> [UInt8] {
    var bytes = whole
    let oddities = [
      "-1", "0", "1e99", "9223372036854775807", "99999999999999999999", "[]", "{}", "null", "\"",
      "\\n", "\"F64\"", "\"I32\"", "true", "0.5", "[[0]]", ",", "weight_ih_l0", "\u{FF}",
    ].map { Array($0.utf8) }
    for _ in 0..<numbers.integer(in: 1...3) {
      let headerEnd = min(bytes.count, 1_300)
      let place = numbers.integer(in: 0...max(0, headerEnd - 1))
      let end = min(bytes.count, place + numbers.integer(in: 1...40))
      switch numbers.integer(in: 0...6) {
      case 0: bytes[place] = UInt8(numbers.integer(in: 0...255))
      case 1: bytes[place] ^= 1 << UInt8(numbers.integer(in: 0...7))
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4:
        bytes.insert(contentsOf: oddities[numbers.integer(in: 0...oddities.count - 1)], at: place)
      case 5:
        // A whole number of the header becomes an oddity.
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = bytes[place..<headerEnd].firstIndex(where: { digits.contains($0) })
        else { continue }
        let last = bytes[first...].firstIndex { !digits.contains($0) } ?? bytes.endIndex
        let oddity = oddities[numbers.integer(in: 0...oddities.count - 1)]
        bytes.replaceSubrange(first..<last, with: oddity)
      default: bytes.removeLast(min(bytes.count - 1, numbers.integer(in: 1...64)))
      }
      if bytes.count < 16 { return bytes }
      // The length usually says what the header has, so that more than its end is damaged.
      if numbers.integer(in: 0...3) > 0 {
        let length = max(0, bytes.count - 8 - dataCount)
        for byte in 0..<8 { bytes[byte] = UInt8(truncatingIfNeeded: length >> (8 * byte)) }
      }
    }
    return bytes
  }
}
