import Recurrent

/// The trials of a sweep from the best to the worst, by their validation examples.
///
/// The test has no say: it is for the trial that is chosen.
struct SweepStandings {
  /// What came of a trial.
  struct Standing {
    let trial: SweepTrial
    /// Its trainings, one for each seed.
    let trainings: [SweepTraining]
    /// Its place, 1 for the best; the same for equals, and nil without a result from every seed.
    var rank: Int?

    /// The mean over the seeds; nil without a result from every seed.
    let validation: MeanInterval?

    init(_ trial: SweepTrial, _ trainings: [SweepTraining]) {
      self.trial = trial
      self.trainings = trainings
      let values = trainings.compactMap { $0.outcome?.validation }
      validation = values.count == trainings.count ? MeanInterval(of: values) : nil
    }

    /// The mean of the test over the seeds; nil where there is none.
    var test: Double? {
      let values = trainings.compactMap { $0.outcome?.test }
      return validation == nil || values.count < trainings.count
        ? nil : MeanInterval(of: values)?.mean
    }

    /// The mean seconds of the trainings that are done; nil without any.
    var seconds: Double? {
      MeanInterval(of: trainings.compactMap { $0.outcome?.seconds })?.mean
    }

    /// The first training that failed.
    var failure: SweepTraining? { trainings.first { $0.state == .failed } }

    /// What became of it, in a word.
    var state: String { validation != nil ? "finished" : failure != nil ? "failed" : "open" }
  }

  let record: SweepRecord
  /// Those with results, the best first; then those that failed, then those that are not done.
  let all: [Standing]

  init(_ record: SweepRecord) {
    self.record = record
    let standings = record.trials.map { Standing($0, Array(record.trainings(of: $0))) }
    var ranked = standings.filter { $0.validation != nil }.sorted {
      Self.isBetter($0, than: $1, record.measure) ?? ($0.trial.number < $1.trial.number)
    }
    for place in ranked.indices {
      let isEqual =
        place > 0 && Self.isBetter(ranked[place - 1], than: ranked[place], record.measure) == nil
      ranked[place].rank = isEqual ? ranked[place - 1].rank : place + 1
    }
    let others = standings.filter { $0.validation == nil }
    all = ranked + others.filter { $0.failure != nil } + others.filter { $0.failure == nil }
  }

  /// Those with a place.
  var ranked: ArraySlice<Standing> { all.prefix { $0.rank != nil } }

  /// Whether one did better than another; nil for equals.
  private static func isBetter(
    _ one: Standing,
    than other: Standing,
    _ measure: SweepRecord.Measure
  ) -> Bool? {
    guard let first = one.validation?.mean, let second = other.validation?.mean, first != second
    else { return nil }
    return (first > second) == (measure == .accuracy)
  }

  /// By how much a trial is behind another, seed by seed.
  func distance(of trial: Standing, behind best: Standing) -> MeanInterval? {
    let differences = zip(best.trainings, trial.trainings).compactMap { best, own -> Double? in
      guard let one = best.outcome?.validation, let two = own.outcome?.validation else {
        return nil
      }
      return record.measure == .accuracy ? one - two : two - one
    }
    return MeanInterval(of: differences)
  }
}

extension SweepStandings {
  /// Whether the best is better than the next, in a line; nil without a result.
  var verdict: String? {
    guard let best = ranked.first else { return nil }
    guard let next = ranked.dropFirst().first, let distance = distance(of: next, behind: best)
    else { return "Trial \(best.trial.number) is the only one that came to its end." }
    let ahead = "Trial \(best.trial.number) is ahead of trial \(next.trial.number) by "
    let text = record.measure.differenceText(distance.mean)
    guard let halfWidth = distance.halfWidth else {
      let words =
        distance.mean == 0
        ? "Trials \(best.trial.number) and \(next.trial.number) did equally well" : ahead + text
      return "\(words): one seed cannot tell them apart, --seeds 3 might."
    }
    let interval = "\(text) ± \(record.measure.differenceText(halfWidth))"
    let method = "(95% interval by Student's t over \(record.plan.seeds) seeds, paired)"
    guard distance.mean <= halfWidth || distance.mean == 0 else {
      return "\(ahead)\(interval) \(method): clearly."
    }
    return "\(ahead)\(interval) \(method): they cannot be told apart."
  }

  /// The run of the best trial that did best, and what measures it; nil without a result.
  func choice(in folder: SweepFolder) -> String? {
    guard let best = ranked.first else { return nil }
    let runs = best.trainings.sorted {
      let (one, two) = ($0.outcome?.validation ?? .nan, $1.outcome?.validation ?? .nan)
      return record.measure == .accuracy ? one > two : one < two
    }
    guard let first = runs.first else { return nil }
    let path = folder.run(of: first, in: record.plan)
    return "Best: \(path), see 'recurrent evaluate \(shellWord(path))'"
  }
}
