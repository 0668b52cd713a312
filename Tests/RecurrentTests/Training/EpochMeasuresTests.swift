import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct EpochMeasuresTests {
  private let dataset = SequenceDataset.random(count: 40)
  private let model = SequenceModel.stack([6, 5])

  private func options(threads: Int, clip: Float? = nil) -> TrainingOptions {
    TrainingOptions(batchSize: 16, epochs: 2, seed: 5, threads: threads, clipNorm: clip)
  }

  /// The norms of an epoch's gradients, each taken by itself with a model that is trained alongside.
  private func norms() throws -> [Double] {
    let other = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 0.5),
      options: options(threads: 1)
    )
    var norms: [Double] = []
    for first in stride(from: 0, to: dataset.count, by: 16) {
      let batch = Array(first..<min(first + 16, dataset.count))
      let (_, gradient) = valueWithGradient(at: other.model) { model in
        softmaxCrossEntropy(
          logits: model(dataset.tensor(at: batch)),
          labels: batch.map { dataset.labels[$0] }
        )
      }
      norms.append(gradient.norm)
      try other.trainBatch(on: dataset, at: batch)
    }
    return norms
  }

  @Test(arguments: [false, true])
  func `an epoch tells the mean and the largest norm of its gradients`(isTaped: Bool) throws {
    let expected = try norms()
    let optimizer = GradientDescent(learningRate: 0.5)
    let report =
      isTaped
      ? try Trainer(TapedModel(model: model), optimizer: optimizer, options: options(threads: 2))
        .trainEpoch(on: dataset, order: Array(0..<40))
      : try Trainer(model, optimizer: optimizer, options: options(threads: 2))
        .trainEpoch(on: dataset, order: Array(0..<40))
    let mean = try #require(report.gradientNorm)
    let largest = try #require(report.largestGradientNorm)
    #expect(abs(mean - expected.reduce(0, +) / 3) < 1e-5 * mean)
    #expect(abs(largest - (expected.max() ?? 0)) < 1e-5 * largest)
    #expect(largest > mean)
  }

  @Test func `norms are taken before gradients are limited`() throws {
    func norm(clip: Float?) throws -> Double? {
      // A rate of zero: the limit changes nothing else.
      try Trainer(
        model,
        optimizer: GradientDescent(learningRate: 0),
        options: options(threads: 1, clip: clip)
      ).trainEpoch(on: dataset).gradientNorm
    }
    let free = try #require(try norm(clip: nil))
    #expect(free > 0.01)
    #expect(try norm(clip: 0.001) == free)
  }

  @Test func `any number of threads gives the same norms, paused and restored or not`() throws {
    let whole = Trainer(model, optimizer: Adam(), options: options(threads: 1))
    let expected = try whole.trainEpoch(on: dataset)
    let paused = Trainer(model, optimizer: Adam(), options: options(threads: 3))
    _ = try paused.trainEpoch(on: dataset) { if $0.step == 2 { paused.pause() } }
    let kept = try Checkpoint(Checkpoint(paused.state).safetensors)
    let restored = Trainer(model, optimizer: Adam(), options: options(threads: 2))
    try restored.restore(kept.state)
    let report = try restored.trainEpoch(on: dataset)
    #expect(report.isFinished)
    #expect(report.gradientNorm == expected.gradientNorm && report.gradientNorm != nil)
    #expect(report.largestGradientNorm == expected.largestGradientNorm)
    #expect(whole.model.safetensors.bytes == restored.model.safetensors.bytes)
  }

  @Test func `an epoch that an older version began tells no norms, the next one does`() throws {
    let trainer = Trainer(model, optimizer: Adam(), options: options(threads: 1))
    _ = try trainer.trainEpoch(on: dataset) { _ in trainer.pause() }
    var file = Checkpoint(trainer.state).safetensors
    let text = try #require(file.metadata["training"])
    let measures = try #require(text.firstRange(of: /"measures":\{[^{}]*\{[^{}]*\}[^{}]*\},/))
    file.metadata["training"] = text.replacingCharacters(in: measures, with: "")
    file.addChecksum()
    let restored = Trainer(model, optimizer: Adam(), options: options(threads: 1))
    try restored.restore(Checkpoint(file).state)
    let first = try restored.trainEpoch(on: dataset)
    #expect(first.isFinished && first.gradientNorm == nil && first.times == nil)
    let second = try restored.trainEpoch(on: dataset)
    #expect(second.gradientNorm != nil && second.times != nil)
  }

  @Test(arguments: [1, 2])
  func `the times are parts of what the epoch took`(threads: Int) throws {
    let dataset = SequenceDataset.random(count: 256, steps: 10)
    let trainer = Trainer(
      SequenceModel.stack([24]),
      optimizer: Adam(),
      options: TrainingOptions(
        batchSize: 64,
        threads: threads,
        augmentation: Augmentation([.noise(GaussianNoise())])
      )
    )
    let report = try trainer.trainEpoch(on: dataset)
    let times = try #require(report.times)
    #expect(times.reading > 0 && times.summing > 0 && times.updating > 0)
    #expect(times.passes > times.reading)
    #expect(times.total <= report.seconds)
  }

  @Test func `the norm of a model's parameters is that of all their numbers`() {
    let numbers = model.parameters.flatMap { $0.value.elements.map(Double.init) }
    let expected = numbers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(model.parameterNorm - expected) < 1e-9 * expected)
    let parts = model.layers.map { $0.parameterNorm } + [model.head.parameterNorm]
    let sum = parts.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(sum - expected) < 1e-9 * expected)
  }
}
