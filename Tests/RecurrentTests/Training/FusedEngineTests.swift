import RecurrentTestSupport
import Testing

@testable import Recurrent

/// The engine that trains models of built-in layers against the same models on the tape.
struct FusedEngineTests {
  /// A model of two layers, and rows for it.
  struct Case: Sendable, CustomTestStringConvertible {
    var cell: FusedCase
    var number: Int
    var testDescription: String { "\(cell.name), \(number)" }

    var model: SequenceModel { Self.model(cell.make(5, 18, UInt64(number) + 1), number) }

    private static func model<Built: BuiltInCell>(_ cell: Built, _ number: Int) -> SequenceModel {
      var stream = RandomStream(seed: 31, purpose: .testing)
      let regularization = Regularization(
        inputDropout: 0.2,
        recurrentDropout: 0.3,
        dropConnect: 0.1,
        hiddenZoneout: 0.2
      )
      func layer(_ isMasked: Bool) -> CellLayer<Built> {
        var layer = CellLayer(cell)
        if isMasked { layer.regularization = regularization }
        return layer
      }
      var layers: [any RecurrentLayer]
      switch number {
      case 0: layers = [layer(false)]
      case 1:
        var first = layer(true)
        first.learnInitialState()
        first.isReversed = true
        layers = [first]
      default:
        let merge = Merge.allCases[(number - 2) % Merge.allCases.count]
        var back = layer(number % 2 == 0)
        back.learnInitialState()
        layers = [Bidirectional(forward: layer(number % 2 == 0), backward: back, merge: merge)]
      }
      let size = layers[0].outputSize
      var top = GRU(inputSize: size, hiddenSize: size, using: &stream)
      top.regularization = Regularization(inputDropout: 0.25)
      layers.append(number % 2 == 0 ? Residual(top) : top)
      let summaries: [SequenceModel.Summary] = [.lastOutput, .meanOutput, .maxOutput]
      return SequenceModel(
        layers: layers,
        summary: summaries[number % 3],
        headDropout: number > 0 ? 0.3 : 0,
        head: Dense(inputSize: size, outputSize: 3, using: &stream)
      )
    }

    /// Rows, of unequal length in every other case.
    var dataset: SequenceDataset {
      var numbers = SeededNumbers(UInt64(number) + 60)
      let (count, steps) = (12, 6)
      return SequenceDataset(
        elements: .floats(numbers.floats(count * steps * 5)),
        labels: (0..<count).map { $0 % 3 },
        steps: steps,
        features: 5,
        classNames: ["a", "b", "c"],
        lengths: number % 2 == 0 ? nil : (0..<count).map { _ in numbers.integer(in: 1...steps) }
      )
    }
  }

  static let cases = FusedCase.all.flatMap { cell in
    (0..<6).map { Case(cell: cell, number: $0) }
  }

  // Both are sums of some hundred products in 32 bits, in different orders.
  @Test(arguments: cases)
  func `losses and gradients are those of the tape`(example: Case) throws {
    let (model, dataset) = (example.model, example.dataset)
    let indices = Array([7, 0, 3, 11, 5, 1, 9, 2, 10])
    let options = TrainingOptions(batchSize: indices.count, threads: 2)
    let engine = try #require(FusedEngine(model, options: options))
    let (got, result) = engineGradient(of: model, by: engine, dataset, indices)
    let pass = SequencePass(
      lengths: dataset.lengths.map { lengths in indices.map { lengths[$0] } },
      masks: MaskStreams(seed: 8, step: 4, examples: indices)
    )
    let input = dataset.tensor(at: indices)
    let labels = indices.map { dataset.labels[$0] }
    let want = valueWithGradient(at: model) {
      softmaxCrossEntropy(logits: $0.logits(input, in: pass), labels: labels)
    }
    #expect(abs(result.lossSum / Double(indices.count) - Double(want.value.scalar)) < 1e-5)
    #expect(got.names == want.gradient.names)
    for (name, pair) in zip(got.names, zip(got.tensors, want.gradient.tensors)) {
      let problem = mismatch(pair.0.elements, pair.1.elements, tolerance: 1e-5)
      #expect(problem == nil, "\(name): \(problem ?? "")")
    }
    #expect(abs(result.squaredNorm - got.squaredNorm) <= 1e-5 * (1 + got.squaredNorm))
  }

  @Test(arguments: cases.filter { $0.number == 3 || $0.number == 4 })
  func `the same bits come out on any number of threads`(example: Case) throws {
    let trained = try [1, 2, 3].map { threads in
      let trainer = Trainer(
        example.model,
        optimizer: Adam(learningRate: 0.01),
        options: TrainingOptions(batchSize: 9, epochs: 2, threads: threads)
      )
      for _ in 1...2 { _ = try trainer.trainEpoch(on: example.dataset) }
      return trainer.model.parameters.map(\.value.elements)
    }
    for other in trained.dropFirst() {
      #expect(zip(trained[0], other).allSatisfy { haveSameBits($0, $1) })
    }
  }

  @Test(arguments: cases)
  func `predictions are those of the tape`(example: Case) throws {
    let (model, dataset) = (example.model, example.dataset)
    let predictor = try #require(Predictor(model, threads: 2))
    let want = model.logits(
      dataset.tensor(at: 0..<dataset.count),
      in: SequencePass(lengths: dataset.lengths)
    )
    let got = predictor.logits(for: dataset)
    #expect(mismatch(got.elements, want.elements, tolerance: 1e-5) == nil)
  }
}
