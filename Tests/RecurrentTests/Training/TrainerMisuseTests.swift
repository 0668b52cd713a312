import Recurrent
import Testing

struct TrainerMisuseTests {
  @Test func `examples that the data set does not have are refused`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let trainer = Trainer(SequenceModel.stack([2]), optimizer: Adam())
      try trainer.trainBatch(on: .random(count: 5), at: [4, 5])
    }
    expect(result, says: "a training step's examples are from 0 to below 5")
  }

  @Test func `an epoch that was begun is not gone on with in another order`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let options = TrainingOptions(batchSize: 2)
      let trainer = Trainer(SequenceModel.stack([2]), optimizer: Adam(), options: options)
      _ = try trainer.trainEpoch(on: .random(count: 5)) { _ in trainer.pause() }
      _ = try trainer.trainEpoch(on: .random(count: 4))
    }
    expect(
      result,
      says: "an epoch of 5 examples was begun; it can only be gone on with in its own order"
    )
  }

  private func expect(
    _ result: ExitTest.Result?,
    says text: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), "\(output)", sourceLocation: location)
  }
}
