import RecurrentTestSupport
import Testing

@testable import Recurrent

struct NonFiniteTrainingTests {
  private static func layer(_ cell: some BuiltInCell) -> any RecurrentLayer { CellLayer(cell) }

  /// A model of a built-in cell, from each end, under a layer of another kind.
  private static func model(_ testCase: FusedCase) -> SequenceModel {
    func both(_ cell: some BuiltInCell) -> any RecurrentLayer {
      var layer = CellLayer(cell)
      layer.regularization = Regularization(inputDropout: 0.2, recurrentDropout: 0.2)
      return Bidirectional(forward: layer, backward: layer, merge: .mean)
    }
    let first = both(testCase.make(3, 4, 1))
    return SequenceModel(
      [first, layer(testCase.make(first.outputSize, 5, 2))],
      headDropout: 0.2,
      classes: 3,
      initialization: .recommended,
      seed: 3
    )
  }

  private static let dataset: SequenceDataset = {
    let whole = SequenceDataset.random(count: 12, steps: 5)
    return SequenceDataset(
      elements: whole.elements,
      labels: whole.labels,
      steps: 5,
      features: 3,
      classNames: whole.classNames,
      lengths: (0..<12).map { 1 + $0 * 7 % 5 }
    )
  }()

  /// What makes training fail, of some models at least.
  private enum Cause: CaseIterable {
    case none, hugeParameters, hugeHead, badInput
  }

  private static func broken(
    _ model: SequenceModel,
    by cause: Cause
  ) -> (model: SequenceModel, dataset: SequenceDataset) {
    var (model, dataset) = (model, dataset)
    switch cause {
    case .none: break
    case .hugeParameters:
      model.visitParameters { $1 = $1 * Tensor(1e30) }
    case .hugeHead:
      // The gradients of two classes add up where the signs are unlike.
      for (number, unit) in (0..<3).flatMap({ c in (0..<model.head.inputSize).map { (c, $0) } }) {
        model.head.weight[number, unit] = (number + unit) % 2 == 0 ? 3.3e38 : -3.3e38
      }
    case .badInput:
      var numbers = dataset.tensor(at: 0..<dataset.count).elements
      for example in 0..<dataset.count { numbers[example * 15 + 1] = .nan }
      dataset = SequenceDataset(
        elements: .floats(numbers),
        labels: dataset.labels,
        steps: dataset.steps,
        features: dataset.features,
        classNames: dataset.classNames,
        lengths: dataset.lengths
      )
    }
    return (model, dataset)
  }

