import Testing

@testable import RecurrentCommand

struct BenchPlanTests {
  private let grid = BenchGrid(cell: .lstm, features: 28, threads: 1, seconds: 0.25)

  @Test func `a fast machine measures every shape in five rounds`() {
    let plan = grid.plan(BenchSpeed(operationsPerSecond: 1e11))
    #expect(plan.tasks.count == 1 + 13 * 7)
    #expect(plan.rounds.count == 5)
    #expect(plan.leftOut == 0)
  }

  @Test(arguments: [1e8, 1e9, 1e10, 3e10, 1e11, 1e12])
  func `the whole grid takes three minutes at most`(operationsPerSecond: Double) {
    let plan = grid.plan(BenchSpeed(operationsPerSecond: operationsPerSecond))
    #expect(plan.estimate < 180)
    #expect(plan.leftOut + plan.tasks.count == 1 + 13 * 7)
  }

  @Test func `the largest shapes are left out first`() {
    let plan = grid.plan(BenchSpeed(operationsPerSecond: 1e9))
    let shapes = Set(plan.tasks.map(\.shape))
    #expect(plan.leftOut > 0 && plan.rounds.count == 1)
    #expect(shapes.contains("256x28x28x4") && !shapes.contains("256x28x28x1024"))
  }

  @Test(arguments: [(1e12, 2048), (1e10, 1024), (1e7, 128), (1, 64)])
  func `the product is the largest that does not take too long`(rate: Double, size: Int) {
    #expect(BenchSpeed(operationsPerSecond: rate).productSize(within: 0.5) == size)
  }

  /// Work that counts how often it is prepared and done.
  private final class CountedTask: BenchTask {
    let (name, shape, threads, operations) = ("count", "", 1, 1.0)
    private(set) var preparations = 0
    private(set) var done: [Int] = []
    var log: (() -> Void) = {}

    func prepared() throws -> () throws -> Void {
      preparations += 1
      return { [self] in
        done.append(preparations)
        log()
      }
    }
  }

  @Test func `a task is warmed up once where memory is kept, else in every round`() throws {
    for (keepsMemory, preparations) in [(true, 1), (false, 3)] {
      let task = CountedTask()
      let rounds = BenchRounds(count: 3, seconds: 0, keepsMemory: keepsMemory)
      let timings = try rounds.measure([task]) { _ in }
      #expect(task.preparations == preparations)
      #expect(task.done.count == preparations + 3)
      #expect(timings.count == 1 && timings[0].best <= timings[0].median)
    }
  }

  @Test func `tasks take turns`() throws {
    var order: [Int] = []
    let tasks = (0..<3).map { index in
      let task = CountedTask()
      task.log = { order.append(index) }
      return task
    }
    _ = try BenchRounds(count: 2, seconds: 0).measure(tasks) { _ in }
    // In the first round each is done once more, to warm it up.
    #expect(order == [0, 0, 1, 1, 2, 2, 0, 1, 2])
  }

  @Test func `the median is the middle number`() {
    #expect(BenchRounds.median(of: [3, 1, 2]) == 2)
    #expect(BenchRounds.median(of: [4]) == 4)
  }
}
