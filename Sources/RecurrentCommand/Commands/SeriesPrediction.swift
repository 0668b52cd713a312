import Foundation
import Recurrent
import RecurrentData

/// What a model answers about the series of files, or how it goes on with them.
struct SeriesPrediction {
  let trained: TrainedRun
  let preparation: InputPreparation
  let horizon: Int?

  private var task: LearningTask { trained.record.data.task }
  private var outputNames: [String] { trained.record.classNames }

  init(_ trained: TrainedRun, _ preparation: InputPreparation, horizon: Int?) {
    (self.trained, self.preparation, self.horizon) = (trained, preparation, horizon)
  }

  /// Reads the files, and prints what is answered about them.
  func run(on files: [String]) throws {
    // All are read first: a bad one among them is reported before anything is printed.
    let read = try files.map { (path: $0, series: try series(of: $0)) }
    switch preparation {
    case .text: break
    case .forecast(let forecast, let table):
      try printForecasts(of: read, forecast, targets: table?.targetPlaces)
    case .series(let series), .table(_, let series):
      let isTable = task == .label
      if isTable { print("file,series,row,answer,probability") }
      for (path, all) in read {
        for (index, one) in all.enumerated() {
          try printAnswers(about: one, number: index + 1, of: path, series)
        }
      }
    }
  }

  /// The series of a file, as many variables as the model reads.
  func series(of path: String) throws -> [LongSeries] {
    let ending = URL(filePath: path).pathExtension.lowercased()
    if ["csv", "tsv"].contains(ending) { return try preparation.series(ofTable: path) }
    let series = try read(path, ending)
    try preparation.checkVariables(series.variables, of: path)
    return series.all
  }

  private func read(_ path: String, _ ending: String) throws -> (all: [LongSeries], variables: Int)
  {
    switch ending {
    case "npy", "npz":
      switch try ArraySeries(contentsOf: path).training {
      case .recorded(let series, let variables): return (series, variables.count)
      case .labelled(let series): return (series.recorded, series.variables)
      }
    case "ts":
      let series = try TimeSeriesFile.read(path)
      return (series.recorded, series.variables)
    default:
      throw CommandFailure(
        "\(path): is no file of series; name a .ts, .csv, .tsv, .npy or .npz file"
      )
    }
  }

  private func printForecasts(
    of files: [(path: String, series: [LongSeries])],
    _ forecast: ForecastPreparation,
    targets: [Int]?
  ) throws {
    let forecaster = try Forecaster(trained.model, forecast)
    let count = forecast.variables.count
    let targets = targets ?? Array(0..<count)
    let horizon = horizon ?? trained.record.data.horizon ?? 1
    for (path, series) in files {
      for one in series where one.times <= forecast.lag {
        throw CommandFailure(
          """
          \(path): has \(one.times) times\(one.name.isEmpty ? "" : " of series \(one.name)"), \
          and more than \(forecast.lag) are subtracted from
          """
        )
      }
    }
    print(
      (["file", "series", "ahead"] + targets.map { forecast.variables[$0] }).map(\.field)
        .joined(separator: ",")
    )
    for (path, series) in files {
      for one in series {
        let numbers = forecaster.forecast(after: one.rows, count: horizon)
        guard numbers.allSatisfy(\.isFinite) else {
          throw CommandFailure(
            "\(path): the forecast became no number; ask for a shorter --horizon, or train again"
          )
        }
        for time in 0..<horizon {
          let row = targets.map { "\(numbers[time * count + $0])" }
          print(([path.field, one.name.field, "\(time + 1)"] + row).joined(separator: ","))
        }
      }
    }
  }

  private func printAnswers(
    about series: LongSeries,
    number: Int,
    of path: String,
    _ preparation: SeriesPreparation
  ) throws {
    let name = series.name.isEmpty ? "\(number)" : series.name
    let values = preparation.prepared(series.values)
    let answers = trained.model.logits(
      for: SequenceDataset(
        elements: .floats(values),
        labels: [0],
        steps: values.count / preparation.features,
        features: preparation.features,
        classNames: outputNames
      ),
      threads: 1
    )
    guard answers.elements.allSatisfy(\.isFinite) else {
      throw CommandFailure(
        "\(path): the model's answer is no number; its parameters are too large, train it again"
      )
    }
    let outputs = outputNames.count
    switch task {
    case .regress:
      let numbers = preparation.numbers(of: answers.elements)
      let words = zip(outputNames, numbers).map { "\($0) \($1)" }
      print("\(path), series \(name): \(words.joined(separator: ", "))")
    case .label:
      let probabilities = softmax(answers.reshaped(to: [answers.count / outputs, outputs]))
      for row in 0..<answers.count / outputs {
        let best = (0..<outputs).max { probabilities[row, $0] < probabilities[row, $1] } ?? 0
        print(
          [
            path.field, name.field, "\(row + 1)", outputNames[best].field,
            decimals(Double(probabilities[row, best]), 4),
          ].joined(separator: ",")
        )
      }
    case .classify, .forecast, .languageModel:
      let probabilities = softmax(answers)
      let ranked = outputNames.indices.map { ($0, probabilities[0, $0]) }
        .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      let words = ranked.prefix(3).map { "\(outputNames[$0.0]) \(percent(Double($0.1)))" }
      print("\(path), series \(name): \(words.joined(separator: ", "))")
    }
  }
}

extension LabelledSeries {
  /// The series without what is to be answered.
  fileprivate var recorded: [LongSeries] {
    series.map { LongSeries(values: $0.values, variables: variables) }
  }
}

extension String {
  /// As a field of comma-separated values.
  fileprivate var field: String {
    contains { ",\"\n\r".contains($0) }
      ? "\"" + replacing("\"", with: "\"\"") + "\"" : self
  }
}
