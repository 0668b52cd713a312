/// How the examples of a data set go on with one another: as windows of long sequences that are read
/// side by side, a lane each.
///
/// Example `n` is the window that follows example `n - lanes` in lane `n % lanes`. Trained in this
/// order with a batch of `lanes`, a model carries its states from one window to the next, and
/// gradients stop where a window begins: truncated backpropagation through time.
///
/// Source: R. J. Williams, J. Peng, "An efficient gradient-based algorithm for on-line training of
/// recurrent network trajectories", Neural Computation, 1990.
public struct SequenceStream: Sendable, Equatable {
  /// The number of sequences read side by side.
  public let lanes: Int
  /// Whether each example begins anew, as at the beginning of a document, from the state before the
  /// first step.
  public let beginnings: [Bool]

  /// Creates the stream of a data set.
  ///
  /// - Precondition: There is at least one lane, and every lane begins anew.
  public init(lanes: Int, beginnings: [Bool]) {
    require(lanes > 0, "a stream has at least one lane")
    require(
      beginnings.prefix(lanes).allSatisfy(\.self),
      "every lane of a stream begins with a sequence that begins anew"
    )
    self.lanes = lanes
    self.beginnings = beginnings
  }

  /// The stream of part of the examples; its lanes begin anew.
  func sliced(_ range: Range<Int>) -> SequenceStream {
    require(
      range.lowerBound.isMultiple(of: lanes) && range.upperBound.isMultiple(of: lanes),
      "windows \(range) are no whole batches of \(lanes) lanes"
    )
    var part = Array(beginnings[range])
    for lane in part.indices.prefix(lanes) { part[lane] = true }
    return SequenceStream(lanes: lanes, beginnings: part)
  }
}

extension SequenceStream {
  /// Cuts documents into `lanes` lanes of about one length, and these into windows.
  ///
  /// `documents` are ranges of a text, one after another; a document may begin with the token that
  /// ends the one before. A window is at most `window` steps long, and
  /// ends where its document or its lane does; every lane has as many windows as the others, for
  /// which some are cut in two. The last token of a document is no step, since nothing follows it.
  ///
  /// Returns where the windows begin and how long they are, in the order of a data set's examples.
  ///
  /// - Precondition: `window` and `lanes` are at least 1.
  public static func windows(
    of documents: [Range<Int>],
    window: Int,
    lanes: Int
  ) -> (starts: [Int], lengths: [Int], stream: SequenceStream)? {
    require(window > 0 && lanes > 0, "windows and lanes are at least 1")
    let steps = documents.reduce(0) { $0 + max($1.count - 1, 0) }
    guard steps >= lanes else { return nil }
    var cut = LaneCutter(steps: steps, window: window, lanes: lanes)
    for document in documents where document.count > 1 { cut.take(document) }
    return cut.windows
  }
}

/// Documents on their way into lanes.
private struct LaneCutter {
  private struct Window {
    var start: Int
    var length: Int
    var isBeginning: Bool
  }

  private let steps: Int
  private let window: Int
  private var lanes: [[Window]]
  private var taken = 0

  init(steps: Int, window: Int, lanes: Int) {
    self.steps = steps
    self.window = window
    self.lanes = Array(repeating: [], count: lanes)
  }

  /// Where lane `n` ends among all steps.
  private func end(ofLane lane: Int) -> Int { steps * (lane + 1) / lanes.count }

  mutating func take(_ document: Range<Int>) {
    var start = document.lowerBound
    var lane = lanes.indices.first { end(ofLane: $0) > taken } ?? 0
    while start < document.upperBound - 1 {
      let left = document.upperBound - 1 - start
      let length = min(window, left, end(ofLane: lane) - taken)
      lanes[lane].append(
        Window(
          start: start,
          length: length,
          isBeginning: start == document.lowerBound || lanes[lane].isEmpty
        )
      )
      start += length
      taken += length
      if taken == end(ofLane: lane) { lane += 1 }
    }
  }

  /// The windows in the order of examples, the lanes' numbers of them made equal.
  var windows: (starts: [Int], lengths: [Int], stream: SequenceStream)? {
    var lanes = lanes
    let count = lanes.map(\.count).max() ?? 0
    for lane in lanes.indices {
      while lanes[lane].count < count {
        guard let more = Self.cut(lanes[lane], count - lanes[lane].count) else { return nil }
        lanes[lane] = more
      }
    }
    let ordered = (0..<count).flatMap { window in lanes.map { $0[window] } }
    return (
      ordered.map(\.start), ordered.map(\.length),
      SequenceStream(lanes: lanes.count, beginnings: ordered.map(\.isBeginning))
    )
  }

  /// Cuts the longest windows in two, at most `pieces` of them; nil where none can be cut.
  private static func cut(_ windows: [Window], _ pieces: Int) -> [Window]? {
    let places = windows.indices.filter { windows[$0].length > 1 }
      .sorted { (windows[$1].length, $0) < (windows[$0].length, $1) }
      .prefix(pieces)
    guard !places.isEmpty else { return nil }
    let isCut = Set(places)
    return windows.enumerated().flatMap { place, window in
      guard isCut.contains(place) else { return [window] }
      let half = window.length / 2
      return [
        Window(start: window.start, length: half, isBeginning: window.isBeginning),
        Window(start: window.start + half, length: window.length - half, isBeginning: false),
      ]
    }
  }
}

extension SequenceDataset {
  /// The windows of a text whose every token is to be told from those before it.
  ///
  /// Without documents the text is one. Nil where the text has fewer steps than there are lanes, or
  /// its documents are too short for so many.
  ///
  /// - Precondition: `window` and `lanes` are at least 1; the documents lie in the text, one after
  ///   another.
  public static func nextTokens(
    of text: TokenText,
    documents: [Range<Int>]? = nil,
    window: Int,
    lanes: Int
  ) -> SequenceDataset? {
    let documents = documents ?? [0..<text.count]
    guard
      let (starts, lengths, stream) = SequenceStream.windows(
        of: documents,
        window: window,
        lanes: lanes
      )
    else { return nil }
    return SequenceDataset(
      elements: .tokens(TokenWindows(of: text, startingAt: starts)),
      count: starts.count,
      steps: lengths.max() ?? 1,
      features: text.vocabulary.count,
      targets: .nextTokens,
      outputNames: text.vocabulary,
      lengths: lengths,
      stream: stream
    )
  }
}
