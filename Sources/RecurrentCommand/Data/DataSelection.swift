import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// Everything that decides which examples are loaded.
struct DataSelection: Codable, Equatable {
  /// The number of examples that validate and that test, where they are drawn.
  static let drawnHeldOutCount = 2_000
  /// How many training examples can be drawn.
  static let drawnCounts = 1...10_000_000

  var name: DataSetName
  /// The number of training examples, where they are drawn.
  var drawnCount: Int?
  /// The seed examples are drawn from.
  var drawnSeed: UInt64?
  /// How many steps back a task for the memory asks for.
  var lag: Int?
  /// The folder the files were read from, an absolute path; nil for the user's cache.
  var folder: String?
  /// The file that was named, an absolute path; nil for a data set known by name.
  var path: String?
  /// What the tokens of a text are; nil for characters.
  var tokens: TextCorpus.Unit?
  /// The share that is not learned from but watched by; nil for the usual.
  var validationShare: Double?
  /// The file of series to test on, an absolute path; nil for one beside the other, or part of it.
  var testPath: String?
  /// How series become steps.
  var choice: SeriesPreparation.Choice?
  /// What decides how series are split, where they are.
  var splitSeed: UInt64?
  /// What is learned from a table, where that was said.
  var tableTask: TablePreparation.Task?
  /// The columns of a table that were asked for.
  var columns: TablePreparation.Columns?
  /// What is learned from series; nil for the class of each.
  var seriesTask: LearningTask?
  /// The number of times after which series are like they were.
  var season: Int?
  /// The number of times that are forecast at once.
  var horizon: Int?
  /// Whether a table is read from disk; nil for whether it is large.
  var isFromDisk: Bool?
  /// What is subtracted from series that are forecast.
  var forecast: ForecastPreparation.Choice?

  /// Names a data set, and the folder its files are in.
  init(name: DataSetName, folder: String? = nil) {
    self.name = name
    self.folder = folder.map { URL(filePath: $0).standardized.path }
  }

  /// Names a file, and how it is read.
  init(file path: String, as name: DataSetName, _ options: FileOptions) {
    self.name = name
    self.path = URL(filePath: path).standardized.path
    take(options)
  }

  /// Takes what was said about how a file is read.
  mutating func take(_ options: FileOptions) {
    tokens = options.tokens ?? tokens
    validationShare = options.validationShare ?? validationShare
    season = options.season ?? season
    horizon = options.horizon ?? horizon
    isFromDisk = options.fromDisk ?? isFromDisk
    tableTask = options.task ?? tableTask
    columns = options.columns ?? columns
    if let subtract = options.subtract {
      forecast = ForecastPreparation.Choice(
        differences: subtract,
        hasLogarithm: options.logarithm ?? false
      )
    }
    testPath = options.test.map { URL(filePath: $0).standardized.path } ?? testPath
    if options.timesPerStep != nil || options.differences != nil {
      choice = SeriesPreparation.Choice(
        timesPerStep: options.timesPerStep ?? choice?.timesPerStep ?? 1,
        hasDifferences: options.differences ?? choice?.hasDifferences ?? false
      )
    }
  }

  /// The data's name in a heading.
  var title: String {
    path.map { URL(filePath: $0).lastPathComponent }
      ?? name.title + (lag.map { " at lag \($0)" } ?? "")
  }

  /// The data's name in a run's name.
  var shortName: String {
    guard let path else { return name.rawValue + (lag.map { "-\($0)" } ?? "") }
    let base = URL(filePath: path).deletingPathExtension().lastPathComponent
    let kept = base.unicodeScalars.map {
      $0.isASCII && $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_"
        ? Character($0) : "-"
    }
    return kept.isEmpty ? name.rawValue : String(kept).lowercased()
  }

  /// What is learned from the data.
  var task: LearningTask { name.task(ofSeries: seriesTask) }

  /// The same data, read from another place if one is named: a folder of a data set known by name, or
  /// a file.
  func moved(to place: String?) throws -> DataSelection {
    guard let place else { return self }
    guard !name.isDrawn else {
      throw ValidationError(
        "--data goes with mnist or fashion-mnist; examples of \(name.rawValue) are drawn, not read"
      )
    }
    var result = self
    if path == nil {
      result.folder = URL(filePath: place).standardized.path
    } else {
      result.path = URL(filePath: place).standardized.path
    }
    return result
  }

  /// Loads the examples as `recipe` reads them, with a progress bar for a download.
  ///
  /// With a preparation, that of a model, they are prepared by it rather than by what they are like.
  /// A file of series that was read already need not be read again.
  func load(
    for recipe: Recipe,
    preparedBy preparation: InputPreparation? = nil,
    read file: SeriesFile? = nil
  ) async throws -> RunData {
    switch name {
    case .digits: RunData(drawn())
    case .mnist: RunData(try await downloaded(.mnist))
    case .fashionMNIST: RunData(try await downloaded(.fashionMNIST))
    case .adding, .copy, .temporalOrder, .parity, .finalParity:
      RunData(try drawn(name.memoryTask ?? .adding))
    case .text: try text(for: recipe, preparedBy: preparation)
    case .series, .table, .arrays, .folder:
      try series(
        for: recipe,
        file ?? SeriesFile(path ?? "", of: self, like: preparation?.table),
        preparedBy: preparation
      )
    }
  }

  private func series(
    for recipe: Recipe,
    _ file: SeriesFile,
    preparedBy preparation: InputPreparation?
  ) throws -> RunData {
    guard file.task == task else {
      throw CommandFailure(
        "\(title): is there to \(file.task.words), and the run learned to \(task.words)"
      )
    }
    return task == .forecast
      ? try forecast(file, for: recipe, preparedBy: preparation)
      : try series(file, preparedBy: preparation)
  }

  private func drawn() -> DataSplits {
    let seed = drawnSeed ?? 1
    let count = drawnCount ?? 20_000
    let parts = DrawnDigits.Split.allCases.map { split in
      DrawnDigits.dataset(
        count: split == .training ? count : Self.drawnHeldOutCount,
        seed: seed,
        split: split
      )
    }
    var digest = SHA256Digest()
    for part in parts {
      if case .bytes(let bytes, _) = part.elements { digest.append(bytes) }
    }
    return DataSplits(
      training: parts[0],
      validation: parts[1],
      test: parts[2],
      fingerprint: digest.hexadecimal
    )
  }

  private func downloaded(_ variant: MNIST.Variant) async throws -> DataSplits {
    let progress = ProgressLine()
    defer { progress.clear() }
    return try await MNIST(variant).load(folder: folder) { step in
      let size = step.totalBytes.map { " of \(megabytes($0))" } ?? ""
      progress.show("\(step.fileName): \(megabytes(step.receivedBytes))\(size)")
    }
  }
}

private func megabytes(_ bytes: Int) -> String { decimals(Double(bytes) / 1_000_000, 1) + " MB" }
