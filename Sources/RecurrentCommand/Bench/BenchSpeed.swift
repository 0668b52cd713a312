/// How fast this machine multiplies matrices on one thread, found in a moment, to plan with.
struct BenchSpeed {
  /// The sizes of square matrices that other work may be compared with, the best measure first.
  private static let productSizes = [2048, 1024, 512, 256, 128, 64]

  /// Operations in a second.
  let operationsPerSecond: Double

  /// Plans with a rate that is known.
  init(operationsPerSecond: Double) { self.operationsPerSecond = operationsPerSecond }

  /// Multiplies small matrices a few times.
  init() throws {
    let trial = MatrixProductTask(size: 256, threads: 1)
    let timing = try BenchRounds(count: 3, seconds: 0).measure([trial]) { _ in }
    operationsPerSecond = trial.operations / timing[0].best
  }

  /// The largest product that takes no longer than `seconds` on one thread.
  func productSize(within seconds: Double) -> Int {
    Self.productSizes.first { size in
      MatrixProductTask(size: size, threads: 1).operations <= seconds * operationsPerSecond
    } ?? 64
  }

  /// About how long a task takes once, in seconds.
  func estimate(_ task: any BenchTask) -> Double {
    var rate = operationsPerSecond * Double(task.threads)
    if let model = task as? ModelTask {
      // A model reaches part of the product's speed, and a batch is cut in parts of 4 or more.
      rate = 0.6 * operationsPerSecond * Double(min(model.threads, max(1, model.sizes.batch / 4)))
    }
    return 0.000_02 + task.operations / rate
  }
}
