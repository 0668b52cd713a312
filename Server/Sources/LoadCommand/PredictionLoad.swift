import Foundation
import LoopbackClient

/// Questions that are asked over many connections for a time.
struct PredictionLoad: Sendable {
  struct Result: Sendable {
    var latencies: [Duration] = []
    var problems: [String] = []
    /// The requests that were due, and not sent in time.
    var unsent = 0
    var seconds = 0.0
  }

  let target: Target
  let questions: [Question]
  let connections: Int
  /// Requests that are due in a second; nil where each follows on the answer before it.
  let rate: Double?
  let seconds: Double

  /// How long after the end requests that were due before it are still sent.
  private static let patience = 10.0

  func run() -> Result {
    let start = ContinuousClock.now + .milliseconds(200)
    let parts = onThreads(connections) { ask(over: $0, from: start) }
    var result = Result()
    for part in parts {
      result.latencies += part.latencies
      result.problems += part.problems
      result.unsent += part.unsent
    }
    result.seconds = (ContinuousClock.now - start).inSeconds
    return result
  }

  private func ask(over number: Int, from start: ContinuousClock.Instant) -> Result {
    var result = Result()
    let connection: LoopbackConnection
    do { connection = try target.connection() } catch {
      result.problems.append("\(error)")
      return result
    }
    var known = [[UInt8]?](repeating: nil, count: questions.count)
    let clock = ContinuousClock()
    Self.wait(until: start)
    for index in stride(from: number, to: .max, by: connections) {
      var begin = clock.now
      if let rate {
        let offset = Double(index) / rate
        guard offset < seconds else { break }
        guard (begin - start).inSeconds < seconds + Self.patience else {
          result.unsent += Int(
            ((seconds * rate - Double(index)) / Double(connections)).rounded(.up)
          )
          break
        }
        let due = start + .seconds(offset)
        Self.wait(until: due)
        begin = due
      } else if (begin - start).inSeconds >= seconds {
        break
      }
      let place = index % questions.count
      do {
        try connection.send(questions[place].request)
        let answer = try connection.answer()
        result.latencies.append(clock.now - begin)
        guard !questions[place].isAnswered(by: answer, known: &known[place]) else { continue }
        let text = answer.status == 200 ? "is not the library's answer" : answer.text
        result.problems.append("example \(place): \(answer.status) \(text.prefix(200))")
        if answer.status == 401 { break }
      } catch {
        result.problems.append("connection \(number): \(error)")
        break
      }
    }
    return result
  }

  private static func wait(until time: ContinuousClock.Instant) {
    let left = (time - ContinuousClock.now).inSeconds
    if left > 0 { Thread.sleep(forTimeInterval: left) }
  }
}
