import Recurrent

/// How long single steps took, in seconds.
///
/// Steps during which the thread lost the processor are told apart: what they took is the system's doing.
/// Where there are no others, they are all there is.
struct StepTimes: Codable, Equatable {
  /// The number of steps that kept the processor, in all rounds.
  private(set) var steps: Int
  /// The middle time.
  let median: Double
  /// The time that 999 of 1000 steps do not exceed; of fewer steps the longest.
  let p999: Double
  /// The longest time, in all rounds.
  private(set) var worst: Double
  /// The number of steps during which the thread lost the processor.
  private(set) var interruptedSteps: Int
  /// The longest of these.
  private(set) var worstInterrupted: Double?
  /// How often the thread lost the processor, between the steps too.
  private(set) var switches: ContextSwitches
  /// What was taken off each time for the clock.
  let clockCost: Double

  /// Sums up times in nanoseconds; there is at least one.
  init(
    kept: [UInt64],
    interrupted: [UInt64] = [],
    switches: ContextSwitches = ContextSwitches(forced: 0, own: 0),
    clockCost: UInt64 = 0
  ) {
    /// A time without the clock's part, in seconds.
    func seconds(_ nanoseconds: UInt64) -> Double {
      Double(nanoseconds - min(nanoseconds, clockCost)) / 1e9
    }
    let sorted = (kept.isEmpty ? interrupted : kept).sorted()
    steps = sorted.count
    median = seconds(sorted[sorted.count / 2])
    // The nearest rank: the place in the order, counted from 1, is 999/1000 of the count, rounded up.
    p999 = seconds(sorted[(sorted.count * 999 + 999) / 1000 - 1])
    worst = seconds(sorted[sorted.count - 1])
    interruptedSteps = interrupted.count
    worstInterrupted = interrupted.max().map(seconds)
    self.switches = switches
    self.clockCost = Double(clockCost) / 1e9
  }

  /// The quietest of several rounds, with the steps and the longest times of all.
  ///
  /// What else the machine does makes a round slower, and none faster.
  ///
  /// - Precondition: There is at least one.
  init(quietestOf rounds: [StepTimes]) {
    require(!rounds.isEmpty, "there is a quietest one of at least one round")
    self = rounds.reduce(rounds[0]) { $1.p999 < $0.p999 ? $1 : $0 }
    steps = rounds.reduce(0) { $0 + $1.steps }
    worst = rounds.reduce(0) { max($0, $1.worst) }
    interruptedSteps = rounds.reduce(0) { $0 + $1.interruptedSteps }
    worstInterrupted = rounds.compactMap(\.worstInterrupted).max()
    switches = rounds.dropFirst().reduce(rounds[0].switches) { $0 + $1.switches }
  }
}
