public import ArgumentParser
public import RecurrentData

/// How a file is read.
struct FileOptions: ParsableArguments {
  @Option(help: "What the tokens of a text are: characters (the default) or bytes.")
  var tokens: TextCorpus.Unit?

  @Option(
    parsing: .unconditional,
    help: """
      The share that is not learned from but watched by: the end of a text (0.1), or series (0.2 of \
      500 or more, none of fewer).
      """
  )
  var validationShare: Double?

  @Option(
    help: ArgumentHelp(
      "Series to test on. Default: NAME_TEST.ts beside NAME_TRAIN.ts, or a fifth of the file.",
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

  func validate() throws {
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
    if name != .series && (test != nil || timesPerStep != nil || differences != nil) {
      throw ValidationError("--test, --times-per-step and --differences go with a file of series")
    }
  }
}

extension TextCorpus.Unit: ExpressibleByArgument {}
