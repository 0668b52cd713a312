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
    let record = trained.record
    guard record.data.name.areImages,
      (record.steps, record.features) == (DigitImage.side, DigitImage.side)
    else {
      throw CommandFailure("the run reads no images of 28 rows of 28 pixels")
    }
    // All are read first: a bad name among them is reported before anything is printed.
    let examples = try files.map { try (name: $0, dataset: dataset($0, trained.record)) }
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

  private func dataset(_ name: String, _ record: RunRecord) throws -> SequenceDataset {
    let isFile = FileManager.default.fileExists(atPath: name)
    if !isFile, let colon = name.lastIndex(of: ":"),
      let index = Int(name[name.index(after: colon)...])
    {
      return try image(index, of: String(name[..<colon]), classNames: record.classNames)
    }
    if isFile, let file = try? IDXFile(path: name), file.dimensions.count == 3 {
      throw CommandFailure(
        "\(name): holds \(file.dimensions[0]) images; say which, counted from 0, as in \(name):7"
      )
    }
    return try DigitImage(pngFile: name).dataset(classNames: record.classNames)
  }

  private func image(
    _ index: Int,
    of path: String,
    classNames: [String]
  ) throws -> SequenceDataset {
    let file = try IDXFile(path: path)
    let side = DigitImage.side
    guard file.dimensions.count == 3, file.dimensions[1] == side, file.dimensions[2] == side else {
      throw CommandFailure(
        "\(path): holds no images of \(side) x \(side) pixels; its dimensions are \(file.dimensions)"
      )
    }
    let count = file.dimensions[0]
    guard (0..<count).contains(index) else {
      let others = count > 0 ? "its images are 0 to \(count - 1)" : "it is empty"
      throw CommandFailure("\(path): has no image \(index); \(others)")
    }
    let size = side * side
    return SequenceDataset(
      elements: .bytes(Array(file.bytes[index * size..<(index + 1) * size]), scale: 1 / 255),
      labels: [0],
      steps: side,
      features: side,
      classNames: classNames
    )
  }
}
