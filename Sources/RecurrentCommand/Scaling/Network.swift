/// A way for messages, by what one costs: a time for being sent at all, and one for its bytes.
struct Link: Codable, Equatable {
  /// Seconds that a message of no bytes takes.
  var latency: Double
  /// Bytes a second.
  var bandwidth: Double

  /// How long a message takes, as one of `count` that share the way.
  func seconds(_ bytes: Double, sharedBy count: Int = 1) -> Double {
    latency + bytes * Double(count) / bandwidth
  }
}

/// What joins processes: nodes with several of them each, and a network between nodes.
struct Network: Codable, Equatable {
  /// From one node to another, through the one card that each has.
  var between: Link
  /// From one process to another of the same node.
  var within: Link
  /// The processes of a node; neighbours share one.
  var processesPerNode = 1

  /// The node that a process runs on.
  func node(of process: Int) -> Int { process / processesPerNode }
}

/// A kind of network, by name; its figures are typical ones, not measured.
enum NetworkName: String, CaseIterable, Codable {
  /// Gigabit Ethernet.
  case gigabit
  /// Ethernet of 10 gigabits a second.
  case tenGigabit = "10g"
  /// Ethernet of 100 gigabits a second whose cards reach memory by themselves.
  case hundredGigabit = "100g"
  /// InfiniBand HDR.
  case infiniband

  /// What it is, in words.
  var words: String {
    switch self {
    case .gigabit: "gigabit Ethernet with TCP"
    case .tenGigabit: "10-gigabit Ethernet with TCP"
    case .hundredGigabit: "100-gigabit Ethernet with RDMA"
    case .infiniband: "InfiniBand HDR"
    }
  }

  /// The time of a message of no bytes between two programs, in microseconds.
  var microseconds: Double {
    switch self {
    case .gigabit: 50
    case .tenGigabit: 25
    case .hundredGigabit: 3
    case .infiniband: 1.5
    }
  }

  /// Gigabits a second.
  var gigabits: Double {
    switch self {
    case .gigabit: 1
    case .tenGigabit: 10
    case .hundredGigabit: 100
    case .infiniband: 200
    }
  }
}
