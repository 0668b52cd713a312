import Foundation
import Recurrent

/// What a budget came to, for other programs.
struct BudgetRecord: Codable, Equatable {
  var version = Version.text
  var machine = Machine.current
  var instructionSet = Recurrent.instructionSet
  /// The run, or the layers that were asked for.
  var model: String
  var layers: [LayerDescription]
  var outputs: Int
  /// How the weights are kept.
  var weights: StreamingWeights
  var deadline: StepDeadline
  var times: StepTimes
  /// Of the deadline, for a step at p99.9.
  var share: Double
  /// How many such streams one core serves, each step at p99.9.
  var streams: Int
  var search: HiddenSizeSearch.Result

  /// Puts what was measured together.
  init(
    model: String,
    layers: [LayerDescription],
    outputs: Int,
    weights: StreamingWeights = .float32,
    deadline: StepDeadline,
    times: StepTimes,
    search: HiddenSizeSearch.Result
  ) {
    self.model = model
    self.layers = layers
    self.outputs = outputs
    self.weights = weights
    self.deadline = deadline
    self.times = times
    self.search = search
    share = deadline.share(of: times.p999)
    streams = deadline.streams(of: times.p999)
  }

  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// What was found, line by line.
  var lines: [String] {
    [
      """
      A step: median \(Self.time(times.median)), p99.9 \(Self.time(times.p999)) in the quietest of \
      \(StepMeasurement.rounds) rounds, worst \(Self.time(times.worst)) of all \(times.steps) steps; \
      \(decimals(times.clockCost * 1e9, 0)) ns for the clock are taken off each
      """,
      interruptions,
      """
      Deadline: \(Self.time(deadline.seconds)), \(deadline.words): p99.9 takes \(percent(share)); \
      \(streams == 0 ? "too late for one stream" : "one core serves \(streams) such stream\(streams == 1 ? "" : "s")")
      """,
      searched,
    ]
  }

  private var interruptions: String {
    let count = times.interruptedSteps
    let switches =
      "switched \(times.switches.forced) times by the system, \(times.switches.own) by itself"
    guard count > 0, let longest = times.worstInterrupted else {
      return "Interrupted: no step; the thread was \(switches)"
    }
    return """
      Interrupted: \(count) step\(count == 1 ? "" : "s") more, the longest \(Self.time(longest)), not in \
      these figures; the thread was \(switches)
      """
  }

  private var searched: String {
    func words(_ trial: HiddenSizeSearch.Trial) -> String {
      "\(trial.hidden) (p99.9 \(Self.time(trial.times.p999)))"
    }
    guard let largest = search.largest else {
      guard let smallest = search.tooLarge else {
        return "Largest hidden size in time: such layers have no other size"
      }
      return "Largest hidden size in time: none; the smallest measured is \(words(smallest))"
    }
    guard let next = search.tooLarge else {
      return "Largest hidden size in time: \(words(largest)), the largest that is tried"
    }
    return "Largest hidden size in time: \(words(largest)); too late is \(words(next))"
  }

  private static func time(_ seconds: Double) -> String { BenchTable.time(seconds) }
}
