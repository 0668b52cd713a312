import Recurrent
import RecurrentData

/// What says, beside its accuracy and cost, how good a trained model is: further measures, what answers
/// without a model reach on the same examples, whether the order of steps matters to it, and whether it
/// has seen what it was judged on.
struct Assessment: Codable, Equatable {
  /// Further measures of the model's answers.
  struct Measures: Codable, Equatable {
    /// One class, told from all others.
    struct Class: Codable, Equatable {
      var name: String
      var count: Int
      var precision: Double
      var recall: Double
      var f1: Double
    }

    var balancedAccuracy: Double?
    var macroF1: Double?
    /// Nil where there is none, as with examples of one class only.
    var areaUnderROC: Double?
    var classes: [Class]?
    var meanAbsoluteError: Double?
    var rootMeanSquaredError: Double?
    /// Nil where nothing is forecast.
    var meanAbsoluteScaledError: Double?
  }

  /// What answers without a model come to; one of the measures is there.
  struct Baseline: Codable, Equatable {
    /// How it answers, such as "by the length alone".
    var name: String
    var accuracy: Double?
    /// In nats.
    var cost: Double?
    var meanAbsoluteError: Double?
    var rootMeanSquaredError: Double?
    /// Nil where nothing is forecast.
    var meanAbsoluteScaledError: Double?
  }

  /// Examples that were learned from, among others.
  struct Leakage: Codable, Equatable {
    /// What the others are called, such as "test".
    var part: String
    var count: Int
    var shared: Int
  }

  var measures: Measures?
  var baselines: [Baseline] = []
  /// Whether the model is better than each of them.
  var beatsBaselines = true
  /// What the model's forecasts come to if it reads, at each time, what came at the one before.
  var oneStep: Baseline?
  /// What the model's forecasts of each of several variables come to.
  var variables: [Baseline]?
  var order: OrderEffect?
  var leakages: [Leakage] = []
  /// The share of the steps of training batches that is padding; nil where all are of one length.
  var paddingShare: Double?
  /// Whether the baselines are those of the examples that the model learned from.
  var isOfOwnTraining = true
}

/// The examples that an assessment is of.
struct AssessedExamples {
  /// The examples a model was judged on.
  let judged: SequenceDataset
  /// What they are called, such as "test".
  let name: String
  /// The examples that baselines are learned from.
  let training: SequenceDataset
  /// Further examples that should not have been learned from, and what they are called.
  var others: [(name: String, examples: SequenceDataset)] = []
  /// Whether the model learned from `training`, too.
  var isOwnTraining = true
  /// Whether sequences are images, read by rows or otherwise.
  var areImages = false
  /// How numbers that are answered were scaled; nil for not.
  var preparation: SeriesPreparation?
}

extension Assessment {
  /// Judges a model further.
  ///
  /// `outcome` is what came of the judged examples.
  init(
    of model: SequenceModel,
    on examples: AssessedExamples,
    outcome: RunOutcome,
    batchSize: Int,
    seed: UInt64,
    threads: Int
  ) {
    let (judged, training) = (examples.judged, examples.training)
    isOfOwnTraining = examples.isOwnTraining
    if let forecast = outcome.forecast {
      take(forecast)
      return
    }
    let answers = JudgedAnswers(
      of: model,
      on: judged,
      evaluation: outcome.evaluation,
      preparation: examples.preparation,
      threads: threads
    )
    measures = answers.map(Measures.init)
    baselines = Self.baselines(learnedFrom: training, on: judged, examples.preparation)
    beatsBaselines = baselines.allSatisfy { baseline in
      if let accuracy = baseline.accuracy { return (outcome.result.accuracy ?? 0) > accuracy }
      if let cost = baseline.cost { return outcome.result.cost < cost }
      return baseline.meanAbsoluteError.map { (measures?.meanAbsoluteError ?? .infinity) < $0 }
        ?? true
    }
    // A text's parts are cut from one another, and its tokens in random order have no next one.
    guard judged.stream == nil, training.stream == nil else { return }
    if let answers, judged.steps > 1 {
      order = OrderEffect(
        of: model,
        on: judged,
        answers: answers,
        baselines: baselines,
        areImages: examples.areImages,
        preparation: examples.preparation,
        seed: seed,
        threads: threads
      )
    }
    guard examples.isOwnTraining else { return }
    leakages = ([(examples.name, judged)] + examples.others).map { name, part in
      Leakage(part: name, count: part.count, shared: part.examples(alsoIn: training).count)
    }
    if training.lengths != nil {
      paddingShare = training.paddingShare(batchSize: batchSize, seed: seed)
    }
  }

