import Foundation
import Recurrent
import RecurrentData

/// What runs that differ in their seeds alone came to.
struct SeedSummary: Codable, Equatable {
  /// One of them.
  struct Run: Codable, Equatable {
    var seed: UInt64
    var folder: String
    /// The share of the test told rightly; nil where that is not what counts.
    var accuracy: Double?
    var cost: Double
    /// The error of numbers that are told or forecast; nil where none are.
    var error: Double?
    /// What error that is.
    var errorName: String?
    /// The number of answers that were compared.
    var count: Int
  }

  var version = Version.text
  /// What the mean is of: "accuracy", "cost", "mean absolute error" of numbers that are told, or
  /// "mean absolute scaled error" of forecasts.
  var measure: String
  var runs: [Run]
  var mean: Double
  /// The standard deviation, with n - 1 in the denominator.
  var deviation: Double
  /// How far the interval reaches to either side of the mean; nil for one run.
  var halfWidth: Double?
  var confidence = 0.95
  var method = "Student's t"
  var degreesOfFreedom: Int

  /// Takes the runs; nil without any.
  init?(of runs: [Run]) {
    let accuracies = runs.compactMap(\.accuracy)
    let errors = runs.compactMap(\.error)
    let isOfAccuracy = accuracies.count == runs.count
    let isOfErrors = errors.count == runs.count && runs.allSatisfy { $0.errorName != nil }
    let values = isOfAccuracy ? accuracies : isOfErrors ? errors : runs.map(\.cost)
    guard let interval = MeanInterval(of: values) else { return nil }
    self.runs = runs
    measure = isOfAccuracy ? "accuracy" : isOfErrors ? runs[0].errorName ?? "error" : "cost"
    mean = interval.mean
    deviation = interval.deviation
    halfWidth = interval.halfWidth
    degreesOfFreedom = interval.degreesOfFreedom
  }

  /// The summary as text.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// What each run came to, and their mean.
  var lines: [String] {
    runs.map(\.text) + ["Mean of \(runs.count) seed\(runs.count == 1 ? "" : "s"): \(meanText)"]
  }

  private var meanText: String {
    let isOfAccuracy = measure == "accuracy"
    let value = isOfAccuracy ? percent(mean) : "\(measure) \(decimals(mean, 4))"
    guard let halfWidth else { return "\(value); how sure it is takes two or more" }
    let width = isOfAccuracy ? "\(decimals(100 * halfWidth, 2)) points" : decimals(halfWidth, 4)
    return """
      \(value) ± \(width) (95% interval by Student's t, \(degreesOfFreedom) \
      degree\(degreesOfFreedom == 1 ? "" : "s") of freedom)
      """
  }
}

extension SeedSummary.Run {
  /// Takes what came of a run's test.
  init?(seed: UInt64, folder: String, _ record: RunRecord) {
    guard let test = record.test else { return nil }
    let task = record.data.task
    self.seed = seed
    self.folder = folder
    if !task.hasAccuracy, let measures = record.assessment?.measures {
      if let scaled = measures.meanAbsoluteScaledError {
        (error, errorName) = (scaled, "mean absolute scaled error")
      } else {
        (error, errorName) = (measures.meanAbsoluteError, "mean absolute error")
      }
    }
    // Of a text it is the surprise that counts, not how often the likeliest token was right.
    accuracy = task == .languageModel ? nil : test.accuracy
    cost = test.cost
    count = test.count
  }

  /// What it came to, in a line.
  var text: String {
    let told = error.flatMap { error in errorName.map { "\($0) \(decimals(error, 4)), " } }
    let share = accuracy.map { "\(percent($0)) of \(count), " } ?? told ?? ""
    return "Seed \(seed): \(share)cost \(decimals(cost, 4)) (\(folder))"
  }
}
