import Recurrent
import RecurrentData

/// One training of a sweep: a trial from one seed.
struct SweepTraining: Codable, Equatable {
  /// How far it is.
  enum State: String, Codable {
    /// It is to be begun, or gone on with.
    case open
    case finished
    case failed
  }

  /// What it came to, by the sweep's measure.
  struct Outcome: Codable, Equatable {
    /// Of the validation examples, with the model that is kept.
    var validation: Double
    /// Of the test examples; nil where there are none.
    var test: Double?
    /// The epochs it was trained for.
    var epochs: Int
    /// The seconds of training.
    var seconds: Double
  }

  /// The number of its trial.
  var trial: Int
  var seed: UInt64
  var state = State.open
  /// Why it failed.
  var reason: String?
  /// What it came to; nil before its end.
  var outcome: Outcome?

  init(trial: Int, seed: UInt64) {
    self.trial = trial
    self.seed = seed
  }

  /// Notes what a run came to.
  mutating func finish(_ outcome: Outcome) {
    (state, reason, self.outcome) = (.finished, nil, outcome)
  }

  /// Notes why it failed.
  mutating func fail(_ reason: String) {
    (state, self.reason, outcome) = (.failed, reason, nil)
  }

  /// Makes it one that is to be trained.
  mutating func reopen() { (state, reason, outcome) = (.open, nil, nil) }
}

extension SweepTraining.Outcome {
  /// Takes what a run's record says; nil where it did not come to its end, or was not validated.
  init?(_ record: RunRecord, _ measure: SweepRecord.Measure) {
    guard let test = record.test else { return nil }
    let kept = record.bestEpoch.flatMap { best in record.epochs.first { $0.epoch == best } }
    let epoch = kept ?? record.epochs.last
    let value = measure == .accuracy ? epoch?.validationAccuracy : epoch?.validationCost
    guard let value else { return nil }
    validation = value
    self.test = record.testCount == 0 ? nil : measure == .accuracy ? test.accuracy : test.cost
    epochs = record.epochs.count
    seconds = record.epochs.reduce(0) { $0 + $1.seconds }
  }
}
