/// What a training run did, as one self-contained HTML page and as charts.
///
/// The page needs no network: styles, charts and pictures are inside it, and it holds no script.
/// All text given here is plain text; it is escaped where it is written.
public struct RunReport: Sendable, Hashable {
  /// The page's heading.
  public var title: String
  /// The name of the run.
  public var runName: String
  /// The run in one sentence.
  public var summary: String
  /// The settings of the run, in the order in which to show them.
  public var settings: [Entry]
  /// What was measured after each epoch, in order.
  public var epochs: [EpochRecord]
  /// What the layers are called whose weights' norms the epochs have.
  public var layerNames: [String]
  /// Where the time went, in the order in which to show it.
  public var times: [TimePart]
  /// The outcome on the test examples, if they were run.
  public var test: TestResult?
  /// Further measures and what they are to be compared with, in the order in which to show them.
  public var comparisons: [Entry]
  /// How well each class was told in the test.
  public var classMeasures: [ClassMeasures]
  /// How often each class (first index) was taken for each class (second index) in the test.
  public var confusionCounts: [[Int]]
  /// The names of the classes, in order.
  public var classNames: [String]
  /// The test examples that were read wrongly with the most confidence, the worst first.
  public var mistakes: [Mistake]
  /// Passages of text, in the order in which to show them.
  public var passages: [Passage]
  /// The software and machine of the run, in the order in which to show them.
  public var system: [Entry]

  /// Creates a report; what is left out is left off the page.
  public init(
    title: String,
    runName: String,
    summary: String,
    settings: [Entry] = [],
    epochs: [EpochRecord] = [],
    layerNames: [String] = [],
    times: [TimePart] = [],
    test: TestResult? = nil,
    comparisons: [Entry] = [],
    classMeasures: [ClassMeasures] = [],
    confusionCounts: [[Int]] = [],
    classNames: [String] = [],
    mistakes: [Mistake] = [],
    passages: [Passage] = [],
    system: [Entry] = []
  ) {
    self.title = title
    self.runName = runName
    self.summary = summary
    self.settings = settings
    self.epochs = epochs
    self.layerNames = layerNames
    self.times = times
    self.test = test
    self.comparisons = comparisons
    self.classMeasures = classMeasures
    self.confusionCounts = confusionCounts
    self.classNames = classNames
    self.mistakes = mistakes
    self.passages = passages
    self.system = system
  }

  /// What a class is called: its number where it has no name.
  func className(_ index: Int) -> String {
    classNames.indices.contains(index) ? classNames[index] : "\(index)"
  }

  /// Whether a share of what was answered can be right.
  var hasAccuracies: Bool {
    epochs.contains { $0.trainingAccuracy != nil || $0.validationAccuracy != nil }
  }

  /// The epoch with the highest validation accuracy, the earliest of equals.
  var bestEpoch: EpochRecord? {
    var best: EpochRecord?
    for record in epochs {
      guard let accuracy = record.validationAccuracy, accuracy.isFinite else { continue }
      if let highest = best?.validationAccuracy, highest >= accuracy { continue }
      best = record
    }
    return best
  }
}
