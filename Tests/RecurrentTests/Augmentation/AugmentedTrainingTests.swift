import RecurrentTestSupport
import Testing

@testable import Recurrent

struct AugmentedTrainingTests {
  private static let everything =
    "affine,elastic,cutout:size=2,time-shift:share=0.3,time-warp,time-cutout,scaling,noise"

  private static func options(_ text: String?, threads: Int = 2) throws -> TrainingOptions {
    TrainingOptions(
      batchSize: 50,
      epochs: 2,
      seed: 9,
      threads: threads,
      augmentation: try text.map { try Augmentation($0) }
    )
  }

  private static func trained(
    _ text: String?,
    threads: Int = 2,
    isTaped: Bool = false
  ) throws -> [[Float]] {
    let dataset = SequenceDataset.random(count: 130, steps: 6, features: 3)
    let model = SequenceModel.stack([5])
    let optimizer = GradientDescent(learningRate: 0.2)
    func parameters<Model: SequenceClassifier>(_ model: Model) throws -> [[Float]] {
      let trainer = Trainer(
        model,
        optimizer: optimizer,
        options: try options(text, threads: threads)
      )
      for _ in 1...2 { _ = try trainer.trainEpoch(on: dataset) }
      return trainer.model.parameters.map(\.value.elements)
    }
    return isTaped ? try parameters(TapedModel(model: model)) : try parameters(model)
  }

  @Test(arguments: [false, true])
  func `any number of threads gives the same bits`(isTaped: Bool) throws {
    let one = try Self.trained(Self.everything, threads: 1, isTaped: isTaped)
    for threads in [2, 3] {
      #expect(try Self.trained(Self.everything, threads: threads, isTaped: isTaped) == one)
    }
    #expect(try Self.trained(nil, isTaped: isTaped) != one)
  }

  @Test func `what pads an example never gets into it`() throws {
    func values(padding: Float) throws -> [Float] {
      let steps: [Float] = (0..<8).flatMap { step in
        step < 5 ? [Float(step), Float(step) / 2] : [padding, -padding]
      }
      let dataset = SequenceDataset(
        elements: .floats(steps),
        labels: [0],
        steps: 8,
        features: 2,
        classNames: ["a"],
        lengths: [5]
      )
      return dataset.values(
        ofExample: 0,
        augmentedBy: try Augmentation(Self.everything),
        seed: 3,
        epoch: 1
      )
    }
    let small = try values(padding: 0)
    #expect(small.count == 10)
    #expect(try values(padding: 1_000) == small)
    #expect(small != (0..<5).flatMap { [Float($0), Float($0) / 2] })
  }

  // As without augmentation: the same sums in other orders.
  @Test func `both engines read the same examples`() throws {
    let fused = try Self.trained(Self.everything)
    let taped = try Self.trained(Self.everything, isTaped: true)
    for (a, b) in zip(fused, taped) { #expect(mismatch(a, b, tolerance: 1e-5) == nil) }
  }

  @Test(arguments: [nil, "", "noise:deviation=0", "noise:probability=0"])
  func `changes of nothing train as no changes`(text: String?) throws {
    let none = text == ""
    let got =
      none
      ? try Self.trainedWithNoOperations()
      : try Self.trained(text)
    #expect(try got == Self.trained(nil))
  }

  private static func trainedWithNoOperations() throws -> [[Float]] {
    var options = try options(nil)
    options.augmentation = Augmentation([])
    let trainer = Trainer(
      SequenceModel.stack([5]),
      optimizer: GradientDescent(learningRate: 0.2),
      options: options
    )
    let dataset = SequenceDataset.random(count: 130, steps: 6, features: 3)
    for _ in 1...2 { _ = try trainer.trainEpoch(on: dataset) }
    return trainer.model.parameters.map(\.value.elements)
  }

  // With a learning rate of 0 the model stays, and an epoch's cost is that of what was read.
  @Test func `training reads what the data set says it reads`() throws {
    let plain = SequenceDataset.random(count: 130, steps: 6, features: 3)
    let augmentation = try Augmentation(Self.everything)
    let model = SequenceModel.stack([5])
    let trainer = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 0),
      options: try Self.options(Self.everything)
    )
    for epoch in 1...2 {
      let read = SequenceDataset(
        elements: .floats(
          (0..<130).flatMap {
            plain.values(ofExample: $0, augmentedBy: augmentation, seed: 9, epoch: epoch)
          }
        ),
        labels: plain.labels,
        steps: 6,
        features: 3,
        classNames: plain.classNames
      )
      let cost = try trainer.trainEpoch(on: plain).averageCost
      let want = model.evaluate(on: read).cost
      #expect(abs(cost - want) < 1e-6)
      #expect(abs(model.evaluate(on: plain).cost - want) > 1e-4)
    }
  }
}
