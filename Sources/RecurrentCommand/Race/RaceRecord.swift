import Foundation
import Recurrent
import RecurrentData
import RecurrentReports

/// What came of a race: `race.json`.
struct RaceRecord: Codable {
  static let fileName = "race.json"
  static let chartName = "race.svg"

  /// What decides a race.
  enum Measure: String, Codable {
    /// The share of classes told rightly.
    case accuracy
    /// The mean surprise by a token.
    case nats
    /// The mean squared error of scaled numbers.
    case cost
    /// The mean absolute scaled error of forecasts.
    case scaledError = "mean-absolute-scaled-error"
  }

  /// What an epoch came to on the validation examples, where there are some.
  struct Epoch: Codable, Equatable {
    /// The seconds of training up to its end.
    var seconds: Double
    var cost: Double?
    var accuracy: Double?
  }

  /// What a training came to.
  struct Result: Codable, Equatable {
    var contender: String
    var seed: UInt64
    var parameters: Int
    var epochs: [Epoch] = []
    /// By the measure; nil where training diverged.
    var value: Double?

    /// The seconds of training.
    var seconds: Double { epochs.last?.seconds ?? 0 }
  }

  var version = Version.text
  var data: DataSelection
  var dataFingerprint: String
  var contenders: [String]
  var measure: Measure
  /// The number of answers, or of windows of a text, that were judged.
  var count: Int
  /// The seconds each was given; nil for the same number of epochs.
  var seconds: Double?
  var threads: Int
  var instructionSet = Recurrent.instructionSet
  var results: [Result] = []

  init(
    _ contenders: [String],
    data: RunData,
    selection: DataSelection,
    seconds: Double?,
    threads: Int
  ) {
    self.contenders = contenders
    self.data = selection
    self.seconds = seconds
    self.threads = threads
    dataFingerprint = data.fingerprint
    count = data.heldOut.count
    measure =
      switch selection.task {
      case .classify, .label: .accuracy
      case .languageModel: .nats
      case .regress: .cost
      case .forecast: .scaledError
      }
  }

  /// The record as text.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Seconds to the tenth where they are few.
  private static func time(_ seconds: Double) -> String {
    seconds < 60 ? "\(decimals(seconds, 1)) s" : duration(seconds)
  }

  /// What a training came to, in a line.
  func line(of result: Result) -> String {
    let value = result.value.map(measure.text) ?? "diverged"
    let count = result.epochs.count
    return """
      Seed \(result.seed): \(result.contender) \(value), \(count) epoch\(count == 1 ? "" : "s") in \
      \(Self.time(result.seconds))
      """
  }
}

extension RaceRecord.Measure {
  /// Whether more is better.
  var isGain: Bool { self == .accuracy }

  /// What it is called, after "judged by".
  var words: String {
    switch self {
    case .accuracy: "accuracy"
    case .nats: "nats a token"
    case .cost: "mean squared error in standard deviations"
    case .scaledError: "mean absolute scaled error running freely"
    }
  }

  /// A value in words.
  func text(_ value: Double) -> String {
    switch self {
    case .accuracy: percent(value)
    case .nats: "\(decimals(value, 4)) nats"
    case .cost, .scaledError: decimals(value, 4)
    }
  }

  /// A difference of values, or half the width of an interval, in words.
  func differenceText(_ difference: Double) -> String {
    self == .accuracy ? "\(decimals(100 * difference, 2)) points" : decimals(difference, 4)
  }

  /// What it is of a model that was judged.
  func value(of outcome: RunOutcome) -> Double {
    guard let forecast = outcome.forecast else {
      return self == .accuracy ? outcome.result.accuracy ?? .nan : outcome.result.cost
    }
    let total = ForecastComparison.total(forecast.freeRunning)
    return total.meanAbsoluteScaledError ?? total.own.meanAbsoluteError
  }
}

