import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// What other readers take or silently choose from is refused, with the byte it stands at.
struct StrictSafetensorsTests {
  /// A header, where in it the error is, and what the error says.
  struct Refused: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String
    var dataCount = 8
    /// Text at whose last occurrence the error stands.
    let place: String
    let problem: String
  }

  private static let whole = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
  private static let empty = #"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#

  static let refused = [
    Refused(
      testDescription: "two arrays of one name",
      header: #"{"w":\#(whole),"w":\#(empty)}"#,
      place: #""w":"#,
      problem: "has 'w' twice in its header"
    ),
    Refused(
      testDescription: "two arrays of one name in other escapes",
      header: #"{"w/\n":\#(whole),"\u0077\/\u000A":\#(empty)}"#,
      place: #""\u0077"#,
      problem: "has 'w/\n' twice in its header"
    ),
    Refused(
      testDescription: "two names that look alike to Unicode",
      header: #"{"\u00e9":\#(whole),"e\u0301":\#(empty)}"#,
      place: #""e\u0301"#,
      problem: "has 'e\u{301}' twice in its header"
    ),
    Refused(
      testDescription: "metadata that come twice",
      header: #"{"__metadata__":{},"w":\#(whole),"__metadata__":{}}"#,
      place: #""__metadata__":"#,
      problem: "has '__metadata__' twice in its header"
    ),
    Refused(
      testDescription: "two values of one key",
      header: #"{"__metadata__":{"a":"1","a":"1"},"w":\#(whole)}"#,
      place: #""a":"#,
      problem: "has 'a' twice in its header"
    ),
    Refused(
      testDescription: "two shapes",
      header: #"{"w":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#,
      place: #""shape":"#,
      problem: "has 'shape' twice in its header"
    ),
    Refused(
      testDescription: "two unknown fields",
      header: #"{"w":{"extra":1,"extra":2}}"#,
      place: #""extra":"#,
      problem: "has 'extra' twice in its header"
    ),
    Refused(
      testDescription: "a long name twice",
      header:
        #"{"\#(String(repeating: "w", count: 9_999))":\#(whole),"\#(String(repeating: "w", count: 9_999))":0}"#,
      place: #""w"#,
      problem: "has '\(String(repeating: "w", count: 100))...' twice in its header"
    ),
    Refused(
      testDescription: "metadata that are an array",
      header: #"{"__metadata__":\#(whole)}"#,
      place: "[2]",
      problem: "text is wanted here"
    ),
    Refused(
      testDescription: "floats between two words",
      header:
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"w":{"dtype":"F32","shape":[2],"data_offsets":[2,10]}}"#,
      dataCount: 10,
      place: #""w":"#,
      problem: "array 'w' begins at byte 2 of the data, no multiple of the 4 bytes of F32"
    ),
    Refused(
      testDescription: "an empty array between two words",
      header:
        #"{"a":{"dtype":"U8","shape":[9],"data_offsets":[0,9]},"w":{"dtype":"BF16","shape":[0],"data_offsets":[9,9]}}"#,
      dataCount: 9,
      place: #""w":"#,
      problem: "array 'w' begins at byte 9 of the data, no multiple of the 2 bytes of BF16"
    ),
    Refused(
      testDescription: "space before the header",
      header: #" {"w":\#(whole)}"#,
      place: " {",
      problem: "has a header that does not begin with '{'"
    ),
    Refused(
      testDescription: "something after the header",
      header: #"{"w":\#(whole)} 0"#,
      place: "0",
      problem: "the header's end is wanted here"
    ),
  ]

  @Test(arguments: refused)
  func `a header that can be read in two ways is refused`(refused: Refused) throws {
    let start = try #require(refused.header.range(of: refused.place, options: .backwards))
    let place = refused.header.utf8.distance(from: refused.header.startIndex, to: start.lowerBound)
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(
        bytes: safetensorsBytes(header: refused.header, dataCount: refused.dataCount),
        path: "bad.safetensors"
      )
    }
    #expect(error?.problem.contains(refused.problem) == true, "\(String(describing: error))")
    #expect(error?.byteOffset == 8 + place)
  }

  @Test func `an array may not have the name of the text about the file`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var file = SafetensorsFile()
      file.add(Tensor([1]), named: "__metadata__")
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("needs a name other than __metadata__"))
  }

  @Test func `arrays of wider elements are written first, and can be read again`() throws {
    let header = """
      {"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},\
      "b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},\
      "a":{"dtype":"BF16","shape":[1],"data_offsets":[12,14]}}
      """
    let padding = String(repeating: " ", count: 7 - (header.utf8.count + 7) % 8)
    let bytes = safetensorsBytes(header: header + padding, dataCount: 14)
    var file = try SafetensorsFile(bytes: bytes, path: "f")
    #expect(file.bytes == bytes)
    file.add(Tensor([5]), named: "a longer one")
    let copy = try SafetensorsFile(bytes: file.bytes, path: "copy")
    #expect(copy.entries["a"]?.bytes.elementsEqual([12, 13]) == true)
    #expect(try copy.tensor(named: "a longer one") == Tensor([5]))
  }

  @Test func `a file that cannot be written leaves nothing`() throws {
    let folder = try TemporaryFolder()
    var file = SafetensorsFile()
    file.add(Tensor([1]), named: "w")
    // A folder in the way is found only when the whole file is moved to its place.
    try file.write(to: "\(folder.path)/inner")
    #expect(throws: FileError.self) { try file.write(to: "\(folder.path)/missing/w") }
    #expect(throws: FileError.self) { try file.write(to: folder.path) }
    #expect(try folder.names == ["inner"])
  }

  @Test func `every element of a large tensor comes back at its place`() throws {
    var file = SafetensorsFile()
    file.add(Tensor((0..<2_000_000).map(Float.init), shape: [2_000, 1_000]), named: "w")
    let copy = try SafetensorsFile(bytes: file.bytes, path: "copy").tensor(named: "w")
    #expect(copy.shape == [2_000, 1_000] && copy[1_999, 999] == 1_999_999 && copy[0, 1] == 1)
  }
}
