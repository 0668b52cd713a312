import Foundation
import HTTPTypes
import Testing

@testable import RecurrentServer

struct SequencesScannerTests {
  private static let limits = SequenceLimits(sequences: 4, steps: 5, numbers: 1_000)

  private static func read(
    _ text: String,
    features: Int = 2,
    isOne: Bool = false
  ) -> Result<NumberSequences, Problem> {
    do throws(Problem) {
      return .success(
        try SequencesScanner.read(
          Array(text.utf8),
          features: features,
          isOne: isOne,
          limits: limits
        )
      )
    } catch {
      return .failure(error)
    }
  }

  @Test("Sequences of different lengths are read, with spaces anywhere")
  func reads() throws {
    let found = try Self.read(" {\n\"inputs\" :\t[ [[1, -2.5],[3e2,0]] , [ [ 0.1 ,1E-3 ] ] ] }\r\n")
      .get()
    #expect(found.values == [1, -2.5, 300, 0, 0.1, 0.001])
    #expect(found.lengths == [2, 1])
    let one = try Self.read(#"{"inputs":[[1,2],[3,4]]}"#, isOne: true).get()
    #expect(one.values == [1, 2, 3, 4] && one.lengths == [2])
  }

  @Test(
    "What does not fit is told with its place",
    arguments: [
      (#"{"inputs":[[[1,2],[1]]]}"#, "inputs[0][1] has 1 number, the model reads 2"),
      (#"{"inputs":[[[1,2]],[[1,2,3]]]}"#, "inputs[1][0] has 3 numbers, the model reads 2"),
      (#"{"inputs":[[[1,null]]]}"#, "inputs[0][0][1] is no number; give one"),
      (#"{"inputs":[[["1",2]]]}"#, "inputs[0][0][0] is no number; give one"),
      (#"{"inputs":[[[1,1e39]]]}"#, "inputs[0][0][1] is too large for a number of 32 bits"),
      (#"{"inputs":[[1,2]]}"#, "inputs[0][0] is no array; 2 numbers wanted"),
      (#"{"inputs":[[]]}"#, "inputs[0] has no steps; give at least one"),
      (#"{"inputs":[]}"#, "inputs has no sequences; give at least one"),
      (#"{"inputs":7}"#, "inputs is no array; an array of sequences is wanted"),
      (#"{"inputs":[7]}"#, "inputs[0] is no array; an array of steps is wanted"),
      (#"{}"#, "has no \"inputs\"; give the sequences there"),
      (
        #"{"inputs":[[[1,2]]],"inputs":[[[1,2]]]}"#, "\"inputs\" comes twice; say it once"
      ),
      (#"{"a":{"b":[true,"\u00e9\n"]}}"#, "has a member other than \"inputs\"; leave it out"),
    ]
  )
  func misfits(text: String, problem: String) {
    let error = #expect(throws: Problem.self) { try Self.read(text).get() }
    #expect(error?.status == .unprocessableContent)
    #expect(error?.text == problem)
  }

  @Test("More than is read is told apart from what does not fit")
  func limits() {
    for text in [
      #"{"inputs":[[[1,2]],[[1,2]],[[1,2]],[[1,2]],[[1,2]]]}"#,
      #"{"inputs":[[[1,2],[1,2],[1,2],[1,2],[1,2],[1,2]]]}"#,
    ] {
      let error = #expect(throws: Problem.self) { try Self.read(text).get() }
      #expect(error?.status == .contentTooLarge)
    }
  }

  @Test(
    "What is no JSON is told with the byte",
    arguments: [
      "", "x", "[", "{", #"{"inputs""#, #"{"inputs":[[[1,2]]"#, #"{"inputs":[[[1,2,]]]}"#,
      #"{"inputs":[[[01,2]]]}"#, #"{"inputs":[[[1.,2]]]}"#, #"{"inputs":[[[.5,2]]]}"#,
      #"{"inputs":[[[+1,2]]]}"#, #"{"inputs":[[[-,2]]]}"#, #"{"inputs":[[[1e,2]]]}"#,
      #"{"inputs":[[[NaN,2]]]}"#, #"{"inputs":[[[Infinity,2]]]}"#, #"{"inputs":[[[1,2]]]}}"#,
      #"{"inputs":[[[1,2]]],}"#, #"{inputs:[[[1,2]]]}"#, #"{"in\puts":1}"#,
      #"{"inputs":[[[1 2]]]}"#, "{\"a\u{01}\":1}", #"{"a":"\u12g4"}"#,
      #"{"a":"# + String(repeating: "[", count: 100_000),
    ]
  )
  func malformed(text: String) {
    let error = #expect(throws: Problem.self) { try Self.read(text).get() }
    #expect(error?.status == .badRequest)
    #expect(error?.text.hasPrefix("the body is no JSON: byte ") == true)
  }

  @Test("It takes for JSON what Foundation does, in texts that are changed at random")
  func againstFoundation() throws {
    var numbers = SeededNumbers(41)
    let seeds = [
      #"{"inputs":[[[1,-2.5],[3e2,0]],[[0.1,1E-3]]]}"#, #"{"a":{"b":[true,"\u00e9\n",null]}}"#,
      #" { "inputs" : [ [ [ 12.5e+1 , 0 ] ] ] , "x" : false } "#,
    ]
    let pieces = Array(#"{}[],:"\eE+-.019ntu "#.utf8)
    var (accepted, refused) = (0, 0)
    for _ in 0..<30_000 {
      var text = Array(seeds.randomElement(using: &numbers)?.utf8 ?? "".utf8)
      for _ in 0..<Int.random(in: 0...3, using: &numbers) {
        let place = Int.random(in: 0..<text.count, using: &numbers)
        let piece = pieces.randomElement(using: &numbers) ?? 0
        switch Int.random(in: 0..<3, using: &numbers) {
        case 0: text[place] = piece
        case 1: text.insert(piece, at: place)
        default: text.remove(at: place)
        }
      }
      let string = String(decoding: text, as: UTF8.self)
      // A comma before an end is none of JSON's, and Foundation takes it.
      if string.contains(/,\s*[\]}]/) { continue }
      let foundation = try? JSONSerialization.jsonObject(with: Data(text))
      let isObject = foundation is [String: Any]
      switch Self.read(string) {
      case .success(let sequences):
        accepted += 1
        let inputs = (foundation as? [String: Any])?["inputs"] as? [[[NSNumber]]]
        let found = try #require(inputs, "\(string)").flatMap { $0.flatMap(\.self) }
        #expect(sequences.values == found.map { Float($0.doubleValue) }, "\(string)")
      case .failure(let problem) where problem.status == .badRequest:
        refused += 1
        #expect(!isObject, "\(string): \(problem.text)")
      case .failure:
        // Foundation takes no number that is too large for a double, and no half of a pair.
        #expect(
          isObject || string.contains("e") || string.contains("E") || string.contains("u"),
          "\(string)"
        )
      }
    }
    #expect(accepted > 1_000 && refused > 1_000)
  }

  @Test("A decimal becomes the nearest float")
  func decimals() {
    var numbers = SeededNumbers(42)
    var texts = [
      "16777217", "16777217.0000000000001", "9007199254740993", "1e-45", "7e-46", "3.4028235e38",
      "3.4028236e38", "1.17549435e-38", "0", "-0", "123456789012345678901234567890",
      "1.00000005960464477539062500000000000000000000000001", "1e-400", "0e999999999999",
    ]
    for _ in 0..<50_000 {
      let float = Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &numbers))
      texts.append("\(float)".replacingOccurrences(of: "e+", with: "e"))
      texts.append("\(Double(float).nextUp)".replacingOccurrences(of: "e+", with: "e"))
      let digits = UInt64.random(in: 0...99_999_999_999, using: &numbers)
      texts.append("-\(digits).\(UInt32.random(in: 0...999_999, using: &numbers))")
      texts.append("\(digits)e\(Int.random(in: -30...20, using: &numbers))")
    }
    for text in texts {
      let bytes = Array(text.utf8)
      var place = 0
      let found = bytes.withUnsafeBufferPointer { DecimalText.read($0, at: &place) }
      #expect(place == bytes.count)
      #expect(found?.bitPattern == Float(text)?.bitPattern, "\(text)")
    }
  }

  @Test("Numbers that are written read back as they are, and texts as they were")
  func writing() throws {
    var numbers = SeededNumbers(43)
    let floats = (0..<10_000).map { _ in
      Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &numbers))
    }
    let text = "\"\\/\u{0}\u{1F}\u{7F}\n\r\té\u{1F600}\u{2028}"
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("floats", floats[...])
      writer.member(text, text)
      writer.name("rounded")
      writer.array { writer in
        for number: Float in [0.12345, -0.00004, 1, -2.5, 1234.5678, 0.00006, 3e9] {
          writer.rounded(number)
        }
      }
      writer.member("count", -7)
      writer.member("is", true)
      writer.name("none")
      writer.null()
    }
    #expect(!writer.text.contains("\n"))
    let read = try #require(
      try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any]
    )
    #expect(try RecurrentServerTests.floats(read["floats"]) == floats)
    #expect(read[text] as? String == text)
    #expect(writer.text.contains("[0.1235,0,1,-2.5,1234.5677,0.0001,3e+09]"))
    #expect(read["count"] as? Int == -7 && read["is"] as? Bool == true)
    #expect(read["none"] is NSNull)
  }
}
