import Foundation
import Recurrent
import RecurrentData

/// What trainings for memory came to, for other programs.
struct MemoryRecord: Codable, Equatable {
  /// One training.
  struct Trial: Codable, Equatable {
    var cell: CellName
    var lag: Int
    var seed: Int
    /// The test examples' mean squared error or accuracy; nil where training met a number that is not
    /// finite.
    var measure: Double?
    /// Whether the task is solved.
    var isSolved: Bool
    /// The mean training cost of each twentieth of the steps, each before its batch's own update.
    var costs: [Double]
    /// How long training took.
    var seconds: Double
    /// How the gradient came back, before training and after; nil where it was not measured.
    var gradient: Flow?
  }

  /// The norms of the gradient at the states, by the number of steps that it came back.
  struct Flow: Codable, Equatable {
    /// Those at one part of the state.
    struct Part: Codable, Equatable {
      var name: String
      var atStart: [Double]
      var trained: [Double]
    }

    var parts: [Part]
  }

  var version = Version.text
  var machine = Machine.current
  var instructionSet = Recurrent.instructionSet
  var threads: Int
  var plan: MemoryPlan
  /// What is measured: "mean squared error" or "accuracy".
  var measure: String
  /// What guessing comes to.
  var guessing: Double
  /// The measure from which on the task counts as solved.
  var solved: Double
  /// The trainings that are done.
  var trials: [Trial] = []

  init(_ plan: MemoryPlan, threads: Int) {
    self.plan = plan
    self.threads = threads
    measure = plan.task.measureName
    guessing = plan.task.guessing
    solved = plan.task.solvedMeasure
  }

  /// Whether everything that was planned is done.
  var isComplete: Bool { trials.count == plan.count }

  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A training a line: its curves are long.
    var head = self
    head.trials = []
    let start = String(decoding: try encoder.encode(head), as: UTF8.self)
    let lines = try trials.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    let list = "\"trials\":[\n\(lines.joined(separator: ",\n"))]"
    return start.replacing("\"trials\":[]", with: list) + "\n"
  }
}

extension MemoryRecord {
  /// What a cell came to at a lag, over the seeds.
  struct Result {
    let cell: CellName
    let lag: Int
    /// The measures of the seeds whose training went to its end.
    let measures: [Double]
    /// The number of seeds that are done.
    let count: Int
    /// The number of seeds that solved the task.
    let solved: Int
    /// The time all of them took.
    let seconds: Double

    /// The mean of the measures; nil without any.
    var mean: Double? {
      measures.isEmpty ? nil : measures.reduce(0, +) / Double(measures.count)
    }

    /// The least and the greatest of the measures.
    var range: ClosedRange<Double>? {
      guard let least = measures.min(), let greatest = measures.max() else { return nil }
      return least...greatest
    }

    /// Whether every seed solved the task.
    var isSolved: Bool { count > 0 && solved == count }
  }

  /// What a cell came to at a lag; nil where no seed is done.
  func result(_ cell: CellName, lag: Int) -> Result? {
    let found = trials.filter { $0.cell == cell && $0.lag == lag }
    guard !found.isEmpty else { return nil }
    return Result(
      cell: cell,
      lag: lag,
      measures: found.compactMap(\.measure),
      count: found.count,
      solved: found.count(where: \.isSolved),
      seconds: found.reduce(0) { $0 + $1.seconds }
    )
  }

  /// The results of a cell, from the shortest lag on.
  func results(_ cell: CellName) -> [Result] { plan.lags.compactMap { result(cell, lag: $0) } }

  /// The longest lag up to which a cell solved the task from every seed; nil for none.
  func memory(of cell: CellName) -> Int? {
    results(cell).prefix { $0.isSolved }.last?.lag
  }
}
