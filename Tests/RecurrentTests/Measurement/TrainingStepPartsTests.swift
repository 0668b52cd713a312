import Testing

@testable import Recurrent

struct TrainingStepPartsTests {
  private func trainer(
    _ optimizer: any Optimizer = Adam(learningRate: 0.01)
  ) -> Trainer<SequenceModel> {
    Trainer(
      .lstm(inputSize: 3, hiddenSize: 5, classes: 4, seed: 1),
      optimizer: optimizer,
      options: TrainingOptions(batchSize: 8, threads: 1, averageDecay: 0.9)
    )
  }

  private func batch(of rows: Int) -> SequenceDataset {
    let bytes = (0..<rows * 6 * 3).map { UInt8(truncatingIfNeeded: 37 * $0) }
    return SequenceDataset(
      elements: .bytes(bytes, scale: 1 / 255),
      labels: (0..<rows).map { $0 % 4 },
      steps: 6,
      features: 3,
      classNames: ["a", "b", "c", "d"]
    )
  }

  @Test(arguments: [5, 8, 11])
  func `the parts one after another are a trainer's step`(rows: Int) throws {
    let (data, trainer, sharding) = (batch(of: rows), trainer(), Sharding(rows: rows))
    let parts = try #require(TrainingStepParts(ofStepBy: trainer, on: data))
    parts.packWeights()
    for shard in 0..<sharding.count { parts.runShard(shard, rows: sharding[shard]) }
    if sharding.count == 2 { parts.addGradients() }
    parts.update()
    try trainer.trainBatch(on: data, at: 0..<rows)
    let stepped = ParameterList(of: trainer.model)
    #expect(parts.parameters.tensors.map(\.elements) == stepped.tensors.map(\.elements))
    #expect(parts.gradientCount >= trainer.model.parameterCount)
  }

  @Test func `a gradient that is copied and added is twice as large`() throws {
    let (data, trainer) = (batch(of: 5), trainer(GradientDescent(learningRate: 1)))
    let before = ParameterList(of: trainer.model).tensors.flatMap(\.elements)
    func change(adding: Bool) throws -> [Float] {
      let parts = try #require(TrainingStepParts(ofStepBy: trainer, on: data))
      parts.packWeights()
      parts.runShard(0, rows: 0..<5)
      if adding {
        parts.copyGradient()
        parts.addGradients()
      }
      parts.update()
      return zip(parts.parameters.tensors.flatMap(\.elements), before).map { $0 - $1 }
    }
    let (once, twice) = (try change(adding: false), try change(adding: true))
    #expect(once.contains { abs($0) > 0.01 })
    // Parameters are below 2, and each change is rounded with its parameter.
    #expect(zip(once, twice).allSatisfy { abs(2 * $0 - $1) < 4 * Float(2).ulp })
  }

  @Test func `a layer that is not built in has no such parts`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let layer = Recurrence(RNNCell(inputSize: 3, hiddenSize: 5, using: &stream))
    let trainer = Trainer(
      SequenceModel([layer], classes: 4, initialization: .recommended, seed: 1),
      optimizer: Adam(),
      options: TrainingOptions(threads: 1)
    )
    #expect(TrainingStepParts(ofStepBy: trainer, on: batch(of: 5)) == nil)
  }
}
