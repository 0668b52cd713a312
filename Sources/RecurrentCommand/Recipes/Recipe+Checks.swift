import ArgumentParser
import Recurrent
import RecurrentData

extension Recipe {
  /// Refuses settings that no training can have, in words for the one who asked for them.
  ///
  /// They may have been asked for on the command line, or stand in the record of a run.
  func check() throws {
    try hiddenSize.check("--hidden")
    try checkCount("--epochs", epochs, 1...1_000_000)
    try checkCount("--batch", batchSize, 1...1_000_000)
    try checkCount("--patience", patience, 1...1_000_000)
    try checkCount("--window", window, 1...65_536)
    if !(learningRate > 0 && learningRate.isFinite) {
      throw ValidationError("--learning-rate is \(learningRate); use a number above 0")
    }
    if !forgetBias.isFinite {
      throw ValidationError("--forget-bias is \(forgetBias); use a finite number, such as 1")
    }
    try checkLimit("--clip", clip)
    try checkLimit("--clip-value", clipValue)
    if let weightDecay, !(weightDecay >= 0 && weightDecay.isFinite) {
      throw ValidationError("--weight-decay is \(weightDecay); use a number from 0 up")
    }
    try checkShare("--momentum", momentum)
    try checkShare("--label-smoothing", labelSmoothing)
    try checkShare("--average", average)
    try checkShare("--dropout", dropout)
    if let momentum, momentum == 0, optimizer != .rmsprop {
      throw ValidationError("--momentum is 0; use --optimizer gradient-descent for none")
    }
    try usedStructure.check()
    if let layersProblem { throw ValidationError(layersProblem) }
  }
}

extension Recipe {
  /// Refuses settings that need examples to validate where there are none.
  func checkValidation(_ examples: SequenceDataset?) throws {
    guard examples == nil, patience != nil || schedule == .plateau else { return }
    throw CommandFailure(
      """
      --patience and --schedule plateau need examples to validate, and all are learned from; leave \
      them out, or use --validation-share 0.2
      """
    )
  }

  /// Refuses settings that do not go with what is to be learned.
  func check(for task: LearningTask) throws {
    let structure = usedStructure
    guard window == nil || task == .languageModel || task == .forecast else {
      throw ValidationError(
        "--window is for texts and for forecasts; leave it out to \(task.words)"
      )
    }
    guard task.answersEachStep else {
      guard structure.summary != .allOutputs else {
        throw ValidationError(
          "--preset text and --preset forecast answer each step; leave them out to \(task.words)"
        )
      }
      return
    }
    guard structure.summary == .allOutputs, structure.reading == .rows, structure.sweeps == 0 else {
      throw ValidationError(
        """
        --read, --sweeps, --summary and presets for images or whole series do not go with an answer \
        at each step; leave them out to \(task.words)
        """
      )
    }
    guard structure.merge == nil || task == .label else {
      throw ValidationError(
        "--bidirectional would read what is to be told; leave it out to \(task.words)"
      )
    }
    guard task != .languageModel || augmentation == nil && !dropsLastBatch else {
      throw ValidationError("--augment and --drop-last do not go with a text; leave them out")
    }
  }
}

extension ModelStructure {
  /// Refuses numbers that no layer can have.
  func check() throws {
    try checkShare("--input-dropout", regularization.inputDropout)
    try checkShare("--layer-dropout", layerDropout)
    try checkShare("--recurrent-dropout", regularization.recurrentDropout)
    try checkShare("--drop-connect", regularization.dropConnect)
    try checkShare("--zoneout", regularization.hiddenZoneout)
    try checkShare("--cell-zoneout", regularization.cellZoneout)
    if let projectionSize, !(0...16_384).contains(projectionSize) {
      throw ValidationError(
        "--projection is \(projectionSize); use a number below the hidden units, or 0 for none"
      )
    }
  }
}

/// Refuses a limit of the gradient that is not above 0; without one, nil.
private func checkLimit(_ name: String, _ value: Float?) throws {
  guard let value, !(value > 0 && value.isFinite) else { return }
  throw ValidationError("\(name) is \(value); use a number above 0, or 0 for no limit")
}
