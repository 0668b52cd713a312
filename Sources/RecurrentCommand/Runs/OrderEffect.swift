import Recurrent
import RecurrentData

/// What becomes of a model's answers when the steps of each sequence come in random order.
struct OrderEffect: Codable, Equatable {
  /// How much the order matters to the model.
  enum Weight: String, Codable {
    /// The answers are not clearly worse without it.
    case none
    /// They are clearly worse, but less than a tenth of what the model has over answers without one
    /// is lost.
    case little
    /// More is lost.
    case much
  }

  var weight: Weight
  /// The share of classes told rightly in random order.
  var accuracy: Double?
  /// The mean absolute error of numbers told in random order.
  var meanAbsoluteError: Double?
  /// Whether steps are rows of images.
  var isOfImages: Bool

  /// Reads the examples again, each with its steps in random order.
  init?(
    of model: SequenceModel,
    on examples: SequenceDataset,
    answers: JudgedAnswers,
    baselines: [Assessment.Baseline],
    areImages: Bool,
    preparation: SeriesPreparation?,
    seed: UInt64,
    threads: Int
  ) {
    guard
      let shuffled = JudgedAnswers(
        of: model,
        on: examples.shuffledInTime(seed: seed),
        preparation: preparation,
        threads: threads
      ), shuffled.value.isFinite
    else { return nil }
    isOfImages = areImages
    let best: Double?
    switch shuffled.kind {
    case .classes:
      accuracy = shuffled.value
      best = baselines.compactMap(\.accuracy).max()
    case .numbers:
      meanAbsoluteError = shuffled.value
      best = baselines.compactMap(\.meanAbsoluteError).min()
    }
    weight = Self.weight(
      isClear: SignTest(first: answers.scores, second: shuffled.scores).isFirstClearlyBetter,
      inOrder: answers.value,
      shuffled: shuffled.value,
      baseline: best
    )
  }

  /// How much the order matters, from what is reached in order, in random order and without a model.
  static func weight(
    isClear: Bool,
    inOrder: Double,
    shuffled: Double,
    baseline: Double?
  ) -> Weight {
    guard isClear else { return .none }
    let gain = abs(inOrder - (baseline ?? 0))
    return abs(inOrder - shuffled) < 0.1 * gain ? .little : .much
  }

  /// What was found, in a sentence.
  var text: String {
    let steps = isOfImages ? "the rows of each image" : "the steps of each sequence"
    let value =
      accuracy.map { percent($0) }
      ?? "mean absolute error \(significant(meanAbsoluteError ?? 0))"
    let words =
      switch weight {
      case .none: "no sign that their order matters to the model"
      case .little: "their order matters little to the model"
      case .much: "their order matters to the model"
      }
    return "With \(steps) in random order: \(value); \(words)"
  }
}
