import ArgumentParser
import Recurrent
import RecurrentData
import RecurrentReports

/// `recurrent horizon`: how far back a trained model remembers.
struct HorizonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "horizon",
    abstract: "Measure how far back a trained model's layers remember.",
    discussion: """
      On examples of the run's own data: what a change of a layer's state comes to so many steps \
      later, by the exact Jacobian; how fast each unit forgets, by its gates; which units do nothing; \
      and how often gates are all but shut or open. Charts and all numbers are left in the run's \
      folder: horizon.svg, time-constants.svg and horizon.json.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Option(help: "Which examples: test or validation. Default: test, where there are some.")
  var on: EvaluateCommand.Part?

  @Option(parsing: .unconditional, help: "How many examples to look at, spread over all.")
  var examples = 32

  @Option(
    help: ArgumentHelp("Where the run's data are now, if they were moved.", valueName: "place")
  )
  var data: String?

  @Option(
    help: ArgumentHelp(
      "A folder to make for the charts and the numbers. Default: the run's.",
      valueName: "folder"
    )
  )
  var output: String?

  @Option(
    parsing: .unconditional,
    help: "Threads to share the work; the result does not depend on it."
  )
  var threads = TrainingOptions.availableThreads

  func validate() throws {
    try Program.checkEnvironment()
    try checkThreads(threads)
    try checkCount("--examples", examples, 1...100_000)
    if let output { try ResultFolder.checkFree(output) }
  }

  func run() async throws {
    let run = try RunFolder(existing: self.run)
    let trained = try TrainedRun(self.run)
    let data = try await trained.ownData(at: self.data)
    let (dataset, part) = try data.part(on, of: trained.record.data.title)
    let found = trained.model.memoryHorizon(
      in: dataset,
      at: dataset.places(atMost: examples),
      threads: threads
    )
    guard let found else {
      throw CommandFailure(
        "\(run.path): all layers are swept over a grid, and have no state from one step to the next"
      )
    }
    let record = HorizonRecord(
      of: found,
      run: run.name,
      data: trained.record.data.title,
      part: part
    )
    let folder = try ResultFolder(new: output, otherwise: run)
    var names = ["horizon.svg"]
    try folder.write(record.normChart.svg, as: "horizon.svg")
    if let chart = record.timeChart {
      try folder.write(chart.svg, as: "time-constants.svg")
      names.append("time-constants.svg")
    }
    try folder.write(try record.json(), as: "horizon.json")
    for line in record.lines { print(line) }
    print(
      "Charts and numbers: \(folder.path)/\((names + ["horizon.json"]).joined(separator: ", "))"
    )
  }
}
