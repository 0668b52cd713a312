import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

/// What NumPy 2.4 wrote is read; what lies is refused.
struct NumPyArrayTests {
  private static func header(_ text: String, version: UInt8 = 1) -> [UInt8] {
    let length = text.utf8.count
    let size = version == 1 ? 2 : 4
    return [0x93] + Array("NUMPY".utf8) + [version, 0]
      + (0..<size).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(text.utf8)
  }

  private static func describe(_ type: String = "<f4", _ shape: String = "(2,)") -> [UInt8] {
    header("{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }")
  }

  private func read(_ name: String) throws -> NumPyArray {
    try NumPyArray(NumPyFiles.bytes(name), path: name)
  }

  @Test func `floats come with their shape`() throws {
    let array = try read("f4")
    #expect(array.shape == [2, 3] && array.kind == .real && array.width == 4 && array.count == 6)
    #expect(array.floats[..<5] == [1, 2.5, -3, 4, 5] && array.floats[5].isNaN)
    #expect(throws: FileError.self) { try array.integers() }
  }

  @Test func `an array that Fortran ordered is turned around`() throws {
    let array = try read("f8F")
    #expect(array.shape == [1, 2, 3])
    #expect(array.floats == (0..<6).map { Float(Double($0) / 3) })
  }

  @Test func `whole numbers of any width and order are read`() throws {
    #expect(try read("i2be").integers() == [-1, 2, -300])
    #expect(try read("i2be").floats == [-1, 2, -300])
    #expect(try read("bool").integers() == [1, 0])
    // Whatever byte is not 0 is true.
    let truth = try NumPyArray(Self.describe("|b1") + [70, 0], path: "a")
    #expect(try truth.integers() == [1, 0] && truth.floats == [1, 0])
    #expect(try read("scalar").shape == [] && read("scalar").integers() == [7])
    #expect(try read("u8").floats == [0x1p64])
    let error = #expect(throws: FileError.self) { try read("u8").integers() }
    #expect(error?.problem == "holds 18446744073709551615, which is too large")
  }

  @Test(arguments: [
    ("obj", "Python objects are not read"), ("rec", "holds records of several kinds"),
    ("str", "holds elements of the type '<U2', not numbers"),
  ])
  func `what is no number is refused, and nothing in it is run`(name: String, part: String) {
    let error = #expect(throws: FileError.self) { try read(name) }
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  private static let floats: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]

  @Test func `headers of every version are read`() throws {
    let text = "{\"shape\": (2, ), 'descr':'<f4','fortran_order':False}"
    for version in [1, 2, 3] as [UInt8] {
      let bytes = Self.header(text, version: version) + Self.floats
      #expect(try NumPyArray(bytes, path: "a").floats == [1, 2])
    }
  }

  @Test(
    arguments: [
      ([], "it does not begin as one"), (Array("NUMPY".utf8), "it does not begin as one"),
      (header("{}", version: 4), "of version 4"),
      (header("{}") + floats, "not the dictionary"),
      (header("{'descr': '<f4'"), "not the dictionary"),
      (header("{'descr': '<f4', 'descr': '<f4'}"), "not the dictionary"),
      (describe("<f4", "(2,") + floats, "not the dictionary"),
      (describe("<f4", "(-2,)") + floats, "not the dictionary"),
      (describe("<f4", "(2.0,)") + floats, "not the dictionary"),
      (describe("<f4", "(99999999999999999999,)"), "not the dictionary"),
      (describe("<f4", "(4294967296, 4294967296)"), "an impossible shape"),
      (describe("<f4", "(4294967296, 4294967296, 0)"), "an impossible shape"),
      (describe("<f4", "(3,)") + floats, "holds 8 bytes of elements, and its shape needs 12"),
      (describe("<f4", "(2,)") + floats + [0], "holds 9 bytes"),
      (describe("<f2") + floats, "'<f2', which is not read"),
      (describe("<c8") + floats, "'<c8', not numbers"),
      (describe("f") + floats, "'f', not numbers"),
      (describe("<i3") + floats, "'<i3', which is not read"),
      (describe("<i-8") + floats, "'<i-8', which is not read"),
      (Array(describe().prefix(20)), "claims a header of"),
    ] as [([UInt8], String)]
  )
  func `a file that lies is refused`(bytes: [UInt8], part: String) {
    let error = #expect(throws: FileError.self) { try NumPyArray(bytes, path: "a.npy") }
    #expect(error?.description.hasPrefix("a.npy") == true)
    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
  }

  @Test(arguments: ["npz", "npzc"])
  func `archives are read, compressed or not`(name: String) throws {
    let archive = try NumPyArchive(NumPyFiles.bytes(name), path: "a.npz")
    #expect(archive.arrays.keys.sorted() == ["x", "y"])
    if name == "npz" {
      #expect(archive.arrays["x"]?.shape == [2, 2] && archive.arrays["x"]?.floats == [0, 1, 2, 3])
      #expect(try archive.arrays["y"]?.integers() == [1, 0])
    } else {
      #expect(archive.arrays["x"]?.shape == [3, 40])
      #expect(archive.arrays["x"]?.floats.allSatisfy { $0 == 0 } == true)
      #expect(try archive.arrays["y"]?.integers() == [1, 0, 2])
    }
  }

