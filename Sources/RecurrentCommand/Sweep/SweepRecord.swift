import Foundation
import Recurrent
import RecurrentData

/// What a sweep tries, and what came of it so far: `sweep.json`.
struct SweepRecord: Codable, Equatable {
  /// What trials are ranked by.
  enum Measure: String, Codable {
    /// The share of classes told rightly.
    case accuracy
    /// The loss, which is to be low.
    case cost

    init(_ task: LearningTask) {
      // Of a text it is the surprise that counts, not how often the likeliest token was right.
      self = task.hasAccuracy && task != .languageModel ? .accuracy : .cost
    }

    /// A value in words.
    func text(_ value: Double) -> String {
      self == .accuracy ? percent(value) : decimals(value, 4)
    }

    /// A difference of values, or half the width of an interval, in words.
    func differenceText(_ difference: Double) -> String {
      self == .accuracy ? "\(decimals(100 * difference, 2)) points" : decimals(difference, 4)
    }
  }

  /// No longer text is read.
  private static let limit = 1 << 26

  var version = Version.text
  var plan: SweepPlan
  /// What was chosen by the data before the first training, and is given to all.
  var chosen: [String]
  /// What the data are called.
  var data: String
  /// The SHA-256 of the examples of the first seed.
  var dataFingerprint: String
  /// How many examples are validated by.
  var validationCount: Int
  var measure: Measure
  var trials: [SweepTrial]
  /// All trainings, trial by trial.
  var trainings: [SweepTraining]

  /// A sweep of which nothing is done.
  init(
    _ plan: SweepPlan,
    _ trials: [SweepTrial],
    chosen: [String],
    selection: DataSelection,
    data: RunData,
    validationCount: Int
  ) {
    self.plan = plan
    self.trials = trials
    self.chosen = chosen
    self.data = selection.title
    self.validationCount = validationCount
    dataFingerprint = data.fingerprint
    measure = Measure(selection.task)
    let seeds = plan.allSeeds
    trainings = trials.flatMap { trial in
      seeds.map { SweepTraining(trial: trial.number, seed: $0) }
    }
  }

  /// Reads the record of a sweep.
  init(of folder: SweepFolder) throws {
    let text = try WholeFile.contents(of: folder.record, limit: Self.limit)
    guard let record = try? JSONDecoder().decode(SweepRecord.self, from: Data(text)),
      record.isPossible
    else {
      throw CommandFailure(
        "\(folder.record): is not the record of a sweep; it is damaged or of another version"
      )
    }
    self = record
  }

  /// Whether a sweep can have had such trials and trainings.
  private var isPossible: Bool {
    let names = plan.axes.map(\.option.name)
    let seeds = plan.allSeeds
    let printable = trials.flatMap { $0.settings.map(\.value) } + trainings.compactMap(\.reason)
    return (1...SweepPlan.mostTrials).contains(trials.count)
      && trials.map(\.number) == Array(1...trials.count)
      && trials.allSatisfy { $0.settings.map(\.option) == names }
      && trainings.count == trials.count * seeds.count
      && trainings.enumerated().allSatisfy { place, training in
        training.trial == place / seeds.count + 1 && training.seed == seeds[place % seeds.count]
          && (training.state == .finished) == (training.outcome != nil)
          && training.outcome.map { $0.validation.isFinite && $0.seconds.isFinite } ?? true
      }
      && !(printable + chosen).joined().unicodeScalars.contains {
        $0.properties.generalCategory == .control
      }
  }

  /// The record as text.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The trainings of a trial.
  func trainings(of trial: SweepTrial) -> ArraySlice<SweepTraining> {
    let first = (trial.number - 1) * plan.seeds
    return trainings[first..<first + plan.seeds]
  }

  /// How many trainings are as far.
  func count(_ state: SweepTraining.State) -> Int { trainings.count { $0.state == state } }

  /// A training in words: its trial, and its seed where there are several.
  func name(of training: SweepTraining) -> String {
    "Trial \(training.trial)" + (plan.seeds > 1 ? ", seed \(training.seed)" : "")
  }

  /// What `train` is given to train a trial, but for the seed and where it is kept.
  func arguments(of trial: SweepTrial) -> [String] { trial.arguments + chosen + plan.options }
}
