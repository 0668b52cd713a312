import Recurrent
import RecurrentData

/// A model's answers about examples, as they compare with the true ones: in all, and example by example.
struct JudgedAnswers {
  /// What was answered.
  enum Kind {
    /// Classes, of sequences or of steps.
    case classes(Evaluation)
    /// Numbers, of sequences or of steps.
    case numbers(NumberErrors)
  }

  let kind: Kind
  /// How good the answers about each example are, more being better.
  ///
  /// The share of its classes that were told rightly, or its mean absolute error as a number below 0;
  /// NaN where nothing is known of it.
  let scores: [Double]

  /// The share told rightly, or the mean absolute error.
  var value: Double {
    switch kind {
    case .classes(let evaluation): evaluation.accuracy
    case .numbers(let errors): errors.meanAbsoluteError
    }
  }

  /// Reads the examples, unless they were evaluated; nil where the next tokens of a text are told, or
  /// nothing is known that answers can be compared with.
  init?(
    of model: SequenceModel,
    on examples: SequenceDataset,
    evaluation: Evaluation? = nil,
    preparation: SeriesPreparation? = nil,
    threads: Int
  ) {
    guard examples.answerCount(at: 0..<examples.count) > 0 else { return nil }
    switch examples.targets {
    case .nextTokens, .nextRows: return nil
    case .classes, .classesOfSteps:
      let evaluation = evaluation ?? model.evaluate(on: examples, threads: threads)
      kind = .classes(evaluation)
      scores = Self.shares(evaluation, examples)
    case .numbers(let scaled), .numbersOfSteps(let scaled):
      let told = model.logits(for: examples, threads: threads).elements
      let answers = preparation?.numbers(of: told) ?? told
      let truths = preparation?.numbers(of: scaled) ?? scaled
      let width = truths.count / examples.count
      // Past the end of a sequence there is nothing to be told.
      let spans = (0..<examples.count).map { index in
        let known =
          examples.answersEachStep
          ? examples.length(ofExample: index) * examples.outputNames.count : width
        return index * width..<index * width + known
      }
      kind = .numbers(
        NumberErrors(
          of: spans.flatMap { answers[$0] },
          against: spans.flatMap { truths[$0] }
        )
      )
      scores = spans.map { span in
        let errors = NumberErrors(of: Array(answers[span]), against: Array(truths[span]))
        return errors.count > 0 ? -errors.meanAbsoluteError : .nan
      }
    }
  }

  private static func shares(_ evaluation: Evaluation, _ examples: SequenceDataset) -> [Double] {
    var place = 0
    return (0..<examples.count).map { index in
      let count = examples.answerCount(at: index..<index + 1)
      defer { place += count }
      guard count > 0 else { return .nan }
      let right = (place..<place + count).count {
        evaluation.predictions[$0] == evaluation.labels[$0]
      }
      return Double(right) / Double(count)
    }
  }
}