  @Test(arguments: ["npz", "npzc"])
  func `an archive that is cut or changed is refused, or reads as it did`(name: String) throws {
    let bytes = try NumPyFiles.bytes(name)
    let whole = try NumPyArchive(bytes, path: "a.npz").arrays
    for count in 0..<bytes.count {
      #expect(throws: FileError.self) {
        try NumPyArchive(Array(bytes.prefix(count)), path: "a.npz")
      }
    }
    var numbers = SeededNumbers(64)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= UInt8(1 << numbers.integers(1, in: 0...7)[0])
      // Dates, versions and the like mean nothing here.
      guard let read = try? NumPyArchive(changed, path: "a.npz") else { continue }
      let names = read.arrays.keys.sorted()
      #expect(names.count == 2)
      for (a, b) in zip(names, ["x", "y"]) {
        #expect(read.arrays[a]?.bytes == whole[b]?.bytes, "byte \(place)")
      }
    }
  }
}

/// Small files that NumPy 2.4 wrote, in base 64.
private enum NumPyFiles {
  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try #require(Data(base64Encoded: texts[name] ?? "")))
  }

  // Lines as they came; there is no other way to keep them so.
  // swift-format-ignore
  private static let texts = [
    "f4": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs\
      IDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAoAAIA/AAAgQAAAQMAAAIBAAACgQAAAwH8=
      """,
    "f8F": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMSwg\
      MiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAoAAAAAAAAAAAAAAAAAAPA/VVVVVVVV1T9VVVVVVVX1P1VVVVVVVeU/q6qqqqqq+j8=
      """,
    "i2be": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPmkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMs\
      KSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAr//wAC/tQ=
      """,
    "u8": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPHU4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEs\
      KSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAr//////////w==
      """,
    "bool": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs\
      KSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAoBAA==
      """,
    "scalar": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCks\
      IH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAoHAAAAAAAAAA==
      """,
    "obj": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMSwp\
      LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAqABJWLAAAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmU\
      jAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwGFlGgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5O\
      Tkr/////Sv////9LP3SUYoldlH2UYXSUYi4=
      """,
    "rec": """
      k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpLCAoJ2InLCAnPGk0JyldLCAnZm9ydHJhbl9vcmRl\
      cic6IEZhbHNlLCAnc2hhcGUnOiAoMiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAoAAAAAAAAAAAAAAAAAAAAA
      """,
    "str": """
      k05VTVBZAQB2AHsnZGVzY3InOiAnPFUyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIs\
      KSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      IAphAAAAYgAAAGMAAAAAAAAA
      """,
    "npz": """
      UEsDBC0AAAAAAAAAIQCR9Ofb//////////8FABQAeC5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEA\
      dgB7J2Rlc2NyJzogJzxmNCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCAyKSwgfSAg\
      ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAA\
      gD8AAABAAABAQFBLAwQtAAAAAAAAACEAcfs5q///////////BQAUAHkubnB5AQAQAJAAAAAAAAAAkAAAAAAA\
      AACTTlVNUFkBAHYAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAo\
      MiwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg\
      ICAgCgEAAAAAAAAAAAAAAAAAAABQSwECLQMtAAAAAAAAACEAkfTn25AAAACQAAAABQAAAAAAAAAAAAAAgAEA\
      AAAAeC5ucHlQSwECLQMtAAAAAAAAACEAcfs5q5AAAACQAAAABQAAAAAAAAAAAAAAgAHHAAAAeS5ucHlQSwUG\
      AAAAAAIAAgBmAAAAjgEAAAAA
      """,
    "npzc": """
      UEsDBC0AAAAIAAAAIQC0ldQD//////////8FABQAeC5ucHkBABAAYAIAAAAAAABMAAAAAAAAAJvsF+obEMnI\
      UMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CiYGmjoKtQrkAi6G\
      UTCsAQBQSwMELQAAAAgAAAAhAD6xv/T//////////wUAFAB5Lm5weQEAEACDAAAAAAAAAEcAAAAAAAAAm+wX\
      6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQA\
      LkYGJgBQSwECLQMtAAAACAAAACEAtJXUA0wAAABgAgAABQAAAAAAAAAAAAAAgAEAAAAAeC5ucHlQSwECLQMt\
      AAAACAAAACEAPrG/9EcAAACDAAAABQAAAAAAAAAAAAAAgAGDAAAAeS5ucHlQSwUGAAAAAAIAAgBmAAAAAQEA\
      AAAA
      """,
  ]
}
