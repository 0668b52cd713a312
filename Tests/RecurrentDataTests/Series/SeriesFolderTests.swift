import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct SeriesFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ name: String) throws {
    let place = URL(filePath: folder.path + "/" + name).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    _ = try folder.write(Array(text.utf8), as: name)
  }

  @Test func `folders are classes, and their files series`() throws {
    try write("x,y\n1,2\n3,\n", "down/b.csv")
    try write("x,y\n5,6\n", "down/a.csv")
    try write("7\t8\n", "up/c.tsv")
    try write("not looked at", ".hidden")
    let series = try SeriesFolder.read(folder.path)
    #expect(series.outputNames == ["down", "up"] && series.variables == 2)
    #expect(series.series.map(\.label) == [0, 0, 1])
    #expect(series.series[0].values == [5, 6] && series.series[2].values == [7, 8])
    #expect(series.series[1].values[3].isNaN)
    #expect(try SeriesFolder.files(in: folder.path).count == 3)
  }

  @Test func `other files and variables are refused`() throws {
    #expect(throws: FileError.self) { try SeriesFolder.read(folder.path) }
    try write("1,2\n", "a/a.csv")
    try write("1,2,3\n", "b/a.csv")
    let error = #expect(throws: FileError.self) { try SeriesFolder.read(folder.path) }
    #expect("\(try #require(error))".contains("b/a.csv: has 3 variables, and "))
    try write("x\nword\n", "a/a.csv")
    #expect(throws: FileError.self) { try SeriesFolder.read(folder.path) }
    #expect(throws: FileError.self) { try SeriesFolder.read(folder.path + "/none") }
  }
}