  @Test(arguments: FusedCase.all)
  func `what training throws as not finite is found, and nothing in a sound model`(
    testCase: FusedCase
  ) throws {
    var failures: [Cause: Int] = [:]
    for cause in Cause.allCases {
      let (model, dataset) = Self.broken(Self.model(testCase), by: cause)
      for indices in [Array(0..<12)] + (0..<12).map({ [$0] }) {
        let trainer = Trainer(
          model,
          optimizer: GradientDescent(learningRate: 0),
          options: TrainingOptions(seed: 4, threads: 1, labelSmoothing: 0.1)
        )
        let result = Result { () throws(TrainingError) in
          try trainer.trainBatch(on: dataset, at: indices)
        }
        var error: TrainingError?
        if case .failure(let thrown) = result { error = thrown }
        let origin = model.nonFiniteOrigin(
          in: dataset,
          at: indices,
          pass: TrainingPass(seed: 4, step: 0),
          labelSmoothing: 0.1
        )
        if error != nil { failures[cause, default: 0] += 1 }
        #expect(
          (origin == nil) == (error == nil),
          "\(cause), \(indices): \(origin?.description ?? "nothing")"
        )
      }
    }
    #expect(failures[.none] == nil)
    #expect(failures[.hugeHead, default: 0] > 0)
    #expect(failures[.badInput] == 13)
  }

  @Test func `the step's own masks are what counts`() throws {
    // Features that are kept count twice, which is more than a float.
    var layer = RNN.relu(input: [[1]], recurrent: [0])
    layer.regularization.inputDropout = 0.5
    let model = SequenceModel.of([layer])
    let examples = 0..<3
    let dataset = SequenceDataset.blank(
      steps: 4,
      lengths: [3, 4, 4],
      examples.flatMap { example in
        (0..<4).map { (example: example, step: $0, feature: 0, value: Float(2e38)) }
      }
    )
    var origins: [NonFiniteOrigin] = []
    for step in 0..<6 {
      let indices = [2, 0, 1]
      let streams = MaskStreams(seed: 8, step: step, examples: indices)
      let mask = try #require(
        streams.dropout([3, 4, 1], rate: 0.5, at: MaskSite(use: .inputDropout))
      )
      let places = (0..<4).flatMap { time in (0..<3).map { (time: time, row: $0) } }
      let first = try #require(places.first { mask[$0.row, $0.time, 0] != 0 })
      let origin = model.nonFiniteOrigin(
        in: dataset,
        at: indices,
        pass: TrainingPass(seed: 8, step: step),
        labelSmoothing: 0
      )
      #expect(
        origin
          == NonFiniteOrigin(
            stage: .state("hidden state"),
            value: .infinity,
            layer: .init(index: 0, name: "RNN"),
            unit: 0,
            step: first.time,
            steps: dataset.length(ofExample: indices[first.row]),
            example: indices[first.row]
          )
      )
      origins += origin.map { [$0] } ?? []
    }
    #expect(Set(origins.map(\.description)).count > 1)
    #expect(model.nonFiniteOrigin(in: dataset, at: examples) == nil)
  }

  // Above, h = relu(2¹⁹ m h' + x), where m is 2 in the examples whose state is kept: those stay at 1,
  // and a change grows by 2²⁰ at each step. Seven steps before the last it is more than a float.
  @Test func `on the way back each part of the batch has its own masks, and each layer`() throws {
    let below = RNN.relu(input: [[1], [-1]], recurrent: [0, 0])
    var above = RNN.relu(input: [[1, -1]], recurrent: [0x1p19])
    above.regularization.recurrentDropout = 0.5
    let model = SequenceModel.of([below, above], head: [[1], [0]])
    let indices = [5, 3, 1, 7, 0, 2, 4, 6]
    let dataset = SequenceDataset.blank(
      count: 8,
      steps: 10,
      indices.flatMap { example in
        (0..<10).map { (example, $0, 0, $0 == 0 ? Float(1) : 1 - 0x1p20) }
      }
    )
    for step in 0..<6 {
      let mask = try #require(
        MaskStreams(seed: 8, step: step, examples: indices)
          .dropout([8, 1], rate: 0.5, at: MaskSite(use: .recurrentDropout, layer: 1))
      )
      let kept = try #require((0..<8).first { mask[$0, 0] != 0 })
      #expect(
        model.nonFiniteOrigin(
          in: dataset,
          at: indices,
          pass: TrainingPass(seed: 8, step: step),
          labelSmoothing: 0
        )
          == NonFiniteOrigin(
            stage: .stateGradient("hidden state"),
            value: .negativeInfinity,
            layer: .init(index: 1, name: "RNN"),
            unit: 0,
            step: 2,
            steps: 10,
            example: indices[kept]
          )
      )
    }
  }

  @Test func `dropout before the head overflows what the head reads`() throws {
    let layer = RNN.relu(input: [[1], [1], [1]], recurrent: [0, 0, 0])
    let model = SequenceModel.of([layer], headDropout: 0.5)
    let dataset = SequenceDataset.blank(steps: 1, [(1, 0, 0, 2e38)])
    let pass = TrainingPass(seed: 8, step: 1)
    let mask = try #require(
      MaskStreams(seed: 8, step: 1, examples: [0, 1])
        .dropout([2, 3], rate: 0.5, at: MaskSite(use: .headDropout))
    )
    let kept = try #require((0..<3).first { mask[1, $0] != 0 })
    #expect(
      model.nonFiniteOrigin(in: dataset, at: [0, 1], pass: pass, labelSmoothing: 0)
        == NonFiniteOrigin(stage: .summary, value: .infinity, unit: kept, example: 1)
    )
  }

  // 0 times NaN is NaN: training fails of it, too.
  @Test func `a feature that is NaN is not undone by leaving it out`() {
    var layer = RNN.relu(input: [[1]], recurrent: [0])
    layer.regularization.inputDropout = 0.99
    let model = SequenceModel.of([layer])
    let dataset = SequenceDataset.blank(steps: 2, [(1, 1, 0, .nan)])
    let options = TrainingOptions(seed: 8)
    let trainer = Trainer(model, optimizer: GradientDescent(learningRate: 0.1), options: options)
    #expect(throws: TrainingError.self) { try trainer.trainBatch(on: dataset, at: 0..<3) }
    #expect(
      model.nonFiniteOrigin(
        in: dataset,
        at: [0, 1, 2],
        pass: TrainingPass(seed: 8, step: 0),
        labelSmoothing: 0
      )
        == NonFiniteOrigin(
          stage: .input,
          value: .notANumber,
          unit: 0,
          step: 1,
          steps: 2,
          example: 1
        )
    )
  }

  @Test func `the input is what the epoch's augmentation makes of it`() throws {
    let augmentation = Augmentation([.scaling(RandomScaling(deviation: 1))])
    let dataset = SequenceDataset.blank(
      count: 8,
      steps: 2,
      lengths: [1, 2, 2, 2, 2, 2, 2, 2],
      (0..<8).map { (example: $0, step: $0 == 0 ? 0 : 1, feature: 0, value: Float(3e38)) }
    )
    let model = SequenceModel.of([RNN.relu(input: [[1e-30]], recurrent: [0])])
    var found: Set<Int> = []
    for epoch in 1...6 {
      let factored = (0..<8).map {
        dataset.values(ofExample: $0, augmentedBy: augmentation, seed: 5, epoch: epoch)
      }
      let example = try #require(factored.firstIndex { $0.contains { !$0.isFinite } })
      let number = try #require(factored[example].first { !$0.isFinite })
      found.insert(example)
      let pass = AugmentationPass(augmentation, seed: 5, epoch: epoch)
      #expect(
        model.nonFiniteOrigin(
          in: dataset,
          at: Array(0..<8),
          pass: TrainingPass(seed: 5, step: 0, augmentation: pass),
          labelSmoothing: 0
        )
          == NonFiniteOrigin(
            stage: .input,
            value: number > 0 ? .infinity : .negativeInfinity,
            unit: 0,
            step: example == 0 ? 0 : 1,
            steps: example == 0 ? 1 : 2,
            example: example
          )
      )
    }
    #expect(found.count > 1)
  }

  @Test func `a batch that cannot be read traps and says why`() async throws {
    let result = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let model = SequenceModel.of([RNN.relu(input: [[1]], recurrent: [1])])
        _ = model.nonFiniteOrigin(in: .blank(count: 3, steps: 2), at: [1, 3])
      }
    )
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("a batch has an example outside a data set of 3"), "\(text)")
  }
}
