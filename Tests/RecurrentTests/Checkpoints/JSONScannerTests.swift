import Testing

@testable import Recurrent

struct JSONScannerTests {
  private func scanner(_ text: String) -> JSONScanner { scanner(Array(text.utf8)) }

  private func scanner(_ bytes: [UInt8]) -> JSONScanner {
    JSONScanner(bytes, in: 0..<bytes.count, file: "text")
  }

  @Test(arguments: [
    (#""""#, ""), (#" "plain" "#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\uFFFF""#, "A\u{E9}\u{FFFF}"), (#""\uD83D\uDE00x""#, "\u{1F600}x"),
    (#""üñ€😀""#, "üñ€😀"), (#""\u0000""#, "\0"),
  ])
  func `texts are read with their escapes resolved`(text: String, want: String) throws {
    var scanner = scanner(text)
    let got = try scanner.readText()
    #expect(Array(got.utf8) == Array(want.utf8))
    try scanner.expectEnd()
  }

  @Test(arguments: [
    ("", 0), ("a", 0), (#""a"#, 2), (#""\"#, 1), (#""\x""#, 1), (#""\u12"#, 1), (#""\u12g4""#, 1),
    (#""a\uD83D""#, 2), (#""\uD83D\u0041""#, 1), (#""\uDE00""#, 1), (#""\uD83D\n""#, 1),
    ("\"a\nb\"", 2), ("\"\u{1F}\"", 1),
  ])
  func `a text that is none is refused where it goes wrong`(text: String, place: Int) {
    let error = #expect(throws: FileError.self) {
      var scanner = scanner(text)
      _ = try scanner.readText()
    }
    #expect(error?.byteOffset == place, "\(String(describing: error))")
  }

  // A lone continuation, a cut sequence, an overlong slash, a surrogate, and a byte of no sequence.
  @Test(
    arguments: [[0x80], [0xE2, 0x82], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF]] as [[UInt8]]
  )
  func `a text that is not UTF-8 is refused`(bytes: [UInt8]) {
    let error = #expect(throws: FileError.self) {
      var scanner = scanner([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
      _ = try scanner.readText()
    }
    #expect(error?.problem.contains("UTF-8") == true)
  }

  @Test(arguments: [
    ("[]", []), ("[ 1 ,-2,\t0\n]", [1, -2, 0]), ("[-0]", [0]),
    ("[9223372036854775807,-9223372036854775808]", [.max, .min]),
  ])
  func `lists of whole numbers are read`(text: String, want: [Int]) throws {
    var scanner = scanner(text)
    #expect(try scanner.readWholeNumbers() == want)
  }

  @Test(arguments: [
    "", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[01]", "[-]", "[+1]", "[--1]", "[1.0]", "[1e2]",
    "[1.]", "[.5]", "[1e]", "[0x1]", "[9223372036854775808]", "[\"1\"]", "[null]", "1", "[-01]",
  ])
  func `what is no list of whole numbers is refused`(text: String) {
    #expect(throws: FileError.self) {
      var scanner = scanner(text)
      _ = try scanner.readWholeNumbers()
    }
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-1.25e-3", "1E+2", "\"\"", "[]", "{}", "[1,[2,{\"a\":[]}]]",
    "{\"a\":{\"b\":null},\"c\":\"d\"}", " [ ] ",
    String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
  ])
  func `values nobody asked for are skipped`(text: String) throws {
    var scanner = scanner(text)
    try scanner.skipValue()
    try scanner.expectEnd()
  }

  @Test(arguments: [
    "", "nul", "nulls", "True", "-", "1.", "1e", "01", "{1:2}", "{\"a\"}", "{\"a\":1,}", "[1}",
    "NaN",
    "{\"a\":1,\"\\u0061\":2}",
    String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
    String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 200_000),
  ])
  func `what is no value, or too deep a nest, is refused`(text: String) {
    #expect(throws: FileError.self) {
      var scanner = scanner(text)
      try scanner.skipValue()
      try scanner.expectEnd()
    }
  }

  @Test func `nothing outside the range is looked at`() throws {
    let bytes = Array("[12]".utf8)
    for end in 0..<4 {
      #expect(throws: FileError.self) {
        var scanner = JSONScanner(bytes, in: 0..<end, file: "text")
        _ = try scanner.readWholeNumbers()
      }
    }
  }
}
