#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How a model's answers compare with what was to be answered, in few numbers.
public struct AnswerComparison: Sendable, Equatable {
  /// The number of answers that are known: of examples, of steps, or of numbers.
  public internal(set) var count = 0
  /// The sum of their losses.
  public internal(set) var lossSum = 0.0
  /// The number of classes that were told rightly.
  public internal(set) var correct = 0

  /// The mean loss: of classes and tokens in nats.
  public var cost: Double { count > 0 ? lossSum / Double(count) : 0 }
  /// The share of classes that were told rightly.
  public var accuracy: Double { count > 0 ? Double(correct) / Double(count) : 0 }
  /// The mean loss of classes and tokens in bits.
  public var bits: Double { cost / 0.693_147_180_559_945_3 }
  /// The number of tokens that would be as hard to choose from: e to the cost.
  public var perplexity: Double { exp(cost) }

  mutating func add(_ other: AnswerComparison) {
    count += other.count
    lossSum += other.lossSum
    correct += other.correct
  }
}

extension SequenceClassifier {
  /// Compares the model's answers about every example with what is to be answered.
  ///
  /// Windows of a stream are read one after another, with the states carried between them. The
  /// result is the same for any number of threads.
  ///
  /// - Precondition: The model answers what is to be answered; one that reads a stream is a
  ///   `SequenceModel` of built-in layers that read forward.
  public func compare(
    with dataset: SequenceDataset,
    threads: Int = TrainingOptions.availableThreads,
    numberLoss: NumberLoss = .squaredError
  ) -> AnswerComparison {
    let predictor = (self as? SequenceModel).flatMap {
      Predictor($0, threads: threads, numberLoss: numberLoss)
    }
    if let predictor { return predictor.compare(with: dataset) }
    require(
      dataset.stream == nil,
      "only layers that are built in and read forward carry states from one window to the next"
    )
    let loss = AnswerLoss(numbers: numberLoss)
    var total = AnswerComparison()
    for range in (0..<dataset.count).split(by: 64) {
      let pass = SequencePass(lengths: dataset.lengths.map { Array($0[range]) })
      let answers = logits(dataset.tensor(at: range), in: pass)
      let (sum, correct) = loss.compare(answers, with: dataset, Array(range)[...])
      total.lossSum += Double(sum.scalar)
      total.correct += correct
      total.count += dataset.answerCount(at: range)
    }
    return total
  }
}