  /// What answers without a model come to.
  static func baselines(
    learnedFrom training: SequenceDataset,
    on judged: SequenceDataset,
    _ preparation: SeriesPreparation? = nil
  ) -> [Baseline] {
    let inOwnUnits = { (numbers: [Float]) in preparation?.numbers(of: numbers) ?? numbers }
    switch (training.targets, judged.targets) {
    case (.classes(let labels), .classes(let judgedLabels)):
      let length =
        training.lengths == nil
        ? nil
        : lengthBaseline(
          LengthClassifier(
            lengths: (0..<training.count).map(training.length),
            labels: labels
          ),
          judged
        )
      return [majority(of: labels, training.outputNames, on: judgedLabels), length].compactMap(
        \.self
      )
    case (.classesOfSteps, .classesOfSteps):
      return [
        majority(of: knownLabels(of: training), training.outputNames, on: knownLabels(of: judged))
      ].compactMap(\.self)
    case (.numbers(let numbers), .numbers(let judgedNumbers)),
      (.numbersOfSteps(let numbers), .numbersOfSteps(let judgedNumbers)):
      let errors = MeanAnswers(of: inOwnUnits(numbers), outputs: training.outputNames.count)
        .errors(against: inOwnUnits(judgedNumbers))
      return errors.count == 0 ? [] : [Baseline(name: "by the mean of training", errors)]
    case (.nextTokens, .nextTokens):
      guard case .tokens(let windows) = training.elements,
        let costs = TokenFrequencies(of: windows.text).costs(on: judged)
      else { return [] }
      return [
        Baseline(name: "by how often each token comes up", cost: costs.unigram),
        Baseline(name: "by the token before", cost: costs.bigram),
      ]
    default: return []
    }
  }

  private static func majority(
    of labels: [Int],
    _ names: [String],
    on judged: [Int]
  ) -> Baseline? {
    MajorityClass(of: labels).map { majority in
      Baseline(
        name: "by the most frequent class (\(names[majority.label]))",
        accuracy: majority.accuracy(on: judged)
      )
    }
  }

  private static func lengthBaseline(
    _ classifier: LengthClassifier,
    _ judged: SequenceDataset
  ) -> Baseline {
    let right = (0..<judged.count).count {
      classifier.label(ofLength: judged.length(ofExample: $0)) == judged.labels[$0]
    }
    return Baseline(
      name: "by the length alone",
      accuracy: Double(right) / Double(max(judged.count, 1))
    )
  }

  /// The labels of steps that exist; below 0 where one is not known.
  private static func knownLabels(of dataset: SequenceDataset) -> [Int] {
    guard case .classesOfSteps(let labels) = dataset.targets else { return [] }
    return (0..<dataset.count).flatMap { index in
      labels[index * dataset.steps..<index * dataset.steps + dataset.length(ofExample: index)]
        .map(Int.init)
    }
  }
}

extension Assessment {
  /// Takes forecasts and what was forecast without a model.
  private mutating func take(_ comparison: ForecastComparison) {
    let (own, season) = (ForecastComparison.total(comparison.freeRunning), comparison.season)
    measures = Measures(
      meanAbsoluteError: own.own.meanAbsoluteError,
      rootMeanSquaredError: own.own.rootMeanSquaredError,
      meanAbsoluteScaledError: own.meanAbsoluteScaledError
    )
    oneStep = Baseline(
      name: "by the model one time ahead",
      ForecastComparison.total(comparison.oneStep)
    )
    baselines = [
      Baseline(
        name: "by the last number again",
        ForecastComparison.total(comparison.lastValue)
      )
    ]
    if season > 1 {
      let seasonal = ForecastComparison.total(comparison.seasonalNaive)
      baselines.insert(Baseline(name: "by the season before (\(season))", seasonal), at: 0)
    }
    if comparison.targets.count > 1 {
      variables = zip(comparison.targetNames, comparison.freeRunning).map(Baseline.init)
    }
    beatsBaselines = baselines.allSatisfy {
      ($0.meanAbsoluteError ?? .infinity) > own.own.meanAbsoluteError
    }
  }
}

extension Assessment.Baseline {
  /// A forecast.
  init(name: String, _ errors: ForecastErrors) {
    self.init(name: name, errors.own)
    meanAbsoluteScaledError = errors.meanAbsoluteScaledError
  }

  /// A baseline that answers numbers.
  init(name: String, _ errors: NumberErrors) {
    self.name = name
    meanAbsoluteError = errors.meanAbsoluteError
    rootMeanSquaredError = errors.rootMeanSquaredError
  }
}

extension Assessment.Measures {
  init(_ answers: JudgedAnswers) {
    switch answers.kind {
    case .classes(let evaluation):
      let confusion = evaluation.confusion
      balancedAccuracy = confusion.balancedAccuracy
      macroF1 = confusion.macroF1
      areaUnderROC = evaluation.areaUnderROC
      classes = zip(confusion.classNames, confusion.classMeasures).map { name, measures in
        Class(
          name: name,
          count: measures.count,
          precision: measures.precision,
          recall: measures.recall,
          f1: measures.f1
        )
      }
    case .numbers(let errors):
      meanAbsoluteError = errors.meanAbsoluteError
      rootMeanSquaredError = errors.rootMeanSquaredError
    }
  }
}
