import ArgumentParser

/// Which example a trained model is to read.
struct ExampleOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The number, from 0, of one of the run's own examples, or a file: a PNG of a digit, an image of an \
      IDX file (t10k-images-idx3-ubyte.gz:7), a series of a file of them (GunPoint_TEST.ts:3), a text.
      """,
      valueName: "number|file"
    )
  )
  var example = "0"

  @Option(
    help: "Which examples are numbered: test or validation. Default: test, where there are some."
  )
  var on: EvaluateCommand.Part?

  @Option(
    help: ArgumentHelp(
      "A folder with the data set's four IDX files, plain or gzip, or where the run's file is now.",
      valueName: "place"
    )
  )
  var data: String?

  @Option(
    parsing: .unconditional,
    help: "Read only so many of its first steps. Default: all; 100 of a text."
  )
  var steps: Int?

  func validate() throws {
    try checkCount("--steps", steps, 1...100_000)
    guard !example.isEmpty else {
      throw ValidationError("--example is empty; name a number from 0, or a file")
    }
  }
}
