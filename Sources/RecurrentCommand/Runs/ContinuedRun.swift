import Foundation
import Recurrent
import RecurrentData

/// A run that was begun, as its newest whole checkpoint has it.
struct ContinuedRun {
  /// Where training goes on, and what was noticed on the way there.
  struct Beginning {
    /// What is worth telling, a line each.
    var remarks: [String] = []
    /// Where training goes on, in words.
    var place = ""

    /// Tells it.
    func print() {
      for remark in remarks { Swift.print(remark) }
      Swift.print(place)
    }
  }

  let folder: RunFolder
  private(set) var record: RunRecord
  let splits: RunData
  let trainer: Trainer<SequenceModel>
  private(set) var stopping: EarlyStopping?
  /// The model that is kept: the last epoch's, or the best one's.
  private(set) var kept: SequenceModel
  private(set) var beginning = Beginning()

  /// Makes the trainer of a stored run, and puts it where its checkpoint is.
  ///
  /// - Throws: `CommandFailure` when the examples are not those it was begun with, or this machine
  ///   would not give the same bits.
  init(
    _ folder: RunFolder,
    stored: StoredRun,
    splits: RunData,
    threads: Int,
    processes: ProcessGroup? = nil
  ) throws {
    self.folder = folder
    self.splits = splits
    record = stored.record
    record.threads = threads
    record.processes = processes?.count
    record.noteSurroundings()
    beginning.remarks = stored.remarks
    let recipe = record.recipe
    try Self.check(record, against: splits)
    guard let model = recipe.model(for: splits.training, seed: record.seed) else {
      throw CommandFailure("\(folder.record): is not the record of a run on such examples")
    }
    trainer = recipe.trainer(of: model, seed: record.seed, threads: threads, processes: processes)
    stopping = recipe.patience.map { EarlyStopping(patience: $0) }
    for cost in record.epochs.compactMap(\.validationCost) { _ = stopping?.observe(cost) }
    kept = model
    guard let found = stored.checkpoint else {
      beginning.place = "Beginning at the first step."
      return
    }
    try restore(found, startingFrom: model)
  }

  private mutating func restore(
    _ found: CheckpointFolder.Found,
    startingFrom start: SequenceModel
  ) throws {
    let (state, arrays) = (found.checkpoint.state, found.checkpoint.arrays)
    do {
      try trainer.restore(state)
    } catch {
      throw CommandFailure("\(found.path): does not belong to the run: \(error)")
    }
    let hasOtherSize = state.examplesOfEpoch.map { $0 != splits.training.count } ?? false
    guard state.finishedEpochs == record.epochs.count, !hasOtherSize, !state.hasGivenOrder else {
      throw CommandFailure("\(found.path): does not belong to the run: the epochs differ")
    }
    let best = stopping?.bestEpoch ?? state.finishedEpochs
    if RunCheckpoints.hasKeptModel(state, stopping) {
      kept = try Self.model(start, with: arrays, of: found.path)
    } else if best > 0 {
      kept = trainer.averagedModel ?? trainer.model
    }
    let (epoch, epochs) = (state.epoch, record.recipe.epochs)
    beginning.place =
      state.isWithinEpoch
      ? "Going on in epoch \(epoch) of \(epochs), after step \(state.stepWithinEpoch)."
      : "Going on after epoch \(epoch) of \(epochs)."
  }

  /// A model with the parameters that a checkpoint has of it.
  private static func model(
    _ model: SequenceModel,
    with arrays: [String: Tensor],
    of path: String
  ) throws -> SequenceModel {
    var model = model
    try model.visitParameters { name, parameter in
      guard let array = arrays[name], array.shape == parameter.shape else {
        throw CommandFailure("\(path): does not belong to the run: it keeps another model")
      }
      parameter = array
    }
    return model
  }

  /// Refuses examples and machines that would not give the same bits.
  private static func check(_ record: RunRecord, against splits: RunData) throws {
    let training = splits.training
    guard splits.fingerprint == record.dataFingerprint else {
      throw CommandFailure(
        """
        the \(record.data.title) examples are not those the run was begun with \
        (SHA-256 \(splits.fingerprint.prefix(12))..., then \(record.dataFingerprint.prefix(12))...); \
        name the folder that has them with --data
        """
      )
    }
    guard
      (training.steps, training.features, training.outputNames)
        == (record.steps, record.features, record.classNames),
      training.count == record.trainingCount
    else { throw CommandFailure("the run's record is of other examples than those it names") }
    if let precision = record.recipe.precision, !precision.isSupported {
      throw CommandFailure(
        """
        the run trains with --precision \(precision.rawValue), which this processor does not have \
        with the instruction set \(instructionSet); go on with it where it was begun
        """
      )
    }
    try record.recipe.checkMemory(steps: record.steps, features: record.features)
  }
}
