import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

struct TextCorpusTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func corpus(
    _ bytes: [UInt8],
    unit: TextCorpus.Unit = .characters,
    share: Double = 0.25
  ) throws -> TextCorpus {
    let path = folder.path + "/text.txt"
    try Data(bytes).write(to: URL(filePath: path))
    return try TextCorpus(contentsOf: path, unit: unit, validationShare: share)
  }

  private func text(_ part: TokenText) -> String {
    part.tokens(in: 0..<part.count).map { part.vocabulary[Int($0)] }.joined()
  }

  @Test func `a text is cut at its share, its characters in the order of their codes`() throws {
    let corpus = try corpus(Array("to be, or\nnot to be".utf8))
    #expect(corpus.vocabulary == ["\n", " ", ",", "b", "e", "n", "o", "r", "t"])
    #expect(text(corpus.training) == "to be, or\nnot " && text(corpus.validation) == "to be")
    #expect(corpus.isMapped && corpus.unknownCount == 0)
    #expect(corpus.fingerprint == SHA256Digest.hexadecimal(of: Array("to be, or\nnot to be".utf8)))
  }

  @Test func `what only the end has is one token`() throws {
    let corpus = try corpus(Array("aaab aaXY".utf8), share: 0.3)
    #expect(corpus.vocabulary == [" ", "a", "b", TextCorpus.unknownToken])
    #expect(text(corpus.validation) == "a\u{FFFD}\u{FFFD}" && corpus.unknownCount == 2)
  }

  @Test func `characters are Unicode scalar values, bytes are bytes`() throws {
    let bytes = Array("éé日本\r\nzz".utf8)
    let characters = try corpus(bytes)
    #expect(characters.vocabulary == ["\n", "\r", "é", "日", "本", TextCorpus.unknownToken])
    #expect(!characters.isMapped && text(characters.training) == "éé日本\r\n")
    let plain = try corpus(bytes, unit: .bytes)
    #expect(plain.isMapped && plain.training.count == 10 && plain.validation.count == 4)
    let preparation = TextPreparation(unit: .bytes, vocabulary: plain.vocabulary)
    let tokens = plain.training.tokens(in: 0..<10).flatMap { preparation.bytes(of: Int($0)) }
    #expect(tokens == Array(bytes[..<10]))
    #expect(preparation.tokens(of: "é").allSatisfy { $0 != nil })
    #expect(preparation.tokens(of: "q") == [nil])
  }

  @Test func `a byte order mark is passed over`() throws {
    let corpus = try corpus([0xEF, 0xBB, 0xBF] + Array("abcdabcd".utf8))
    #expect(corpus.vocabulary == ["a", "b", "c", "d"] && text(corpus.training) == "abcdab")
  }

  @Test func `a text larger than a piece is read whole`() throws {
    let bytes = (0..<200_000).map { UInt8(97 + ($0 * $0) % 23) }
    let corpus = try corpus(bytes, share: 0.5)
    #expect(corpus.training.count == 100_000)
    let last = corpus.validation.tokens(in: 99_990..<100_000)
    #expect(
      last.map { corpus.vocabulary[Int($0)] }.joined()
        == String(decoding: bytes[199_990...], as: UTF8.self)
    )
  }

  @Test(
    arguments: [
      ([], "is empty"), (Array("ab".utf8), "is too short to learn from: 2 characters"),
      (
        Array("abcd\nab".utf8) + [0xFF, 0x61, 0x62],
        "line 2, column 3: is not UTF-8 text; read it as bytes, or write it as UTF-8"
      ),
    ] as [([UInt8], String)]
  )
  func `what is no text is named`(bytes: [UInt8], problem: String) throws {
    let error = #expect(throws: FileError.self) { try corpus(bytes) }
    #expect(error?.description == "\(folder.path)/text.txt: \(problem)")
  }

  @Test func `a file that is missing or a folder is refused`() throws {
    #expect(throws: FileError.self) { try TextCorpus(contentsOf: folder.path + "/none") }
    #expect(throws: FileError.self) { try TextCorpus(contentsOf: folder.path) }
  }
}
