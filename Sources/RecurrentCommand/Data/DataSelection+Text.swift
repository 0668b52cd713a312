import Recurrent
import RecurrentData

extension DataSelection {
  /// The fewest steps of a lane that a text is validated in: its first steps are read without what
  /// was before them.
  private static let leastLane = 1_000
  /// After so many windows a lane begins anew.
  ///
  /// A model that only ever goes on does not learn to begin:
  /// at a prompt, or where it is judged, its state may go where it never was and not come back.
  private static let windowsGoneOn = 8

  /// The windows of a text.
  func text(
    for recipe: Recipe,
    preparedBy preparation: InputPreparation?
  ) throws -> RunData {
    let path = path ?? ""
    var vocabulary: [String]?
    if case .text(let preparation) = preparation { vocabulary = preparation.vocabulary }
    let corpus = try TextCorpus(
      contentsOf: path,
      unit: tokens ?? .characters,
      vocabulary: vocabulary,
      validationShare: validationShare ?? 0.1
    )
    let window = recipe.usedWindow
    guard
      let training = SequenceDataset.nextTokens(
        of: corpus.training,
        documents: Self.pieces(of: corpus.training.count, length: Self.windowsGoneOn * window),
        window: window,
        lanes: recipe.batchSize
      )
    else {
      throw CommandFailure(
        """
        \(path): has \(corpus.training.count) \(corpus.unit.rawValue) to learn from, too few for \
        \(recipe.batchSize) lanes; use a smaller --batch
        """
      )
    }
    let count = corpus.validation.count
    let lanes = max(1, min(recipe.batchSize, (count - 1) / Self.leastLane))
    guard
      let validation = SequenceDataset.nextTokens(
        of: corpus.validation,
        window: window,
        lanes: lanes
      )
    else {
      throw CommandFailure(
        "\(path): its end, of \(count) \(corpus.unit.rawValue), is too short to be judged on"
      )
    }
    return RunData(
      training: training,
      validation: validation,
      fingerprint: corpus.fingerprint,
      preparation: .text(TextPreparation(unit: corpus.unit, vocabulary: corpus.vocabulary)),
      remarks: Self.remarks(on: corpus)
    )
  }

  /// A text cut in pieces of so many steps, the last of which tells the first token of the next piece.
  private static func pieces(of count: Int, length: Int) -> [Range<Int>] {
    stride(from: 0, to: count - 1, by: length).map { $0..<min($0 + length + 1, count) }
  }

  private static func remarks(on corpus: TextCorpus) -> [String] {
    let (first, last) = (corpus.training.count, corpus.validation.count)
    let unknown =
      corpus.unknownCount == 0
      ? ""
      : "; \(corpus.unknownCount) of the end's are unknown, since the beginning has none of them"
    let place =
      corpus.isMapped
      ? "read from the file when needed"
      : "\(decimals(Double(2 * (first + last)) / 1e6, 1)) MB in memory"
    return [
      """
      Text: \(first) \(corpus.unit.rawValue) to learn from, the last \(last) to be judged on, \
      \(corpus.vocabulary.count) different ones\(unknown); \(place)
      """,
      "A lane's state goes on from window to window, and begins anew after \(windowsGoneOn) of them",
    ]
  }
}
