/// How much time there is for a step.
struct StepDeadline: Codable, Equatable {
  /// The samples of a second.
  let rate: Double
  /// The samples that one step answers to.
  let block: Int

  /// The time from one step to the next, in seconds.
  var seconds: Double { Double(block) / rate }

  /// The share of the time that a step takes.
  func share(of time: Double) -> Double { time / seconds }

  /// The number of streams whose steps, one after another, fit into the time.
  func streams(of time: Double) -> Int {
    // A step that took less than the clock can tell is counted as its smallest unit.
    Int(min(seconds / max(time, 1e-9), 1e9))
  }

  /// Whether a step keeps within the time, but for one in 1000.
  func holds(_ times: StepTimes) -> Bool { times.p999 <= seconds }

  /// The deadline in words, such as "48000 steps a second".
  var words: String {
    let number = rate == rate.rounded() && rate < 1e15 ? "\(Int(rate))" : "\(rate)"
    return block == 1
      ? "\(number) steps a second" : "\(number) samples a second, \(block) to a step"
  }
}
