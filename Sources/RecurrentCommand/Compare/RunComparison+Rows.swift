import Recurrent
import RecurrentData
import RecurrentReports

extension RunComparison {
  /// Compares runs, of which there are two or more.
  init(_ runs: [ComparedRun]) {
    self.init(
      title: "\(runs.count) runs compared",
      summary: Self.summary(of: runs),
      notes: Self.notes(on: runs),
      runs: runs.map {
        Run(name: $0.name, epochs: $0.record.reportedEpochs, times: $0.record.timeParts)
      },
      results: Self.results(of: runs),
      differences: Self.differences(of: runs)
    )
  }

  private static func summary(of runs: [ComparedRun]) -> String {
    "\(list(runs.map(\.name))), as their records have them."
  }

  /// What each run came to; lines that none has are left out.
  static func results(of runs: [ComparedRun]) -> [Row] {
    let lines: [(name: String, value: (ComparedRun) -> String?)] = [
      ("data", { $0.record.data.title }),
      ("epochs", epochs),
      ("best epoch", { $0.bestEpoch.map { "\($0.epoch)" } }),
      ("validation cost there", { $0.bestEpoch?.validationCost.map { decimals($0, 4) } }),
      ("validation accuracy there", { $0.bestEpoch?.validationAccuracy.map { percent($0) } }),
      ("last training cost", { $0.record.epochs.last.map { decimals($0.cost, 4) } }),
      ("test cost", { $0.record.test.map { decimals($0.cost, 4) } }),
      ("test accuracy", { $0.record.test?.accuracy.map { percent($0) } }),
      ("its 95% interval", { $0.testInterval.map(text) }),
      ("test answers", { $0.record.test.map { "\($0.count)" } }),
      (
        "mean absolute error",
        { $0.record.assessment?.measures?.meanAbsoluteError.map(significant) }
      ),
      (
        "mean absolute scaled error",
        { $0.record.assessment?.measures?.meanAbsoluteScaledError.map { decimals($0, 3) } }
      ),
      ("parameters", { $0.parameterCount.map { "\($0)" } }),
      ("last gradient norm", { $0.record.epochs.last?.gradientNorm.map(significant) }),
      ("last weight norm", { $0.record.epochs.last?.weightNorm.map(significant) }),
      ("training time", { time($0.record.epochs.reduce(0) { $0 + $1.seconds }) }),
      ("time an epoch", timeOfEpoch),
    ]
    return lines.compactMap { line in
      let values = runs.map(line.value)
      return values.contains { $0 != nil } ? Row(name: line.name, values: values) : nil
    }
  }

  /// The settings and surroundings in which the runs differ.
  static func differences(of runs: [ComparedRun]) -> [Row] {
    let lists = runs.map { settings(of: $0.record) }
    return (lists.first ?? []).indices.compactMap { place in
      let values = lists.map { $0[place].value }
      guard Set(values).count > 1 else { return nil }
      return Row(name: lists[0][place].name, values: values)
    }
  }

  private static func settings(of record: RunRecord) -> [(name: String, value: String)] {
    let data = record.data
    func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "usual" }
    let ofData: [(String, String)] = [
      ("data's SHA-256", String(record.dataFingerprint.prefix(12))),
      ("to learn", data.task.words),
      ("training examples", "\(record.trainingCount)"),
      ("validation examples", "\(record.validationCount)"),
      ("test examples", "\(record.testCount)"),
      ("--lag", text(data.lag)),
      ("--tokens", text(data.tokens?.rawValue)),
      ("--season", text(data.season)),
      ("--horizon", text(data.horizon)),
      ("--validation-share", text(data.validationShare)),
      ("series read as", data.choice?.words ?? "usual"),
      ("forecast", data.forecast?.words ?? "usual"),
      ("--seed", "\(record.seed)"),
    ]
    let ofMachine: [(String, String)] = [
      ("threads", "\(record.threads)"),
      ("instruction set", record.instructionSet),
      ("processor", record.machine?.processor ?? "not noted"),
      ("version", record.version),
    ]
    return (ofData + record.recipe.settings.map { ($0.option, $0.value) } + ofMachine)
      .map { (name: $0.0, value: $0.1) }
  }

  // MARK: - What is to be kept in mind

  static func notes(on runs: [ComparedRun]) -> [String] {
    [
      dataNote(runs),
      note(runs.filter { !$0.isFinished }) { subject, areMany in
        "\(subject) not come to \(areMany ? "their" : "its") end: what there is so far is compared."
      },
      note(runs.filter { run in run.record.epochs.contains { $0.times == nil } }) { subject, _ in
        "\(subject) epochs of a version that measured neither norms nor where the time went."
      },
      machineNote(runs), answerNote(runs),
    ].compactMap(\.self)
  }

  private static func dataNote(_ runs: [ComparedRun]) -> String? {
    guard let first = runs.first, !runs.allSatisfy({ $0.isComparable(with: first) }) else {
      return nil
    }
    let titles = runs.map(\.record.data.title)
    let places = zip(runs, titles).map { "\($0.name) on \($1)" }
    let tasks = Set(runs.map { $0.record.data.task.words })
    let reason =
      tasks.count > 1
      ? "answer different questions (\(tasks.sorted().joined(separator: "; ")))"
      : "are judged on different examples"
    let which = Set(titles).count > 1 ? ": \(list(places))" : " of \(titles[0])"
    return "The runs \(reason)\(which). Their costs, accuracies and errors cannot be compared."
  }

  private static func machineNote(_ runs: [ComparedRun]) -> String? {
    let places = Set(
      runs.map { "\($0.record.machine?.processor ?? "") \($0.record.threads)" }
    )
    guard places.count > 1 else { return nil }
    return
      "Processors or threads differ, and with them times; the numbers trained do not depend on them."
  }

  private static func answerNote(_ runs: [ComparedRun]) -> String? {
    let tested = runs.filter(\.isFinished)
    guard tested.count > 1, let first = tested.first,
      tested.allSatisfy({ $0.isComparable(with: first) })
    else { return nil }
    return """
      A run keeps what its answers came to and not the answers: whether a difference of the tests is \
      more than chance is not told.
      """
  }

  /// A sentence about some runs, with "has" or "have"; nil without any.
  private static func note(
    _ runs: [ComparedRun],
    _ sentence: (_ subject: String, _ areMany: Bool) -> String
  ) -> String? {
    guard !runs.isEmpty else { return nil }
    let isOne = runs.count == 1
    return sentence("\(list(runs.map(\.name))) \(isOne ? "has" : "have")", !isOne)
  }

  // MARK: - Texts

  private static func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func epochs(of run: ComparedRun) -> String {
    let (count, planned) = (run.record.epochs.count, run.record.recipe.epochs)
    guard count < planned else { return "\(count)" }
    return "\(count) of \(planned), \(run.isFinished ? "stopped early" : "unfinished")"
  }

  private static func text(_ interval: ShareInterval) -> String {
    "\(percent(interval.bounds.lowerBound)) to \(percent(interval.bounds.upperBound))"
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 60 ? "\(decimals(seconds, seconds < 1 ? 3 : 1)) s" : duration(seconds)
  }

  private static func timeOfEpoch(_ run: ComparedRun) -> String? {
    let epochs = run.record.epochs
    guard !epochs.isEmpty else { return nil }
    return time(epochs.reduce(0) { $0 + $1.seconds } / Double(epochs.count))
  }
}
