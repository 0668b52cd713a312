import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct TimeSeriesFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> LabelledSeries {
    try TimeSeriesFile.read(folder.write(Array(text.utf8), as: "a.ts"))
  }

  private static let header = "#A comment\n@problemName Up Down\n@classLabel true up down\n"

  @Test func `series of unequal lengths with two variables are read time by time`() throws {
    let read = try read(
      Self.header + "@dimensions 2\n@equalLength false\n@data\n"
        + "1,2,3:4,5,6:down\n\n# between\n-1e1, .5 :7,?:up\r\n"
    )
    #expect(read.name == "Up Down")
    #expect(read.variables == 2 && read.outputNames == ["up", "down"] && read.longest == 3)
    #expect(read.series.map(\.label) == [1, 0])
    #expect(read.series[0].values == [1, 4, 2, 5, 3, 6])
    #expect(read.series[1].values[...2] == [-10, 7, 0.5] && read.series[1].values[3].isNaN)
    #expect(read.hasMissingValues)
    let dataset = read.dataset()
    #expect(dataset.steps == 3 && dataset.features == 2 && dataset.lengths == [3, 2])
    #expect(dataset.labels == [1, 0] && dataset.outputNames == ["up", "down"])
    #expect(dataset.values(ofExample: 0) == [1, 4, 2, 5, 3, 6])
  }

  @Test func `a class may have any name, and dimensions may be left to the first series`() throws {
    let read = try read("@classLabel TRUE a-b 2.0\n@data\n1:2:2.0\n3:4: a-b \n")
    #expect(read.variables == 2 && read.series.map(\.label) == [1, 0])
  }

  @Test(
    arguments: [
      ("", ": is empty; a .ts file has one before its series"),
      ("# nothing\n", ": has no line '@data'"),
      ("1,2:up\n", ": line 1: begins with '1,2:up' where a line '@...' or '#...' is wanted"),
      ("@data\n1:up\n", ": names no classes"),
      ("@classLabel false\n@data\n1\n", ": names no classes"),
      ("@classLabel true a a\n", ": line 1: names a class twice"),
      ("@timeStamps true\n", ": line 1: says that times are in the file"),
      ("@targetLabel true\n", ": line 1: says that the series have numbers as targets"),
      ("@dimensions 0\n", ": line 1: gives no number of dimensions from 1 to 65536"),
      ("@dimensions\n", ": line 1: gives no number of dimensions"),
      ("@dimensions 99999999999999999999\n", ": line 1: gives no number of dimensions"),
      (header + "@data\n", ": has no series"),
      (header + "@data\n1,2\n", ": line 5: has no ':' before a class"),
      (header + "@data\n1,2:left\n", ": line 5, column 5: is of class 'left', which"),
      (header + "@data\n1:2:up\n1:up\n", ": line 6: has 1 variable, not 2"),
      (header + "@dimensions 3\n@data\n1:2:up\n", ": line 6: has 2 variables, not 3"),
      (header + "@data\n1,2:3:up\n", ": line 5: has 1 numbers of variable 2, and 2 of the first"),
      (header + "@data\n1,x2:up\n", ": line 5, column 3: 'x2' is no number"),
      (header + "@data\n1,,2:up\n", ": line 5, column 3: '' is no number"),
      (header + "@data\n1e99:up\n", ": line 5, column 1: '1e99' is no number"),
      (header + "@data\n(1,2):up\n", ": line 5, column 1: '(1' is no number"),
    ]
  )
  func `what is wrong is said, with its line`(text: String, problem: String) throws {
    let error = #expect(throws: FileError.self) { try read(text) }
    let line = try #require(error?.description)
    #expect(line.hasPrefix(folder.path + "/a.ts" + problem), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func `bytes that are no text are refused`() throws {
    let path = try folder.write([0xFF, 0xFE, 0x0A, 0x00], as: "a.ts")
    let error = #expect(throws: FileError.self) { try TimeSeriesFile.read(path) }
    #expect(error?.description == "\(path): line 1: is not UTF-8 text")
  }

  @Test func `damaged files trap nowhere`() throws {
    let whole = Array((Self.header + "@dimensions 2\n@data\n1,2,3:4,5,6:down\n7:?:up\n").utf8)
    var numbers = SeededNumbers(62)
    for _ in 0..<3_000 {
      var bytes = whole
      for _ in 0...numbers.integers(1, in: 0...3)[0] {
        bytes[numbers.integers(1, in: 0...bytes.count - 1)[0]] = UInt8(
          numbers.integers(1, in: 0...255)[0]
        )
      }
      let path = try folder.write(
        Array(bytes.prefix(numbers.integers(1, in: 0...bytes.count)[0])),
        as: "b.ts"
      )
      if let read = try? TimeSeriesFile.read(path) { _ = read.dataset() }
    }
  }

  @Test(
    .enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)),
    arguments: [
      ("JapaneseVowels", 270, 370, 12, 7...29, 9), ("BasicMotions", 40, 40, 6, 100...100, 4),
      ("ItalyPowerDemand", 67, 1029, 1, 24...24, 2), ("GunPoint", 50, 150, 1, 150...150, 2),
    ] as [(String, Int, Int, Int, ClosedRange<Int>, Int)]
  )
  func `files of the archives are read whole`(
    name: String,
    training: Int,
    test: Int,
    variables: Int,
    lengths: ClosedRange<Int>,
    classes: Int
  ) throws {
    var all: [Int] = []
    for (part, count) in [("TRAIN", training), ("TEST", test)] {
      let read = try TimeSeriesFile.read(SharedFolder.path("data/ucr/\(name)_\(part).ts"))
      #expect(read.name == name && read.series.count == count)
      #expect(read.variables == variables && read.outputNames.count == classes)
      #expect(!read.hasMissingValues)
      all += read.series.map { $0.values.count / variables }
    }
    #expect(all.min() == lengths.lowerBound && all.max() == lengths.upperBound)
  }
}
