/// What the driver asks of a contender, one JSON line.
public struct Turn: Codable, Sendable {
  /// What to time; the first turn of a workload builds and warms it up.
  public let workload: Workload
  /// For how long; zero to get ready only.
  public let seconds: Double

  /// Creates a request.
  public init(workload: Workload, seconds: Double) {
    self.workload = workload
    self.seconds = seconds
  }
}

/// What a contender says when it has started, one JSON line.
public struct Greeting: Codable, Sendable {
  /// The version of each part it runs on, by name.
  public var versions: [String: String]?
  /// Why it cannot take part at all.
  public var unavailable: String?

  /// Creates the greeting of a contender that is ready.
  public init(versions: [String: String]) { self.versions = versions }
}

/// What a contender answers, one JSON line.
public struct Answer: Codable, Sendable {
  /// Seconds per operation, one for each sample.
  public var samples: [Double]?
  /// The settings chosen for this workload.
  public var settings: String?
  /// Why it does not take part in this workload.
  public var unsupported: String?
  /// What went wrong.
  public var failure: String?

  /// Creates an answer with times.
  public init(samples: [Double], settings: String) {
    self.samples = samples
    self.settings = settings
  }

  /// Creates the answer of a contender that does not take part.
  public init(unsupported: String) { self.unsupported = unsupported }
}
