import ArgumentParser
import Foundation
import LoopbackClient

/// `recurrent-load predict`: how many predictions a server gives in a time, and how fast.
struct PredictCommand: ParsableCommand {
  enum Form: String, EnumerableFlag {
    case binary
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Ask for predictions over many connections, as fast as they come or at a rate.",
    discussion: """
      Without --rate each connection asks again as soon as it is answered. With it requests are due at \
      even distances whether or not earlier ones were answered, and a latency is counted from when its \
      request was due: one that had to wait for others took so much longer.
      """
  )

  @OptionGroup var target: TargetOptions

  @Option(help: "Connections that are open at once.")
  var connections = 32

  @Option(help: "How long to ask.")
  var seconds = 10.0

  @Option(help: "Requests that are due in a second, on all connections together.")
  var rate: Double?

  @Flag(help: "How numbers are sent: as bytes, or as JSON.")
  var form: Form = .binary

  func validate() throws {
    guard 1...10_000 ~= connections else {
      throw ValidationError("--connections is from 1 to 10000")
    }
    guard 0.1...86_400 ~= seconds else { throw ValidationError("--seconds is from 0.1 to 86400") }
    guard rate.map({ 0.01...1_000_000 ~= $0 }) ?? true else {
      throw ValidationError("--rate is from 0.01 to 1000000")
    }
  }

  func run() throws {
    let target = try target.target()
    let examples = try KnownExamples(target, run: self.target.folder, count: 64)
    let questions = examples.all.map { Question($0, form, features: examples.features, target) }
    let load = PredictionLoad(
      target: target,
      questions: questions,
      connections: connections,
      rate: rate,
      seconds: seconds
    )
    let result = load.run()
    let pace = rate.map { String(format: "%g due a second", $0) } ?? "as fast as they come"
    print("\(target.model): \(form.rawValue), \(connections) connections, \(pace)")
    print(
      String(
        format: "%d answers in %.2f s, %.1f a second",
        result.latencies.count,
        result.seconds,
        Double(result.latencies.count) / result.seconds
      )
    )
    print("latency \(Latencies(result.latencies).text)")
    if result.unsent > 0 { print("\(result.unsent) requests that were due were not sent in time") }
    for problem in result.problems.prefix(10) { print("problem: \(problem)") }
    guard result.problems.isEmpty else {
      print("\(result.problems.count) problems")
      throw ExitCode.failure
    }
    print("every answer is the library's own, to the bit")
  }
}

/// A request for a prediction, and what is to be answered.
struct Question: Sendable {
  let request: [UInt8]
  private let example: KnownExamples.Example
  private let form: PredictCommand.Form
  private let logits: [UInt8]

  init(
    _ example: KnownExamples.Example,
    _ form: PredictCommand.Form,
    features: Int,
    _ target: Target
  ) {
    (self.example, self.form) = (example, form)
    logits = example.logits.littleEndianBytes
    let type = form == .json ? "application/json" : "application/octet-stream"
    request = LoopbackConnection.request(
      "POST",
      target.path("predict"),
      headers: target.headers + [
        (name: "Content-Type", value: type), (name: "Accept", value: type),
      ],
      body: form == .json ? example.json(features: features) : example.input.littleEndianBytes
    )
  }

  /// Whether this is what the library answers; `known` are bytes that were found to be.
  func isAnswered(by answer: LoopbackAnswer, known: inout [UInt8]?) -> Bool {
    guard answer.status == 200 else { return false }
    switch form {
    case .binary: return answer.body == logits
    case .json:
      if let known { return answer.body == known }
      guard example.isAnswered(by: answer.body) else { return false }
      known = answer.body
      return true
    }
  }
}
