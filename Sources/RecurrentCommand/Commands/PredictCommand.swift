import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent predict`: what a trained model reads in images.
struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Tell the classes of images or of series with a trained model.",
    discussion: """
      A model of series reads files of them (.ts), as they come: it keeps how they are prepared. \
      An image is a PNG file of one digit (dark on light or light on dark, any size), or one image \
      of an IDX file, plain or gzip, by its number from 0: t10k-images-idx3-ubyte.gz:7
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Argument(help: "PNG files, IDX files with the number of an image, or files of series.")
  var files: [String]

  func validate() throws {
    try Program.checkEnvironment()
    guard !files.isEmpty else { throw ValidationError("name at least one file to read") }
  }

  func run() async throws {
    let trained = try TrainedRun(self.run)
    guard trained.record.data.task == .classify else {
      throw CommandFailure(
        "the run learned to \(trained.record.data.task.words); use 'recurrent sample'"
      )
    }
    if case .series(let preparation) = trained.preparation {
      return try predictSeries(trained, preparation)
    }
    guard trained.record.steps == DigitImage.side, trained.record.features == DigitImage.side else {
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

  /// Tells the class of each series of the files.
  private func predictSeries(_ trained: TrainedRun, _ preparation: SeriesPreparation) throws {
    let names = trained.record.classNames
    let read = try files.map { path in
      let series = try TimeSeriesFile.read(path)
      guard series.variables == preparation.variables else {
        throw CommandFailure(
          """
          \(path): has \(series.variables) variable\(series.variables == 1 ? "" : "s") a time, the run's \
          series have \(preparation.variables)
          """
        )
      }
      return (path: path, dataset: preparation.dataset(of: series))
    }
    for (path, dataset) in read {
      let probabilities = softmax(trained.model.logits(for: dataset, threads: 1))
      for index in 0..<dataset.count {
        let ranked = names.indices.map { ($0, probabilities[index, $0]) }
          .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        let words = ranked.prefix(3).map { "\(names[$0.0]) \(percent(Double($0.1)))" }
        print("\(path), series \(index + 1): \(words.joined(separator: ", "))")
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
