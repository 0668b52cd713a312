import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Models that answer each step, or with numbers, trained by the fused engine and by the tape.
struct AnswerTrainingTests {
  /// What is to be answered, and how answers are compared.
  struct Case: Sendable, CustomTestStringConvertible {
    enum Kind: String, CaseIterable {
      case classes
      case classesOfSteps
      case numbers
      case numbersOfSteps
    }

    var kind: Kind
    var numberLoss = NumberLoss.squaredError
    var isUnequal = false
    var isDropping = false

    var testDescription: String {
      "\(kind), \(numberLoss)\(isUnequal ? ", unequal lengths" : "")\(isDropping ? ", dropout" : "")"
    }

    static let all: [Case] = Kind.allCases.flatMap { kind in
      let losses: [NumberLoss] =
        kind == .numbers || kind == .numbersOfSteps
        ? [.squaredError, .absoluteError, .huber(delta: 0.5)] : [.squaredError]
      return losses.flatMap { loss in
        [false, true].flatMap { isUnequal in
          [false, true].map {
            Case(kind: kind, numberLoss: loss, isUnequal: isUnequal, isDropping: $0)
          }
        }
      }
    }

    private static let (count, steps, outputs) = (11, 6, 3)

    var dataset: SequenceDataset {
      var numbers = SeededNumbers(7)
      let (count, steps, outputs) = (Self.count, Self.steps, Self.outputs)
      func some(_ size: Int) -> [Float] {
        numbers.floats(size).enumerated().map { $0 % 5 == 2 ? .nan : 2 * $1 }
      }
      let targets: SequenceDataset.Targets =
        switch kind {
        case .classes: .classes(numbers.integers(count, in: 0...outputs - 1))
        case .classesOfSteps:
          .classesOfSteps(numbers.integers(count * steps, in: -1...outputs - 1).map(Int32.init))
        case .numbers: .numbers(some(count * outputs))
        case .numbersOfSteps: .numbersOfSteps(some(count * steps * outputs))
        }
      return SequenceDataset(
        elements: .floats(numbers.floats(count * steps * 4)),
        count: count,
        steps: steps,
        features: 4,
        targets: targets,
        outputNames: ["a", "b", "c"],
        lengths: isUnequal ? (0..<count).map { _ in numbers.integer(in: 1...steps) } : nil
      )
    }

    var model: SequenceModel {
      var stream = RandomStream(seed: 9, purpose: .testing)
      let isOfSteps = kind == .classesOfSteps || kind == .numbersOfSteps
      let first = LSTM(inputSize: 4, hiddenSize: 7, using: &stream)
      let second = Bidirectional(
        forward: GRU(inputSize: 7, hiddenSize: 5, using: &stream),
        backward: GRU(inputSize: 7, hiddenSize: 5, using: &stream)
      )
      return SequenceModel(
        layers: [first, second],
        summary: isOfSteps ? .allOutputs : .meanOutput,
        headDropout: isDropping ? 0.3 : 0,
        head: Dense(inputSize: 10, outputSize: Self.outputs, using: &stream)
      )
    }
  }

  @Test(arguments: Case.all)
  func `losses and gradients are those of the tape`(example: Case) throws {
    let (model, dataset) = (example.model, example.dataset)
    let indices = [7, 0, 3, 10, 5, 1, 9, 2, 8]
    let options = TrainingOptions(
      batchSize: indices.count,
      threads: 2,
      labelSmoothing: 0.1,
      numberLoss: example.numberLoss
    )
    let fused = try #require(FusedEngine(model, options: options))
    let (got, gotResult) = engineGradient(of: model, by: fused, dataset, indices)
    let (want, wantResult) = engineGradient(
      of: model,
      by: TapeEngine(model, options: options),
      dataset,
      indices
    )
    #expect(gotResult.answers == wantResult.answers && gotResult.answers > 0)
    #expect(gotResult.correct == wantResult.correct)
    #expect(abs(gotResult.lossSum - wantResult.lossSum) <= 1e-5 * wantResult.lossSum)
    for (name, pair) in zip(got.names, zip(got.tensors, want.tensors)) {
      #expect(mismatch(pair.0.elements, pair.1.elements, tolerance: 1e-5) == nil, "\(name)")
    }
  }

  @Test(arguments: Case.all)
  func `bits are those of any number of threads`(example: Case) throws {
    let (model, dataset) = (example.model, example.dataset)
    let bits = try [1, 2, 3].map { threads in
      let trainer = Trainer(
        model,
        optimizer: Adam(),
        options: TrainingOptions(
          batchSize: 8,
          epochs: 2,
          threads: threads,
          numberLoss: example.numberLoss
        )
      )
      for _ in 0..<2 { _ = try trainer.trainEpoch(on: dataset) }
      return trainer.model.parameters.map { $0.value.elements.map(\.bitPattern) }
    }
    #expect(bits[1] == bits[0] && bits[2] == bits[0])
  }

  @Test(arguments: Case.all)
  func `a comparison is what the losses of the answers say`(example: Case) throws {
    let (model, dataset) = (example.model, example.dataset)
    let loss = AnswerLoss(numbers: example.numberLoss)
    let pass = SequencePass(lengths: dataset.lengths)
    let want = loss.compare(
      model.logits(dataset.tensor(at: 0..<dataset.count), in: pass),
      with: dataset,
      Array(0..<dataset.count)[...]
    )
    let got = model.compare(with: dataset, threads: 2, numberLoss: example.numberLoss)
    #expect(got.count == dataset.answerCount(at: 0..<dataset.count))
    #expect(got.correct == want.correct)
    #expect(abs(got.lossSum - Double(want.sum.scalar)) <= 1e-5 * got.lossSum)
    #expect(model.compare(with: dataset, threads: 1, numberLoss: example.numberLoss) == got)
    guard dataset.answersAreClasses else { return }
    let evaluation = model.evaluate(on: dataset, threads: 2)
    #expect(evaluation.confusion.total == got.count && evaluation.accuracy == got.accuracy)
    #expect(abs(evaluation.cost - got.cost) <= 1e-6 * got.cost)
  }

  @Test func `answers that are not known cost nothing`() throws {
    let dataset = SequenceDataset(
      elements: .floats([Float](repeating: 1, count: 4 * 2)),
      count: 4,
      steps: 2,
      features: 1,
      targets: .numbers([.nan, 1, .nan, 2]),
      outputNames: ["level"]
    )
    #expect(dataset.answerCount(at: 0..<4) == 2)
    let model = SequenceModel.lstm(inputSize: 1, hiddenSize: 2, classes: 1, seed: 1)
    let trainer = Trainer(model, optimizer: Adam(), options: TrainingOptions(batchSize: 4))
    let report = try trainer.trainEpoch(on: dataset)
    #expect(report.accuracy.isNaN && report.averageCost.isFinite)
    // A batch of nothing but unknown answers changes nothing.
    let before = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 1),
      options: TrainingOptions(batchSize: 1)
    )
    #expect(try before.trainBatch(on: dataset, at: [0]) == 0)
    #expect(
      zip(before.model.parameters, model.parameters).allSatisfy {
        $0.value.elements == $1.value.elements
      }
    )
  }
}
