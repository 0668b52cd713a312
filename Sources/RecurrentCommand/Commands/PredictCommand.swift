import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent predict`: what a trained model reads in images and series, and how it goes on with them.
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Tell classes or numbers, or forecast, with a trained model.",
    discussion: """
      A model of series reads files of them (.ts, .csv, .tsv, .npy, .npz), as they come: it keeps how \
      they are prepared. Answers about rows, and forecasts, are printed as comma-separated values. \
      An image is a PNG file of one digit (dark on light or light on dark, any size), or one image \
      of an IDX file, plain or gzip, by its number from 0: t10k-images-idx3-ubyte.gz:7
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Argument(help: "PNG files, IDX files with the number of an image, or files of series.")
  var files: [String]

  @Option(
    parsing: .unconditional,
    help: "Times to forecast. Default: as many as the run was tested on at once."
  )
  var horizon: Int?

  func validate() throws {
    try Program.checkEnvironment()
    try checkCount("--horizon", horizon, 1...100_000)
    guard !files.isEmpty else { throw ValidationError("name at least one file to read") }
  }

  func run() async throws {
    let trained = try TrainedRun(self.run)
    let task = trained.record.data.task
    guard task != .languageModel else {
      throw CommandFailure("the run learned to \(task.words); use 'recurrent sample'")
    }
    guard horizon == nil || task == .forecast else {
      throw CommandFailure("--horizon is for forecasts; the run learned to \(task.words)")
    }
    if let preparation = trained.preparation {
      let prediction = SeriesPrediction(trained, preparation, horizon: horizon)
      return try prediction.run(on: files)
    }

    // All are read first: a bad name among them is reported before anything is printed.
    let examples = try files.map {
      (name: $0, dataset: try ImageExample.dataset($0, for: trained.record))
    }
    for (name, dataset) in examples {
      let probabilities = trained.model.evaluate(on: dataset, threads: 1).probabilities
      guard probabilities.elements.allSatisfy(\.isFinite) else {
        throw CommandFailure(
          "\(name): the model's answer is no number; its parameters are too large, train it again"
        )
      }
      print("\(name):")
      print(TerminalImage(dataset).text)
      let ranked = trained.record.classNames.indices
        .map { ($0, probabilities[0, $0]) }
        .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      for (place, probability) in ranked.prefix(3) {
        let bar = progressBar(Double(probability), width: 20)
        print("\(bar) \(percent(Double(probability)))  \(trained.record.classNames[place])")
      }
    }
  }
}
