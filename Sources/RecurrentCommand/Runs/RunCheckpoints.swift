import Recurrent

/// The checkpoints of one run: when they are due, what they hold, and what becomes of a failure.
struct RunCheckpoints {
  /// The key of the note that holds the run's record.
  private static let recordKey = "run"
  /// After a failure the next try is not before this.
  private static let pauseAfterFailure = Duration.seconds(60)
  /// An epoch that ends sooner after the last checkpoint has none of its own: flushing one takes longer
  /// than many an epoch.
  private static let leastPause = Duration.seconds(1)

  private let folder: CheckpointFolder
  private let interval: Duration?
  private let stepInterval: Int?
  private let clock = ContinuousClock()
  private var due: ContinuousClock.Instant?
  private var lastWritten: ContinuousClock.Instant?

  init(in folder: RunFolder, _ options: CheckpointOptions) {
    self.folder = CheckpointFolder(folder.checkpoints, keeping: options.keepCheckpoints)
    interval = options.checkpointMinutes > 0 ? .seconds(60 * options.checkpointMinutes) : nil
    stepInterval = options.checkpointSteps
    due = interval.map { clock.now + $0 }
  }

  /// Whether one is due within an epoch, after so many steps in all.
  func isDue(atStep step: Int) -> Bool {
    if let stepInterval, step.isMultiple(of: stepInterval) { return true }
    return due.map { clock.now >= $0 } ?? false
  }

  /// Whether one is due at the end of an epoch, after so many steps in all.
  func isDue(afterEpochAt step: Int) -> Bool {
    isDue(atStep: step) || lastWritten.map { clock.now - $0 >= Self.leastPause } ?? true
  }

  /// The steps after which there are checkpoints.
  var steps: [Int] { folder.steps }

  /// Whether a checkpoint needs the model that is kept beside the state: that of the best epoch,
  /// unless the state is that epoch's.
  static func hasKeptModel(_ state: TrainerState, _ stopping: EarlyStopping?) -> Bool {
    guard let stopping else { return false }
    return state.isWithinEpoch || stopping.bestEpoch != state.finishedEpochs
  }

  /// Writes a state of the run, and `kept`, the model that is kept, where it is needed.
  ///
  /// `best` is the step after which the model was the best.
  mutating func write(
    _ state: TrainerState,
    record: RunRecord,
    kept: SequenceModel?,
    best: Int?
  ) throws {
    due = interval.map { clock.now + min($0, Self.pauseAfterFailure) }
    let arrays = (kept?.parameters ?? []).map { ($0.name, $0.value) }
    let checkpoint = Checkpoint(
      state,
      arrays: Dictionary(uniqueKeysWithValues: arrays),
      notes: [Self.recordKey: try record.json()]
    )
    try folder.write(checkpoint, best: best)
    lastWritten = clock.now
    due = interval.map { clock.now + $0 }
  }

  /// The record of the run that a checkpoint is of.
  static func record(of checkpoint: Checkpoint, at path: String) throws -> RunRecord {
    guard let text = checkpoint.notes[recordKey] else {
      throw CommandFailure("\(path): is not a checkpoint of a run")
    }
    return try RunRecord(json: Array(text.utf8), path: path)
  }
}
