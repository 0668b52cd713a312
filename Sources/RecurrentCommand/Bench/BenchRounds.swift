import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// Times tasks in rounds, each task once a round, so that a machine that becomes slower or faster
/// meanwhile does so for all of them.
struct BenchRounds {
  /// The number of rounds.
  var count = 5
  /// How long a task is repeated, over all rounds; at least once a round whatever it takes.
  var seconds: Double
  /// Whether a task keeps its memory between rounds, and so need not be warmed up in each.
  var keepsMemory = true

  /// How long a task took, in seconds.
  struct Timing {
    /// The median of the rounds' medians.
    var median: Double
    /// The shortest time.
    var best: Double
    /// The share of the asked for threads' time in which they ran; 1 where none had to wait.
    var processorShare: Double
  }

  /// Where the measurement stands.
  struct Progress {
    var round: Int
    var task: any BenchTask
    /// The share of all visits that are over.
    var share: Double
  }

  /// Times every task.
  func measure(
    _ tasks: [any BenchTask],
    progress: (Progress) -> Void
  ) throws -> [Timing] {
    var bodies = [(() throws -> Void)?](repeating: nil, count: tasks.count)
    var medians = [[Double]](repeating: [], count: tasks.count)
    var best = [Double](repeating: .infinity, count: tasks.count)
    var spent = [Double](repeating: 0, count: tasks.count)
    var passed = [Double](repeating: 0, count: tasks.count)
    for round in 0..<count {
      for (index, task) in tasks.enumerated() {
        let share = Double(round * tasks.count + index) / Double(count * tasks.count)
        progress(Progress(round: round + 1, task: task, share: share))
        let body = try bodies[index] ?? warmed(task)
        let before = Self.processorTime
        let times = try repeated(body)
        spent[index] += Self.processorTime - before
        passed[index] += times.reduce(0, +)
        medians[index].append(Self.median(of: times))
        best[index] = min(best[index], times.min() ?? .infinity)
        bodies[index] = keepsMemory ? body : nil
      }
    }
    return tasks.indices.map { index in
      Timing(
        median: Self.median(of: medians[index]),
        best: best[index],
        processorShare: spent[index] / (passed[index] * Double(tasks[index].threads))
      )
    }
  }

  /// About how long it takes to measure tasks, given how long each takes once.
  func estimate(_ once: [Double]) -> Double {
    let visits = Double(count)
    return once.reduce(0) { sum, once in
      sum + max(seconds, visits * once) + (keepsMemory ? 1 : visits) * once
    }
  }

  /// Prepares a task and does it once, which fills its memory.
  private func warmed(_ task: any BenchTask) throws -> () throws -> Void {
    let body = try task.prepared()
    try body()
    return body
  }

  /// The times of doing the work again and again for one round.
  private func repeated(_ body: () throws -> Void) rethrows -> [Double] {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds / Double(count))
    var times: [Double] = []
    var start = clock.now
    repeat {
      try body()
      let now = clock.now
      times.append((now - start) / .seconds(1))
      start = now
    } while start < end
    return times
  }

  /// The time that all threads of this process have run, in seconds.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The middle of some numbers, the upper one of an even count.
  static func median(of numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }
}
