public import ArgumentParser
public import RecurrentData

/// How a file is read.
struct FileOptions: ParsableArguments {
  @Option(help: "What the tokens of a text are: characters (the default) or bytes.")
  var tokens: TextCorpus.Unit?

  @Option(
    parsing: .unconditional,
    help: """
      The share that is not learned from but watched by: the end of a text (0.1), series (0.2 of 500 \
      or more, none of fewer), or the end of what a forecast learns from (0.1 of 5,000 times or more).
      """
  )
  var validationShare: Double?

  @Option(
    help: ArgumentHelp(
      "Series to test on. Default: NAME_TEST beside NAME_TRAIN, or a fifth of the file.",
      valueName: "file"
    )
  )
  var test: String?

  @Option(
    parsing: .unconditional,
    help: "Times of a series that make one step. Default: chosen by cross-validation."
  )
  var timesPerStep: Int?

  @Flag(
    inversion: .prefixedNo,
    help: "Read differences between times, too. Default: chosen by cross-validation."
  )
  var differences: Bool?

  @Option(
    help: """
      What to learn from a table: classify (the class of each series), label (of each row), regress \
      (numbers about each series) or forecast. Default: what its columns are like.
      """
  )
  var task: TablePreparation.Task?

  @Option(
    help: ArgumentHelp(
      "The columns of a table to be answered or forecast, separated by commas.",
      valueName: "columns"
    )
  )
  var target: ColumnList?

  @Option(
    help: ArgumentHelp("The columns of a table to read. Default: all others.", valueName: "columns")
  )
  var inputs: ColumnList?

  @Option(
    help: ArgumentHelp("The column of a table that tells series apart.", valueName: "column")
  )
  var group: String?

  @Option(help: ArgumentHelp("The column of a table that orders rows.", valueName: "column"))
  var time: String?

  @Flag(
    inversion: .prefixedNo,
    help: """
      Read the rows of a table that is forecast from disk rather than keep them in memory. Default: where \
      the file is larger than a quarter of it.
      """
  )
  var fromDisk: Bool?

  @Option(
    parsing: .unconditional,
    help: "Times to forecast at once. Default: a season, or 10, but a tenth of the series at most."
  )
  var horizon: Int?

  @Option(
    parsing: .unconditional,
    help: "Times after which a series is like it was; 1 for none. Default: found in the series."
  )
  var season: Int?

  @Option(
    help: """
      What is subtracted from a number that is forecast: none, first (the one before) or seasonal (the \
      one a season before). Default: chosen by forecasts of the end of the training part.
      """
  )
  var subtract: ForecastPreparation.Differences?

  @Flag(
    inversion: .prefixedNo,
    help: "Take logarithms of numbers that are forecast; goes with --subtract."
  )
  var logarithm: Bool?

  /// The columns that were asked for; nil for none.
  var columns: TablePreparation.Columns? {
    guard target != nil || inputs != nil || group != nil || time != nil else { return nil }
    return TablePreparation.Columns(
      group: group,
      time: time,
      targets: target?.names,
      inputs: inputs?.names
    )
  }

  func validate() throws {
    try checkCount("--horizon", horizon, 1...100_000)
    try checkCount("--season", season, 1...1_000_000)
    if logarithm != nil && subtract == nil {
      throw ValidationError("--logarithm goes with --subtract; name what is subtracted, or none")
    }
    if let share = validationShare, !(share > 0 && share < 1) {
      throw ValidationError("--validation-share is \(share); use a number above 0 and below 1")
    }
    try checkCount("--times-per-step", timesPerStep, 1...65_536)
  }

  /// Refuses options that are not for such data.
  func check(for name: DataSetName) throws {
    if tokens != nil && name != .text {
      throw ValidationError("--tokens goes with a file of text")
    }
    if validationShare != nil && !name.isFile {
      throw ValidationError("--validation-share goes with a file; \(name.title) is split already")
    }
    if !name.isSeries && (test != nil || timesPerStep != nil || differences != nil) {
      throw ValidationError("--test, --times-per-step and --differences go with a file of series")
    }
    if name != .table && (task != nil || columns != nil || fromDisk != nil) {
      throw ValidationError(
        "--task, --target, --inputs, --group, --time and --from-disk go with a table"
      )
    }
    if !name.isSeries { try checkForecast(.classify) }
  }
}

extension FileOptions {
  /// Refuses options that are not for what is learned from series.
  func check(for task: LearningTask, of name: DataSetName) throws {
    try checkForecast(task)
    guard task == .forecast || task == .label else { return }
    if task == .forecast && (test != nil || differences != nil) || timesPerStep ?? 1 != 1 {
      throw ValidationError(
        """
        --test, --times-per-step and --differences are not for \(name.title)s to \(task.words); leave \
        them out\(task == .forecast ? ", or use --subtract" : "")
        """
      )
    }
  }

  private func checkForecast(_ task: LearningTask) throws {
    guard task != .forecast, horizon != nil || season != nil || subtract != nil else { return }
    throw ValidationError(
      "--horizon, --season and --subtract go with a table or an array to forecast"
    )
  }
}

extension TextCorpus.Unit: ExpressibleByArgument {}
extension ForecastPreparation.Differences: ExpressibleByArgument {}

/// Names of columns, separated by commas.
struct ColumnList: ExpressibleByArgument, Equatable {
  let names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard !names.contains(""), Set(names).count == names.count else { return nil }
  }

  var defaultValueDescription: String { names.joined(separator: ",") }
}
