import Foundation

/// The clock that steps are timed with, and the system's count of when the thread did not run.
enum StepClock {
  /// Nanoseconds of a clock that nobody sets.
  static var now: UInt64 {
    #if canImport(Darwin)
    return clock_gettime_nsec_np(CLOCK_UPTIME_RAW)
    #else
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    #endif
  }

  /// What reading the clock twice takes by itself, in nanoseconds: the middle of many times.
  static func cost() -> UInt64 {
    var differences: [UInt64] = []
    differences.reserveCapacity(10_001)
    for _ in 0..<10_001 {
      let start = now
      differences.append(now - start)
    }
    return differences.sorted()[differences.count / 2]
  }

  /// How often the thread has lost the processor; on macOS, how often the process's threads have.
  static var switches: ContextSwitches {
    var usage = rusage()
    // RUSAGE_THREAD is 1, but not among what the C library's module shows.
    #if canImport(Glibc)
    getrusage(__rusage_who_t(1), &usage)
    #elseif canImport(Musl)
    getrusage(1, &usage)
    #else
    getrusage(RUSAGE_SELF, &usage)
    #endif
    return ContextSwitches(forced: Int(usage.ru_nivcsw), own: Int(usage.ru_nvcsw))
  }
}

/// Changes from one thread to another.
struct ContextSwitches: Codable, Equatable {
  /// Those that the system made.
  var forced: Int
  /// Those that the thread made by waiting.
  var own: Int

  /// Those of two times together.
  static func + (a: ContextSwitches, b: ContextSwitches) -> ContextSwitches {
    ContextSwitches(forced: a.forced + b.forced, own: a.own + b.own)
  }

  /// Those since an earlier count.
  static func - (a: ContextSwitches, b: ContextSwitches) -> ContextSwitches {
    ContextSwitches(forced: a.forced - b.forced, own: a.own - b.own)
  }
}
