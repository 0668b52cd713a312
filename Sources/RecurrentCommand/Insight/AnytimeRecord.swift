import Foundation
import Recurrent
import RecurrentReports

/// How early a model could have decided, for other programs and for people.
struct AnytimeRecord: Codable, Equatable {
  /// What it has come to after some steps.
  struct Point: Codable, Equatable {
    var steps: Int
    var accuracy: Double
    var confidence: Double
    var temperature: Double
    var calibrationError: Double
    var uncalibratedError: Double
    /// The share of examples decided by then, when as sure as was asked for.
    var decided: Double
  }

  /// What comes of deciding when so sure.
  struct Decision: Codable, Equatable {
    var threshold: Double
    var accuracy: Double
    var meanSteps: Double
    var savedShare: Double
    var sureShare: Double
  }

  var version = Version.text
  var run: String
  var data: String
  /// The examples measured: "test" or "validation".
  var part: String
  var count: Int
  /// The examples calibrated by: "validation", or others of the same part.
  var calibration: String
  var calibrationCount: Int
  /// The mean number of steps of an example.
  var meanSteps: Double
  /// How sure was asked for.
  var sure: Double
  var points: [Point]
  var decisions: [Decision]

  init(
    of curve: AnytimeCurve,
    run: String,
    data: String,
    part: String,
    calibration: String,
    calibrationCount: Int,
    sure: Double,
    thresholds: [Double]
  ) {
    self.run = run
    self.data = data
    self.part = part
    count = curve.count
    self.calibration = calibration
    self.calibrationCount = calibrationCount
    meanSteps = curve.meanSteps
    self.sure = sure
    let asked = curve.decision(whenSure: sure)
    points = zip(curve.points, asked.sureShares).map { point, decided in
      Point(
        steps: point.steps,
        accuracy: point.accuracy,
        confidence: point.confidence,
        temperature: point.temperature,
        calibrationError: point.calibrationError,
        uncalibratedError: point.uncalibratedError,
        decided: decided
      )
    }
    decisions = thresholds.map { threshold in
      let decision = curve.decision(whenSure: threshold)
      return Decision(
        threshold: threshold,
        accuracy: decision.accuracy,
        meanSteps: decision.meanSteps,
        savedShare: decision.savedShare,
        sureShare: decision.sureShare
      )
    }
  }

  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The accuracy, the confidence and the share of decided examples by steps read.
  var chart: LineChart {
    func series(_ name: String, _ value: (Point) -> Double) -> LineChart.Series {
      LineChart.Series(
        name: name,
        points: points.map { LineChart.Point(x: Double($0.steps), y: value($0)) }
      )
    }
    return LineChart(
      title: "\(data): how early the answer is there",
      xLabel: "steps read",
      yLabel: "share of \(count) \(part) examples",
      series: [
        series("told rightly") { $0.accuracy },
        series("mean confidence") { $0.confidence },
        series("decided, when \(Self.text(sure)) sure") { $0.decided },
      ],
      yRange: 0...1,
      valueStyle: .percent
    )
  }
}

extension AnytimeRecord {
  /// The most rows of the table by steps.
  private static let mostRows = 8

  /// A threshold such as 99.9%.
  private static func text(_ share: Double) -> String { significant(100 * share) + "%" }

  /// A number of steps, whole or a mean.
  private static func steps(_ mean: Double) -> String {
    decimals(mean, mean == mean.rounded() ? 0 : 1)
  }

  /// What is printed: two tables and the headline.
  var lines: [String] {
    let rows = min(Self.mostRows, points.count)
    let shown = (1...rows).map { points[$0 * points.count / rows - 1] }
    let bySteps =
      [["steps read", "right", "confidence", "decided"]]
      + shown.map {
        ["\($0.steps)", percent($0.accuracy), percent($0.confidence), percent($0.decided)]
      }
    let bySureness =
      [["when sure", "right", "mean steps", "saved", "came to be sure"]]
      + decisions.map {
        [
          Self.text($0.threshold), percent($0.accuracy), decimals($0.meanSteps, 1),
          percent($0.savedShare), percent($0.sureShare),
        ]
      }
    let title =
      "\(data) \(part): \(count) examples, calibrated by \(calibrationCount) \(calibration) examples"
    return [title] + alignedLines(bySteps, textColumns: 0) + [""]
      + alignedLines(bySureness, textColumns: 0) + ["", calibrationLine, headline]
  }

  private var calibrationLine: String {
    let last = points[points.count - 1]
    return """
      Confidence with all steps is off by \(percent(last.calibrationError)) on average, before \
      calibration by \(percent(last.uncalibratedError)) (temperature \
      \(decimals(last.temperature, 2)))
      """
  }

  /// What deciding when as sure as was asked for comes to, in one line.
  var headline: String {
    let accuracy = points[points.count - 1].accuracy
    guard let decision = decisions.first(where: { $0.threshold == sure }) else { return "" }
    return """
      Decides when \(Self.text(sure)) sure: after \(decimals(decision.meanSteps, 1)) of \
      \(Self.steps(meanSteps)) steps on average, \(percent(decision.accuracy)) right \
      (\(percent(accuracy)) with all); saves \(decimals(100 * decision.savedShare, 0))%
      """
  }
}
