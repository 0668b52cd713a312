import Testing

@testable import RecurrentCommand

struct BenchTextTests {
  @Test(arguments: [
    (0.000_001_234, "1.23 µs"), (0.000_42, "420 µs"), (0.000_999_6, "1.00 ms"), (0.0158, "15.8 ms"),
    (0.125, "125 ms"), (0.9996, "1.00 s"), (12.345, "12.3 s"),
  ])
  func `a time has three digits in the unit that suits it`(seconds: Double, text: String) {
    #expect(BenchTable.time(seconds) == text)
  }

  @Test func `columns stand under each other, text to the left and numbers to the right`() {
    let table = [["job", "n"], ["training", "1"], ["x", "128"]]
    #expect(
      alignedLines(table, textColumns: 1) == [
        "job         n", "training    1", "x         128",
      ]
    )
  }

  @Test(arguments: [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (8, [1, 2, 4, 8])])
  func `threads double up to the limit`(limit: Int, counts: [Int]) {
    #expect(BenchCommand.threadCounts(upTo: limit) == counts)
  }

  @Test func `the first processor's name is found among the others' lines`() {
    let text = "processor\t: 0\nmodel\t\t: 2\nmodel name\t: A: fast one\nmodel name\t: Another\n"
    #expect(Machine.brand(inProcessorList: text) == "A: fast one")
    #expect(Machine.brand(inProcessorList: "processor : 0\nBogoMIPS : 50.00\n") == nil)
  }

  @Test func `rates, shares and scaling follow from the times`() throws {
    let tasks: [any BenchTask] = [1, 2].flatMap { threads in
      [
        MatrixProductTask(size: 100, threads: threads) as any BenchTask,
        ModelTask(
          work: .inference,
          cell: .rnn,
          sizes: BenchShape(10, 1, 50, 100),
          threads: threads
        ),
      ]
    }
    // 2 million operations a product, 100,000 a pass: 10 rows of 100 sums of 50, and no state.
    let timings = [0.001, 0.0001, 0.0005, 0.0001].map {
      BenchRounds.Timing(median: $0, best: $0 / 2, processorShare: 0.5 + $0)
    }
    let record = BenchRecord(cell: .rnn, rounds: 3, tasks: tasks, timings: timings)
    #expect(record.rows.map { ($0.gigaflops * 1000).rounded() } == [2000, 1000, 4000, 1000])
    #expect(record.rows.map { ($0.shareOfProduct * 1000).rounded() } == [1000, 500, 1000, 250])
    #expect(
      record.rows.map { $0.scaling.map { ($0 * 1000).rounded() } } == [1000, 1000, 2000, 1000]
    )
    #expect(record.processorShare == 0.5005)
    #expect(record.commaSeparated.split(separator: "\n").count == 5)
  }
}
