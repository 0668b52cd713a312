import Recurrent
import RecurrentData

extension TrainingSession {
  /// Begins to show the run in TensorBoard, if that was asked for.
  mutating func beginBoard() throws {
    guard hasBoard else { return }
    board = try TrainingBoard(
      in: folder,
      firstEpoch: trainer.state.finishedEpochs + 1,
      examples: data.validation ?? data.training,
      units: record.recipe.hiddenSize.sizes.max() ?? 1
    )
  }

  /// Shows what the last epoch came to, and the model after it.
  mutating func showEpoch(_ model: SequenceModel) {
    guard let epoch = record.epochs.last else { return }
    let learningRate = trainer.optimizer.learningRate
    show { board in try board.add(epoch, learningRate: learningRate, model: model) }
  }

  /// Shows what was read wrongly, if it is pictures, and has everything lie on the disk.
  mutating func showMistakes(_ outcome: RunOutcome) {
    let evaluation = record.data.name.areImages ? outcome.evaluation : nil
    let (examples, epoch) = (data.heldOut, record.epochs.count)
    show { board in
      if let evaluation {
        try board.add(mistakes: evaluation, of: examples, afterEpoch: epoch)
      }
      try board.close()
    }
    board = nil
  }

  /// Shows something; where that fails, one line says so and training goes on without a board: nobody
  /// loses a model for want of a picture.
  private mutating func show(_ something: (TrainingBoard) throws -> Void) {
    guard let board else { return }
    do {
      try something(board)
    } catch {
      writeToErrorOutput(
        "warning: \(error); training goes on, and TensorBoard shows no more of it\n"
      )
      self.board = nil
    }
  }
}
