import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct TableFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(
    _ text: String,
    separator: Character? = nil,
    hasHeader: Bool? = nil
  ) throws -> TableFile {
    let path = try folder.write(Array(text.utf8), as: "a.csv")
    return TableFile(path, separator: separator, hasHeader: hasHeader)
  }

  private func column(_ name: String, _ numbers: [Float]) -> Table.Column {
    Table.Column(name: name, values: .numbers(numbers))
  }

  @Test func `columns of numbers and of words are told apart`() throws {
    let table = try file("time,kind,value\n1,up,0.5\n2,down,-1e3\n3,up,7\n").read()
    #expect(table.rowCount == 3 && table.columns.map(\.name) == ["time", "kind", "value"])
    #expect(table["time"] == column("time", [1, 2, 3]))
    #expect(table["value"]?.numbers == [0.5, -1000, 7] && table["value"]?.words == nil)
    #expect(table["kind"]?.words == ["up", "down", "up"] && table["kind"]?.numbers == nil)
    #expect(table["kind"]?.values == .words([0, 1, 0], all: ["up", "down"]))
    #expect(table["none"] == nil)
  }

  @Test(
    arguments: [
      ("a\tb\n1\t2\n", nil), ("a;b\n1;2", nil), ("a|b\r\n1|2\r\n", nil),
      ("\u{FEFF}a,b\n\n1,2\n\n", nil),
      ("a b\n1 2\n", " "), ("\"a\",\"b\"\n\"1\",\"2\"\n", nil),
    ] as [(String, Character?)]
  )
  func `fields are separated in several ways`(text: String, separator: Character?) throws {
    let table = try file(text, separator: separator).read()
    #expect(table.columns == [column("a", [1]), column("b", [2])])
  }

  @Test func `the first row is a header if none of its fields is a number`() throws {
    #expect(try file("1,2\n3,4\n").read().columns.map(\.name) == ["column 1", "column 2"])
    #expect(try file("1,2\n3,4\n").read()["column 2"]?.numbers == [2, 4])
    #expect(try file("1,2\n3,4\n", hasHeader: true).read()["2"]?.numbers == [4])
    #expect(try file("a,b\nc,d\n", hasHeader: false).read()["column 1"]?.words == ["a", "c"])
    #expect(try file("a,\nc,4\n").read().columns.map(\.name) == ["a", "column 2"])
  }

  @Test func `missing fields are NaN or no word`() throws {
    let table = try file("x,w\n,\nNA,null\n ?,None\nnan,?\n1,a\n").read()
    let numbers = try #require(table["x"]?.numbers)
    #expect(numbers.dropLast().allSatisfy(\.isNaN) && numbers.last == 1)
    #expect(table["w"]?.words == [nil, nil, nil, nil, "a"])
    #expect(try file("x,y\n?,1\n").read()["x"]?.numbers?.first?.isNaN == true)
  }

  @Test func `quotation marks hold separators, line feeds and themselves`() throws {
    let table = try file(
      "n,\"the, word\"\n1,\"a\"\"b\"\"\"\n2,\"c,\r\nd\n\n\"\n\"3\",\"\"\n4,e\"f\n"
    ).read()
    #expect(table.columns.map(\.name) == ["n", "the, word"])
    #expect(table["n"]?.numbers == [1, 2, 3, 4])
    #expect(table["the, word"]?.words == ["a\"b\"", "c,\r\nd\n\n", nil, "e\"f"])
  }

  @Test(arguments: [5, 3000])
  func `a word that comes late makes its column one of words`(rows: Int) throws {
    let lines = (0..<rows).map { row in row == rows - 2 ? "\(row),x,y" : "\(row),\(row),\(2 * row)"
    }
    let table = try file("a,b,c\n" + lines.joined(separator: "\n")).read()
    #expect(table["a"]?.numbers == (0..<rows).map { Float($0) })
    #expect(table["b"]?.words?[rows - 2] == "x" && table["b"]?.words?[rows - 1] == "\(rows - 1)")
    #expect(table["c"]?.words?[rows - 2] == "y" && table["c"]?.words?.count == rows)
  }

  @Test(
    arguments: [
      ("", ": is empty"), ("\n\n", ": is empty"),
      ("a,b\n", ": has the names of columns and no rows"),
      ("a,b\n1,2\n1\n", ": line 3: has 1 field, and line 1 has 2"),
      ("a,b\n\n1,2,3\n", ": line 3: has 3 fields, and line 1 has 2"),
      ("a,b,a\n1,2,3\n", ": line 1, field 3: names a column 'a' for the second time"),
      ("a,b\n1,\"x\n2,y\n", ": line 2, field 2: begins with a quotation mark that is not closed"),
      ("a,b\n1,\"x\"y\n", ": line 2, field 2: has text after the quotation mark that ends it"),
      ("a,b\n1,1e99\n", ": line 2, field 2: is too large for a number of 32 bits"),
    ]
  )
  func `what is wrong is said, with its line`(text: String, problem: String) throws {
    let error = #expect(throws: FileError.self) { try file(text).read() }
    let line = try #require(error?.description)
    #expect(line.hasPrefix(folder.path + "/a.csv" + problem), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func `bytes that are no text are refused with their place`() throws {
    let path = try folder.write(Array("a,b\n1,x\n2,".utf8) + [0xFF, 0x0A], as: "b.csv")
    let error = #expect(throws: FileError.self) { try TableFile(path).read() }
    #expect(error?.description == "\(path): line 3, field 2: is not UTF-8 text")
    let header = try folder.write([0x61, 0x2C, 0xC3, 0x0A, 0x31, 0x2C, 0x32], as: "c.csv")
    #expect(throws: FileError.self) { try TableFile(header).read() }
  }

  @Test func `damaged files trap nowhere`() throws {
    let whole = Array("time,\"k, d\",value\n1,up,0.5\n2,\"do\"\"wn\",-1e3\n3,,NA\n".utf8)
    var numbers = SeededNumbers(63)
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0...numbers.integers(1, in: 0...3)[0] {
        bytes[numbers.integers(1, in: 0...bytes.count - 1)[0]] = UInt8(
          numbers.integers(1, in: 0...255)[0]
        )
      }
      let part = Array(bytes.prefix(numbers.integers(1, in: 0...bytes.count)[0]))
      let table = try? TableFile(folder.write(part, as: "d.csv")).read()
      for column in table?.columns ?? [] {
        #expect((column.numbers?.count ?? column.words?.count) == table?.rowCount)
      }
    }
  }

  @Test(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
  func `the airline passengers are read`() throws {
    let table = try TableFile(SharedFolder.path("data/ucr/Airline.csv")).read()
    #expect(table.rowCount == 144 && table.columns.map(\.name) == ["Date", "Passengers"])
    #expect(table["Passengers"]?.numbers?.prefix(3) == [112, 118, 132])
    #expect(table["Date"]?.words?.last == "1960-12")
  }
}
