import Recurrent
import Testing

@testable import RecurrentCommand

/// What is made of times that were measured.
struct StepTimesTests {
  @Test func `the middle, the nearest rank of p99-9 and the worst come of the times in any order`()
  {
    let times = StepTimes(kept: (1...2000).map { UInt64($0) }.shuffled())
    #expect(times.steps == 2000)
    #expect(times.median == 1001e-9)
    #expect(times.p999 == 1998e-9)
    #expect(times.worst == 2000e-9)
    #expect(times.interruptedSteps == 0 && times.worstInterrupted == nil)
    // Of 1000 the last but one, of fewer the last.
    #expect(StepTimes(kept: (1...1000).map { UInt64($0) }).p999 == 999e-9)
    #expect(StepTimes(kept: (1...999).map { UInt64($0) }).p999 == 999e-9)
    #expect(StepTimes(kept: [7]).p999 == 7e-9 && StepTimes(kept: [7]).median == 7e-9)
  }

  @Test func `interrupted steps are told apart, and the clock's part is taken off`() {
    let times = StepTimes(
      kept: [130, 110, 120, 20],
      interrupted: [5000, 9030],
      switches: ContextSwitches(forced: 2, own: 0),
      clockCost: 30
    )
    #expect(times.steps == 4 && times.interruptedSteps == 2)
    #expect(times.median == 90e-9)
    #expect(times.worst == 100e-9)
    #expect(times.worstInterrupted == 9e-6)
    #expect(times.clockCost == 30e-9)
    // A step that the clock cannot tell from nothing takes no time.
    #expect(StepTimes(kept: [20], clockCost: 30).worst == 0)
    // Where every step was interrupted, these are the steps.
    let none = StepTimes(kept: [], interrupted: [10, 20])
    #expect(none.steps == 2 && none.worst == 20e-9 && none.interruptedSteps == 2)
  }

  @Test func `the quietest round counts, with the steps and the worst of all`() {
    func round(_ times: [UInt64], _ interrupted: [UInt64], forced: Int) -> StepTimes {
      StepTimes(
        kept: times,
        interrupted: interrupted,
        switches: ContextSwitches(forced: forced, own: 1)
      )
    }
    let times = StepTimes(
      quietestOf: [
        round([10, 20, 90], [], forced: 0), round([11, 21, 31, 41], [700], forced: 2),
        round([12, 22, 80], [500, 600], forced: 3),
      ]
    )
    #expect(times.median == 31e-9 && times.p999 == 41e-9)
    #expect(times.worst == 90e-9 && times.steps == 10)
    #expect(times.interruptedSteps == 3 && times.worstInterrupted == 700e-9)
    #expect(times.switches == ContextSwitches(forced: 5, own: 3))
  }

  @Test func `a deadline is a block over the rate`() {
    let deadline = StepDeadline(rate: 48_000, block: 64)
    #expect(deadline.seconds == 64.0 / 48_000)
    #expect(abs(deadline.share(of: 0.001) - 0.75) < 1e-12)
    #expect(deadline.streams(of: 0.001) == 1 && deadline.streams(of: 0.0005) == 2)
    #expect(deadline.streams(of: 0.0014) == 0)
    #expect(deadline.streams(of: 0) == 1_333_333)
    #expect(deadline.words == "48000 samples a second, 64 to a step")
    #expect(StepDeadline(rate: 0.5, block: 1).words == "0.5 steps a second")
    let times = StepTimes(kept: [1000])
    #expect(StepDeadline(rate: 1e6, block: 1).holds(times))
    #expect(!StepDeadline(rate: 1.01e6, block: 1).holds(times))
  }

  /// A search among sizes whose steps take as many microseconds as the size says.
  private func search(
    _ sizes: [Int] = HiddenSizeSearch.all,
    rate: Double
  ) -> (result: HiddenSizeSearch.Result, measured: [Int]) {
    var measured: [Int] = []
    let deadline = StepDeadline(rate: rate, block: 1)
    let result = HiddenSizeSearch(sizes: sizes, deadline: deadline).result { hidden in
      measured.append(hidden)
      return StepTimes(kept: [UInt64(hidden) * 1000])
    }
    return (result, measured)
  }

