/// Times one operation, by the same rules as the Python contenders.
struct Stopwatch {
  private let operation: () throws -> Void
  private let callsPerSample: Int

  /// A sample lasts at least this long: shorter operations are timed several at a time.
  private static let shortestSample = 0.002
  private static let warmUpSeconds = 0.5
  private static let fewestWarmUps = 3
  private static let fewestSamples = 3

  /// Runs the operation for a while, to warm it up and to see how long it takes.
  init(_ operation: @escaping () throws -> Void) throws {
    self.operation = operation
    let start = ContinuousClock.now
    var fastest = Double.infinity
    var calls = 0
    while calls < Self.fewestWarmUps || Self.seconds(since: start) < Self.warmUpSeconds {
      let before = ContinuousClock.now
      try operation()
      fastest = min(fastest, Self.seconds(since: before))
      calls += 1
    }
    callsPerSample = max(1, Int((Self.shortestSample / fastest).rounded()))
  }

  /// Seconds per operation, a sample after the other until `seconds` have passed; none if zero.
  func measure(seconds: Double) throws -> [Double] {
    guard seconds > 0 else { return [] }
    try operation()  // Another process ran in between: fetch code and data back.
    var samples: [Double] = []
    let start = ContinuousClock.now
    while Self.seconds(since: start) < seconds || samples.count < Self.fewestSamples {
      let before = ContinuousClock.now
      for _ in 0..<callsPerSample { try operation() }
      samples.append(Self.seconds(since: before) / Double(callsPerSample))
    }
    return samples
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }
}
