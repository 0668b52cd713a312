import ArgumentParser

/// When a run's checkpoints are written, and how many stay.
struct CheckpointOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Write a checkpoint within an epoch when so many minutes have passed; 0 for none."
  )
  var checkpointMinutes = 5.0

  @Option(parsing: .unconditional, help: "Write a checkpoint every so many steps, too.")
  var checkpointSteps: Int?

  @Option(
    parsing: .unconditional,
    help: "How many of the latest checkpoints stay; the best one after an epoch stays as well."
  )
  var keepCheckpoints = 3

  func validate() throws {
    guard (0...1_000_000).contains(checkpointMinutes) else {
      throw ValidationError(
        "--checkpoint-minutes is \(checkpointMinutes); use a number from 0 up"
      )
    }
    try checkCount("--checkpoint-steps", checkpointSteps, 1...1_000_000_000)
    try checkCount("--keep-checkpoints", keepCheckpoints, 1...1_000_000)
  }
}
