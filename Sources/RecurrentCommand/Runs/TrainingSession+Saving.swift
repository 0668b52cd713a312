import Recurrent
import RecurrentData

extension TrainingSession {
  /// What to type to go on with the run.
  var resumeCommand: String { "recurrent train --resume \(folder.argument)" }

  /// Writes a new run as it is before its first step, or what a run that is gone on with had come to.
  ///
  /// A new run's folder that cannot be written to is removed.
  mutating func begin() throws {
    let state = trainer.state
    if state.step > 0 {
      // Within an epoch only early stopping knows the model that was kept last.
      if stopping != nil || !state.isWithinEpoch {
        try saveFiles(isFlushed: true)
      } else {
        try saveRecord(isFlushed: true)
      }
      try beginBoard()
    } else {
      do {
        try writeAll()
        try beginBoard()
      } catch {
        if beginning == nil { folder.remove() }
        throw error
      }
    }
    // Several processes agree after their first step.
    if processes == nil { try endIfInterrupted(by: interruption.receivedSignal) }
  }

  /// Writes what an epoch came to: a checkpoint, the kept model, the numbers and the record; of short
  /// epochs only now and then, and at the end.
  ///
  /// Where that fails, one line says so and training goes on: a disk may have room again before its
  /// end. At its end a failure is an error.
  mutating func save() throws {
    let isLast =
      trainer.state.finishedEpochs == record.recipe.epochs || stopping?.shouldStop == true
    guard isLast || checkpoints.isDue(afterEpochAt: trainer.stepCount) else {
      isBehind = true
      return
    }
    let failure = failure(of: { session in try session.writeAll() })
    if isLast, let failure {
      throw CommandFailure("\(failure); then go on with '\(resumeCommand)'")
    }
    note(failure)
  }

  /// Writes a checkpoint within an epoch; where that fails, training goes on.
  mutating func writeCheckpoint() {
    note(failure(of: { session in try session.writeStateWithinEpoch() }))
  }

  /// Writes what the last epochs came to where that was put off, since nothing comes after them.
  mutating func saveEpochsBehind() {
    guard isBehind else { return }
    note(failure(of: { session in try session.saveFiles(isFlushed: true) }))
  }

  /// The signal that asked one of the processes that train to end.
  mutating func agreedSignal() throws -> Int32? {
    do throws(ProcessLoss) {
      return try interruption.signalAgreed(onBy: processes)
    } catch {
      throw ended(by: error)
    }
  }

  /// Ends the run if a signal asked for it, with everything saved and one line on how to go on.
  mutating func endIfInterrupted(by signal: Int32?) throws {
    guard let signal else { return }
    let (place, outcome) = saveWhereItIs()
    throw Interruption.Ended(
      signal: signal,
      description: "interrupted \(place): \(outcome); go on with '\(resumeCommand)'"
    )
  }

  /// Saves everything as it is after the last step that all processes took; returns what to say of it.
  mutating func ended(by loss: ProcessLoss) -> CommandFailure {
    let (place, outcome) = saveWhereItIs()
    return CommandFailure(
      "\(loss) (\(place)): \(outcome); go on with '\(resumeCommand)', with any number of processes"
    )
  }

  /// Saves what the run has come to; returns where that is, and what came of it.
  private mutating func saveWhereItIs() -> (place: String, outcome: String) {
    let state = trainer.state
    let place =
      state.isWithinEpoch
      ? "in epoch \(state.epoch), after step \(state.stepWithinEpoch)"
      : "after epoch \(state.epoch)"
    do {
      // Between epochs everything was written a moment ago, if it was due and could be.
      if state.isWithinEpoch || isUnsaved || isBehind { try writeStateWithinEpoch() }
    } catch {
      return (place, "\(error); the last checkpoint that was written is there still")
    }
    return (place, "everything is saved")
  }

  private mutating func writeAll() throws {
    try writeState()
    // Whatever a power cut leaves of these, the checkpoint has what is in them.
    try saveFiles(isFlushed: false)
  }

  /// Writes the state, and before it the files if they are behind: within an epoch nobody who goes on
  /// from there has the model of the epoch before.
  private mutating func writeStateWithinEpoch() throws {
    if isBehind { try saveFiles(isFlushed: true) }
    try writeState()
  }

  /// Writes the kept model, the numbers and the record.
  mutating func saveFiles(isFlushed: Bool) throws {
    try TrainedRun.file(of: kept, data.preparation).write(to: folder.model, isFlushed: isFlushed)
    try saveRecord(isFlushed: isFlushed)
    isBehind = false
  }

  private func saveRecord(isFlushed: Bool) throws {
    try folder.write(record.metricsTable, to: folder.metrics, isFlushed: isFlushed)
    try folder.write(record.json(), to: folder.record, isFlushed: isFlushed)
  }

  private mutating func writeState() throws {
    let state = trainer.state
    try checkpoints.write(
      state,
      record: record,
      kept: RunCheckpoints.hasKeptModel(state, stopping) ? kept : nil,
      best: bestStep(at: state.step)
    )
  }

  /// The step after the epoch of the lowest validation cost, of those with a checkpoint.
  private func bestStep(at step: Int) -> Int? {
    let written = Set(checkpoints.steps + [step])
    let steps = trainer.stepsOfEpoch(data.training.count)
    return record.epochs.filter { written.contains($0.epoch * steps) && $0.validationCost != nil }
      .min { ($0.validationCost ?? .infinity) < ($1.validationCost ?? .infinity) }
      .map { $0.epoch * steps }
  }

  /// Does what saves the run, and counts its time; returns what went wrong, if anything did.
  private mutating func failure(of write: (inout Self) throws -> Void) -> (any Error)? {
    let clock = ContinuousClock()
    let start = clock.now
    defer { savingSeconds += (clock.now - start) / .seconds(1) }
    do {
      try write(&self)
      return nil
    } catch {
      return error
    }
  }

  /// Tells when the run can no longer be saved, and when it can again.
  private mutating func note(_ failure: (any Error)?) {
    if let failure, !isUnsaved {
      writeToErrorOutput("warning: \(failure); training goes on, and saving is tried again\n")
    }
    if failure == nil && isUnsaved { print("The run is saved again.") }
    isUnsaved = failure != nil
  }
}
