// libFuzzer: -max_len=4096

@testable import Recurrent
@testable import RecurrentCommand

/// Reads the input as a checkpoint, with its checksum made right; takes the state and a step from it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCheckpoint(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = withLength(bytes(start, count))
  guard
    var file = accepted({ () throws(FileError) in
      try SafetensorsFile(bytes: content, path: "input")
    })
  else { return 0 }
  file.addChecksum()
  guard let checkpoint = accepted({ () throws(FileError) in try Checkpoint(file) }) else {
    return 0
  }
  let written = checkpoint.safetensors.bytes
  let again = accepted { () throws(FileError) in try Checkpoint(bytes: written, path: "input") }
  expect(again?.safetensors.bytes == written, "differs when it is written and read again")
  readRecord(of: checkpoint)
  goOn(from: checkpoint.state)
  return 0
}

private func readRecord(of checkpoint: Checkpoint) {
  do { _ = try RunCheckpoints.record(of: checkpoint, at: "input") } catch {
    expect("\(error)".hasPrefix("input: "), "does not name the file: \(error)")
  }
}

/// Whatever a trainer takes, it can take a step from, and the state comes out as it went in.
private func goOn(from state: TrainerState) {
  // Made anew each time: the leak finder would not see who holds it if it were kept.
  let examples = SequenceDataset(
    elements: .floats((0..<18).map { Float($0 % 5) / 4 }),
    labels: [0, 1, 1],
    steps: 3,
    features: 2,
    classNames: ["a", "b"]
  )
  let trainer = Trainer(
    SequenceModel.lstm(inputSize: 2, hiddenSize: 2, classes: 2, seed: 1),
    optimizer: Adam(),
    options: TrainingOptions(
      batchSize: 2,
      epochs: 3,
      threads: 1,
      schedule: ReduceOnPlateau(patience: 1),
      averageDecay: state.hasAverage ? 0.9 : nil
    )
  )
  do throws(TrainerStateError) { try trainer.restore(state) } catch {
    expect(!error.description.contains(where: \.isNewline), "is more than one line")
    return
  }
  expect(
    Checkpoint(trainer.state).safetensors.bytes == Checkpoint(state).safetensors.bytes,
    "differs after it was taken"
  )
  guard state.examplesOfEpoch ?? examples.count == examples.count, !state.hasGivenOrder else {
    return
  }
  _ = try? trainer.trainEpoch(on: examples) { _ in trainer.pause() }
}
