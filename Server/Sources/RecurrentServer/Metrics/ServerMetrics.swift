import Synchronization

/// What the server counts about itself.
final class ServerMetrics: Sendable {
  private struct Answered: Hashable {
    var method: String
    var route: String
    var status: Int
  }

  private struct State {
    var answered: [Answered: Int] = [:]
    var received = 0
    var sent = 0
    var steps = 0
    var seconds: [String: Histogram] = [:]
  }

  private static let secondBounds = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
    10,
  ]

  private let state = Mutex(State())
  /// The sequences that a model read together.
  let batches = Histogram([1, 2, 4, 8, 16, 32, 64])

  /// Counts an answer; `route` is nil where there is none for the request.
  func countAnswer(
    _ method: String,
    _ route: String?,
    status: Int,
    seconds: Double,
    received: Int,
    sent: Int
  ) {
    let route = route ?? "other"
    // A method is any word that a client makes up.
    let method = Self.methods.contains(method) ? method : "other"
    let histogram = state.withLock { state in
      state.answered[Answered(method: method, route: route, status: status), default: 0] += 1
      state.received += received
      state.sent += sent
      if let found = state.seconds[route] { return found }
      let made = Histogram(Self.secondBounds)
      state.seconds[route] = made
      return made
    }
    histogram.observe(seconds)
  }

  private static let methods: Set = ["GET", "POST", "PUT", "DELETE"]

  /// Counts steps that sessions read.
  func countSteps(_ count: Int) { state.withLock { $0.steps += count } }

  /// Counts bytes of an answer that is sent piece by piece.
  func countSent(_ count: Int) { state.withLock { $0.sent += count } }

  /// All of it as Prometheus reads it.
  func text(openSessions: Int, connections: Int) -> String {
    let (answered, received, sent, steps, seconds) = state.withLock {
      ($0.answered, $0.received, $0.sent, $0.steps, $0.seconds)
    }
    var lines = PrometheusText.head("recurrent_requests_total", "counter", "Requests answered.")
    let order = answered.sorted {
      ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
    }
    for (key, count) in order {
      lines.append(
        PrometheusText.sample(
          "recurrent_requests_total",
          [("method", key.method), ("route", key.route), ("status", "\(key.status)")],
          "\(count)"
        )
      )
    }
    let latency = "recurrent_request_seconds"
    lines += PrometheusText.head(latency, "histogram", "Seconds until a request was answered.")
    for (route, histogram) in seconds.sorted(by: { $0.key < $1.key }) {
      lines += histogram.lines(latency, labels: [("route", route)])
    }
    let batch = "recurrent_batch_sequences"
    lines += PrometheusText.head(batch, "histogram", "Sequences that a model read together.")
    lines += batches.lines(batch)
    func number(_ name: String, _ type: String, _ help: String, _ value: String) {
      lines += PrometheusText.head(name, type, help)
      lines.append(PrometheusText.sample(name, [], value))
    }
    number("recurrent_sessions_open", "gauge", "Sessions that are open.", "\(openSessions)")
    number("recurrent_connections_open", "gauge", "Connections that are open.", "\(connections)")
    number("recurrent_session_steps_total", "counter", "Steps that sessions read.", "\(steps)")
    number("recurrent_received_bytes_total", "counter", "Bytes of requests' bodies.", "\(received)")
    number("recurrent_sent_bytes_total", "counter", "Bytes of answers' bodies.", "\(sent)")
    if let bytes = ProcessUse.residentBytes {
      number("process_resident_memory_bytes", "gauge", "Bytes of memory held.", "\(bytes)")
    }
    number(
      "process_cpu_seconds_total",
      "counter",
      "Seconds that threads computed.",
      "\(ProcessUse.processorSeconds)"
    )
    return lines.joined(separator: "\n") + "\n"
  }
}
