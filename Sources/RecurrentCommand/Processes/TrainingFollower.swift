import Recurrent
import RecurrentData

/// A process that trains along with process 0, and neither writes nor says anything.
struct TrainingFollower {
  let command: TrainCommand
  let processes: ProcessGroup
  let interruption: Interruption

  /// Does what process 0 orders until everything is done.
  func run() async throws {
    while true {
      switch try ProcessOrder(of: processes) {
      case .begin(let seeds): try await begin(seedsAfter: seeds)
      case .goOn(let record, let checkpoint): try await goOn(record, checkpoint)
      case .end: return
      }
    }
  }

  private func begin(seedsAfter seeds: UInt64) async throws {
    let seed = (command.seed ?? 1) &+ seeds
    let (record, data, trainer) = try await ProcessGroup.agreed(by: processes) {
      let planned = try await command.plannedRun(seed: seed)
      let record = RunRecord(
        of: planned.plan.selection,
        data: planned.data,
        recipe: planned.plan.recipe,
        seed: seed,
        threads: command.threads
      )
      let trainer = planned.plan.recipe.trainer(
        of: planned.model,
        seed: seed,
        threads: command.threads,
        processes: processes
      )
      return (record, (record, planned.data, trainer))
    }
    let stopping = record.recipe.patience.map { EarlyStopping(patience: $0) }
    try train(data, trainer, stopping, epochs: record.recipe.epochs)
  }

  private func goOn(_ record: String, _ checkpoint: [UInt8]?) async throws {
    let path = "the checkpoint of process 0"
    let run = try await ProcessGroup.agreed(by: processes) {
      let record = try RunRecord(json: Array(record.utf8), path: path)
      try command.checkSettings(of: record, seed: command.seed)
      let run = try ContinuedRun(
        RunFolder(ofOthers: path),
        stored: StoredRun(
          record,
          try checkpoint.map { try Checkpoint(bytes: $0, path: path) },
          path: path
        ),
        splits: await record.data.moved(to: command.source.data).load(for: record.recipe),
        threads: command.threads,
        processes: processes
      )
      return (run.record, run)
    }
    try train(run.splits, run.trainer, run.stopping, epochs: run.record.recipe.epochs)
  }

  /// Takes the steps that `TrainingSession` takes in process 0.
  private func train(
    _ data: RunData,
    _ trainer: Trainer<SequenceModel>,
    _ initialStopping: EarlyStopping?,
    epochs: Int
  ) throws {
    var stopping = initialStopping
    interruption.beginTraining()
    while trainer.state.finishedEpochs < epochs, stopping?.shouldStop != true {
      let report = try trainer.trainEpoch(on: data.training) { _ in
        if interruption.receivedSignal != nil { trainer.pause() }
      }
      if report.isFinished, let validation = data.validation {
        let model = trainer.averagedModel ?? trainer.model
        let cost = try model.compare(
          with: validation,
          threads: command.threads,
          sharedBy: processes
        ).cost
        trainer.observe(cost)
        _ = stopping?.observe(cost)
      }
      if let signal = try interruption.signalAgreed(onBy: processes) {
        throw Interruption.Ended(signal: signal, description: "interrupted")
      }
    }
  }
}

extension SequenceModel {
  /// Compares the model's answers with what is to be answered, each process a share of them.
  func compare(
    with dataset: SequenceDataset,
    threads: Int,
    sharedBy processes: ProcessGroup?
  ) throws(ProcessLoss) -> AnswerComparison {
    guard let processes, let predictor = Predictor(self, threads: threads) else {
      return compare(with: dataset, threads: threads)
    }
    return try predictor.compare(with: dataset, sharedBy: processes)
  }
}
