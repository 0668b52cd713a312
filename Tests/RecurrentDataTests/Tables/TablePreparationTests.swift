import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

struct TablePreparationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(_ text: String) throws -> Table {
    try TableFile(folder.write(Array(text.utf8), as: "a.csv")).read()
  }

  private func recognised(
    _ text: String,
    _ columns: TablePreparation.Columns = TablePreparation.Columns(),
    task: TablePreparation.Task? = nil
  ) throws -> (preparation: TablePreparation, remarks: [String]) {
    try TablePreparation.recognised(in: table(text), path: "a.csv", columns, task: task)
  }

  private static let walks = """
    subject,time,x,colour,label
    a,1,2,red,up
    a,0,1,blue,up
    b,0,5,,down
    b,1,4,red,

    """

  @Test func `a class that is one for each series is told of it`() throws {
    let (preparation, remarks) = try recognised(Self.walks)
    #expect(preparation.task == .classify && remarks.isEmpty)
    #expect(preparation.group == "subject" && preparation.time == "time")
    #expect(preparation.targets == ["label"] && preparation.outputNames == ["down", "up"])
    #expect(preparation.variableNames == ["x", "colour=red", "colour=blue"])
    #expect(
      preparation.words
        == "reads x, colour (2 words) and tells label of each series; subject tells series apart; time orders rows"
    )
    let (series, told) = try preparation.labelledSeries(in: table(Self.walks), path: "a.csv")
    #expect(series.variables == 3 && series.outputNames == ["down", "up"])
    #expect(series.series.map(\.label) == [1, 0])
    #expect(series.series[0].values == [1, 0, 1, 2, 1, 0])
    #expect(series.series[1].values == [5, 0, 0, 4, 1, 0])
    #expect(told == ["Rows were put in the order of 'time'"])
    let kept = try JSONDecoder()
      .decode(TablePreparation.self, from: JSONEncoder().encode(preparation))
    #expect(kept == preparation)
  }

  @Test func `words that change within a series label its rows`() throws {
    let text = "t,x,state\n0,1,on\n1,2,off\n2,3,\n3,4,on\n"
    let (preparation, _) = try recognised(text)
    #expect(preparation.task == .label && preparation.group == nil && preparation.time == "t")
    let (series, _) = try preparation.labelledSeries(in: table(text), path: "a.csv", window: 3)
    #expect(series.areContinuous && series.labelsEachTime && series.series.count == 2)
    #expect(series.series[0].answer == .labels([1, 0, -1]))
    #expect(series.series[1] == .init(values: [4], answer: .labels([1])))
    let dataset = series.dataset()
    #expect(dataset.steps == 3 && dataset.lengths == [3, 1])
    guard case .classesOfSteps(let labels) = dataset.targets else {
      Issue.record("no class for each step")
      return
    }
    #expect(labels == [1, 0, -1, 1, -1, -1])
  }

  @Test func `numbers that are the same within a series are told of it`() throws {
    let text = "series,x,target\n1,1,0.5\n1,2,0.5\n2,3,\n2,4,1.5\n"
    let (preparation, _) = try recognised(text)
    #expect(preparation.task == .regress && preparation.outputNames == ["target"])
    let (series, _) = try preparation.labelledSeries(in: table(text), path: "a.csv")
    #expect(series.answersAreNumbers)
    #expect(series.series.map(\.answer) == [.numbers([0.5]), .numbers([1.5])])
  }

  @Test func `numbers without a target are forecast, all of them`() throws {
    let text = "date,load,note,heat\n2026-01-02,1,a,4\n2026-01-01,2,b,\n"
    let (preparation, remarks) = try recognised(text, task: .forecast)
    #expect(preparation.task == .forecast && preparation.targets == ["load", "heat"])
    #expect(remarks == ["Column 'note' is of words, and left out"])
    #expect(
      preparation.targetPlaces == [0, 1] && preparation.words.hasPrefix("forecasts load, heat;")
    )
    let (series, told) = try preparation.series(in: table(text), path: "a.csv")
    #expect(series.count == 1 && series[0].values.prefix(2).elementsEqual([2, .nan]) == false)
    #expect(
      series[0].values[0] == 2 && series[0].values[1].isNaN && series[0].values[2...] == [1, 4]
    )
    #expect(told == ["Rows were put in the order of 'date'"])
    let one = try recognised(text, .init(targets: ["heat"]))
    #expect(one.preparation.targets == ["heat"] && one.preparation.targetPlaces == [1])
  }

  @Test func `whole numbers called a class are classes`() throws {
    let text = "series,x,class\n1,1,3\n1,2,3\n2,3,1\n"
    let (preparation, _) = try recognised(text)
    #expect(preparation.task == .classify && preparation.outputNames == ["1", "3"])
    let asked = try recognised("group,x,k\n1,1,2\n1,2,2\n2,3,5\n", task: .classify)
    #expect(asked.preparation.targets == ["k"] && asked.preparation.outputNames == ["2", "5"])
  }

  @Test func `a target named in full goes before one called y`() throws {
    #expect(try recognised("series,x,y,label\n1,2,3,a\n2,3,4,b\n").preparation.targets == ["label"])
    #expect(try recognised("ds,y\n1,2\n2,3\n").preparation.targets == ["y"])
  }

  @Test(
    arguments: [
      ("a,b\n1,2\n", .init(targets: ["c"]), nil, "a.csv: has no column 'c'; its columns are a, b"),
      (
        "t,y\n0,1\n,2\n", .init(), nil,
        "a.csv: row 2 has no time in column 't'"
      ),
      (
        "series,x,label\n1,2,a\n,3,b\n1,2,a\n", .init(), nil,
        "a.csv: row 2 has nothing in column 'series', which tells series apart"
      ),
      (
        "y\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12x\n", .init(), nil, "a.csv: row 12 has '12x' among"
      ),
      ("label\na\nb\n", .init(), nil, "a.csv: has no column to be read beside label"),
      ("x,w\n1,a\n2,b\n", .init(targets: ["w"]), .forecast, "a.csv: column 'w' is of words"),
      ("x,w\n1,a\n2,b\n", .init(targets: ["w"]), .regress, "a.csv: column 'w' is of words"),
      (
        "series,x\n20000000,1\n20000001,2\n20000001,3\n", .init(), nil,
        "a.csv: row 1 has a number in column 'series' that is too large to tell series apart"
      ),
    ] as [(String, TablePreparation.Columns, TablePreparation.Task?, String)]
  )
  func `what does not fit is said in one line`(
    text: String,
    columns: TablePreparation.Columns,
    task: TablePreparation.Task?,
    message: String
  ) throws {
    let error = #expect(throws: FileError.self) {
      let (preparation, _) = try recognised(text, columns, task: task)
      _ = try preparation.series(in: table(text), path: "a.csv")
    }
    #expect("\(try #require(error))".hasPrefix(message), "\(error.map { "\($0)" } ?? "")")
  }

  @Test func `a class that was not there to train on is refused`() throws {
    let (preparation, _) = try recognised(Self.walks)
    let other = try table("subject,time,x,colour,label\nq,0,1,red,new\n")
    let error = #expect(throws: FileError.self) {
      try preparation.labelledSeries(in: other, path: "b.csv")
    }
    #expect(
      "\(try #require(error))".hasPrefix(
        "b.csv: row 1 is of class 'new', of which there is none to train on"
      )
    )
    let two = try table("subject,time,x,colour,label\nq,0,1,red,up\nq,1,1,red,down\n")
    #expect(throws: FileError.self) { try preparation.labelledSeries(in: two, path: "b.csv") }
    // A word that was not there is none of those that were.
    let words = try table("subject,time,x,colour\nq,0,1,green\n")
    #expect(try preparation.series(in: words, path: "b.csv").series[0].values == [1, 0, 0])
  }

  @Test func `dates that are not written as ISO 8601 has them stay as they come`() throws {
    let text = "date,x\n12/1/2026,1\n2/1/2026,2\n"
    let (preparation, _) = try recognised(text)
    let (series, told) = try preparation.series(in: table(text), path: "a.csv")
    #expect(series[0].values == [1, 2] && told.count == 1 && told[0].contains("as they come"))
  }
}