extension RaceRecord {
  /// The mean of a contender with its interval; nil where a training of its diverged.
  private func interval(_ contender: String) -> MeanInterval? {
    let own = results.filter { $0.contender == contender }
    let values = own.compactMap(\.value)
    return values.count == own.count ? MeanInterval(of: values) : nil
  }

  /// The contenders from the best to the worst, those that diverged last.
  var ranking: [String] {
    let means = contenders.map { interval($0)?.mean }
    return contenders.indices.sorted { first, second in
      guard let one = means[first] else { return false }
      guard let other = means[second] else { return true }
      return measure.isGain ? one > other : one < other
    }.map { contenders[$0] }
  }

  /// Who did best, and whether the others are clearly worse, a line each.
  var conclusions: [String] {
    let ranking = ranking
    let width = ranking.map(\.count).max() ?? 0
    var lines = [
      "Mean over the seeds with its 95% interval by Student's t, the best first; differences are paired"
    ]
    for contender in ranking {
      let own = results.filter { $0.contender == contender }
      let name = contender.padding(toLength: width, withPad: " ", startingAt: 0)
      let seconds = own.reduce(0) { $0 + $1.seconds } / Double(max(own.count, 1))
      guard let interval = interval(contender) else {
        lines.append(
          "  \(name)  diverged from \(own.count { $0.value == nil }) of \(own.count) seeds"
        )
        continue
      }
      let sure = interval.halfWidth.map { " ± \(measure.differenceText($0))" } ?? ""
      let size = own.first.map { "\($0.parameters) parameters, " } ?? ""
      lines.append(
        """
          \(name)  \(measure.text(interval.mean))\(sure)  (\(size)\(Self.time(seconds)) each)\
        \(contender == ranking[0] ? "" : "  \(difference(contender, from: ranking[0]))")
        """
      )
    }
    return lines
  }

  /// How much worse a contender is than the best one, seed by seed.
  private func difference(_ contender: String, from best: String) -> String {
    let own = results.filter { $0.contender == contender }
    let differences = own.compactMap { result -> Double? in
      let other = results.first { $0.contender == best && $0.seed == result.seed }
      guard let one = result.value, let two = other?.value else { return nil }
      return measure.isGain ? two - one : one - two
    }
    guard let interval = MeanInterval(of: differences) else { return "" }
    let text = "behind by \(measure.differenceText(interval.mean))"
    guard let halfWidth = interval.halfWidth else { return text + "; one seed says little" }
    let isClear = interval.mean > halfWidth
    return text + " ± \(measure.differenceText(halfWidth)): "
      + (isClear ? "clearly" : "not clearly")
  }

  /// The mean over the seeds of what was watched, epoch by epoch; what was judged where nothing was.
  var chart: LineChart {
    let isWatched = results.contains { $0.epochs.contains { $0.cost != nil } }
    let isOfAccuracy = measure == .accuracy
    let series = contenders.map { contender in
      let own = results.filter { $0.contender == contender }
      let count = own.map(\.epochs.count).min() ?? 0
      return LineChart.Series(
        name: contender,
        points: (0..<count).compactMap { epoch in
          let values = own.compactMap { result -> Double? in
            if isWatched {
              return isOfAccuracy ? result.epochs[epoch].accuracy : result.epochs[epoch].cost
            }
            return epoch + 1 == count ? result.value : nil
          }
          guard values.count == own.count, !values.isEmpty else { return nil }
          let time = own.reduce(0) { $0 + $1.epochs[epoch].seconds } / Double(own.count)
          return LineChart.Point(
            x: seconds == nil ? Double(epoch + 1) : time,
            y: values.reduce(0, +) / Double(values.count),
            range: values.count > 1 ? (values.min() ?? 0)...(values.max() ?? 0) : nil
          )
        }
      )
    }
    return LineChart(
      title: "Race on \(data.title)",
      xLabel: seconds == nil ? "epoch" : "seconds of training",
      yLabel: isWatched
        ? (isOfAccuracy ? "validation accuracy" : "validation cost") : measure.words,
      series: series,
      valueStyle: isOfAccuracy ? .percent : .number
    )
  }
}