  @Test(arguments: [16, 32, 48, 64, 100, 240, 1024, 1111, 4000, 4080, 4095])
  func `the largest size in time is found, and the next one is too late`(limit: Int) {
    let (result, measured) = search(rate: 1e6 / (Double(limit) + 0.5))
    #expect(result.largest?.hidden == limit / 16 * 16)
    #expect(result.tooLarge?.hidden == limit / 16 * 16 + 16)
    #expect(measured.count <= 18 && Set(measured).count == measured.count)
    // Much larger ones than needed cost the most time, and are not tried.
    #expect(measured.allSatisfy { $0 <= 4 * limit + 32 })
  }

  @Test func `all sizes may be in time, or none, or there may be no size`() {
    #expect(search(rate: 1).result.largest?.hidden == 4096)
    #expect(search(rate: 1).result.tooLarge == nil)
    let none = search(rate: 1e6)
    #expect(none.result.largest == nil && none.result.tooLarge?.hidden == 16)
    #expect(none.measured == [16])
    #expect(search([], rate: 1).result == .init(largest: nil, tooLarge: nil))
  }

  @Test func `layers of another size keep what else they are`() throws {
    var first = LayerDescription.Direction(kind: .lstm, inputSize: 3, hiddenSize: 8)
    first.options = LSTMCell.Options(isPeephole: true, projectionSize: 20)
    let second = LayerDescription.Direction(kind: .gru, inputSize: 20, hiddenSize: 20)
    var layers = [
      LayerDescription(directions: [first]), LayerDescription(directions: [second]),
    ]
    let resized = try #require(layers.resized(to: 64))
    #expect(resized.map { $0.directions[0].inputSize } == [3, 20])
    #expect(resized.map { $0.directions[0].hiddenSize } == [64, 64])
    #expect(resized[0].directions[0].options == first.options)
    #expect(layers.resized(to: 16) == nil)
    layers[1].isResidual = true
    #expect(layers.resized(to: 64) == nil)
    layers[0].directions[0].options?.projectionSize = nil
    #expect(layers.resized(to: 64)?[1].isResidual == true)
  }

  @Test func `the lines say what was found`() {
    let deadline = StepDeadline(rate: 48_000, block: 1)
    func lines(_ kept: [UInt64], _ interrupted: [UInt64], _ search: HiddenSizeSearch.Result)
      -> [String]
    {
      let times = StepTimes(kept: kept, interrupted: interrupted, clockCost: 25)
      return BudgetRecord(
        model: "small",
        layers: [],
        outputs: 1,
        deadline: deadline,
        times: times,
        search: search
      ).lines
    }
    func trial(_ hidden: Int, _ time: UInt64) -> HiddenSizeSearch.Trial {
      .init(hidden: hidden, times: StepTimes(kept: [time]))
    }
    let found = lines(
      [5025, 5025, 6025],
      [80_025],
      .init(largest: trial(240, 19_900), tooLarge: trial(256, 22_400))
    )
    #expect(
      found == [
        "A step: median 5.00 µs, p99.9 6.00 µs in the quietest of 3 rounds, worst 6.00 µs of all 3 "
          + "steps; 25 ns for the clock are taken off each",
        "Interrupted: 1 step more, the longest 80.0 µs, not in these figures; the thread was switched "
          + "0 times by the system, 0 by itself",
        "Deadline: 20.8 µs, 48000 steps a second: p99.9 takes 28.80%; one core serves 3 such streams",
        "Largest hidden size in time: 240 (p99.9 19.9 µs); too late is 256 (p99.9 22.4 µs)",
      ]
    )
    let late = lines([30_025], [], .init(largest: nil, tooLarge: trial(16, 21_000)))
    #expect(late[2].hasSuffix("p99.9 takes 144.00%; too late for one stream"))
    #expect(
      late[3] == "Largest hidden size in time: none; the smallest measured is 16 (p99.9 21.0 µs)"
    )
    #expect(
      lines([1], [], .init(largest: nil, tooLarge: nil))[3].hasSuffix("have no other size")
    )
    #expect(
      lines([1], [], .init(largest: trial(4096, 9), tooLarge: nil))[3]
        .hasSuffix("4096 (p99.9 0.01 µs), the largest that is tried")
    )
  }
}
