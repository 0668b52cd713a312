import ArgumentParser
import Recurrent
import RecurrentData

/// `recurrent evaluate`: how well a trained model reads a data set.
struct EvaluateCommand: AsyncParsableCommand {
  /// A part of a data set.
  enum Part: String, ExpressibleByArgument, CaseIterable {
    /// The examples kept for the end.
    case test
    /// The examples a run is watched by.
    case validation
  }

  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a trained model on test or validation examples.",
    discussion: """
      By default the examples are those the run was trained beside. Another data set of the same \
      shape can be named: a model that learned drawn digits can be tried on MNIST.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Option(help: "Which examples: test or validation.")
  var on = Part.test

  @Option(help: "Another data set than the run's own: digits, mnist or fashion-mnist.")
  var dataset: DataSetName?

  @Option(help: "A folder with the data set's four IDX files, plain or gzip.")
  var data: String?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
  }

  func run() async throws {
    let trained = try TrainedRun(self.run)
    let selection = try selection(beside: trained.record.data)
    let splits = try await selection.load()
    if dataset == nil && splits.fingerprint != trained.record.dataFingerprint {
      throw CommandFailure(
        """
        the \(selection.name.title) examples are not those the run was trained beside \
        (SHA-256 \(splits.fingerprint.prefix(12))..., then \
        \(trained.record.dataFingerprint.prefix(12))...); name them with --dataset to use them anyway
        """
      )
    }
    let examples = on == .test ? splits.test : splits.validation
    guard examples.features == trained.record.features,
      examples.steps == trained.record.steps || trained.model.reading == .rows,
      examples.classNames.count == trained.record.classNames.count
    else {
      throw CommandFailure(
        """
        \(selection.name.title) has \(examples.features) features a step and \
        \(examples.classNames.count) classes, the run \(trained.record.features) and \
        \(trained.record.classNames.count)
        """
      )
    }
    let evaluation = trained.model.evaluate(on: examples, threads: threads)
    printTest(
      evaluation,
      heading: "\(selection.name.title) \(on.rawValue)"
    )
  }

  /// The run's own data, unless another data set or folder is named.
  private func selection(beside own: DataSelection) throws -> DataSelection {
    guard let dataset else {
      guard let data else { return own }
      guard own.name != .digits else {
        throw ValidationError(
          "--data needs --dataset mnist or fashion-mnist; this run's digits are drawn"
        )
      }
      return DataSelection(name: own.name, folder: data)
    }
    if dataset == .digits && data != nil {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
    return DataSelection(name: dataset, folder: data)
  }
}
