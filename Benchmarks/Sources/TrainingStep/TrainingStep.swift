import Recurrent
import RecurrentData

/// One training step of the notebook's model: batch 128, 28 steps of 28 features, 128 hidden units.
///
/// Prints the median and the best time for one thread and for all, and the rate of the
/// multiply-adds that cannot be left out: no gradient of the data, no product with a zero state.
@main
struct TrainingStep {
  static let batch = 128.0
  static let steps = 28.0
  static let features = 28.0
  static let hidden = 128.0

  static func main() throws {
    let data = DrawnDigits.dataset(count: 128, seed: 1, split: .training)
    let all = TrainingOptions.availableThreads
    for threads in Set([1, all]).sorted() {
      let trainer = Trainer(
        SequenceModel.lstm(inputSize: 28, hiddenSize: 128, classes: 10, seed: 1),
        optimizer: GradientDescent(learningRate: 0.001),
        options: TrainingOptions(threads: threads)
      )
      let clock = ContinuousClock()
      var times: [Double] = []
      for round in 0..<320 {
        let start = clock.now
        try trainer.trainBatch(on: data, at: 0..<128)
        if round >= 20 { times.append((clock.now - start) / .milliseconds(1)) }
      }
      times.sort()
      report(threads: threads, median: times[times.count / 2], best: times[0])
    }
  }

  /// 2 operations a multiply-add, 4 gates; forward, backward and weights, each over its own steps.
  private static var operations: Double {
    let input = 2 * batch * 4 * hidden * features
    let state = 2 * batch * 4 * hidden * hidden
    return input * steps * 2 + state * (steps - 1) * 3
  }

  private static func report(threads: Int, median: Double, best: Double) {
    func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
    print(
      """
      \(threads) thread\(threads == 1 ? "" : "s"): median \(tenths(median)) ms, \
      best \(tenths(best)) ms, \((operations / median / 1e6).rounded()) GFLOP/s at the median
      """
    )
  }
}
