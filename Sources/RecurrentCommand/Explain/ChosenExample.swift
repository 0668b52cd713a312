import Foundation
import Recurrent
import RecurrentData

/// The one example that a trained model is to read.
struct ChosenExample {
  /// The steps of a text that are read unless it is said how many.
  private static let usualTextSteps = 100

  /// What a sentence calls it.
  let title: String
  /// What a file about it is called.
  let shortName: String
  /// What is read, `[time, features]`.
  let input: Tensor
  /// The class that would be right, if it is known.
  let truth: Int?

  /// Finds an example as it was asked for.
  init(_ options: ExampleOptions, of trained: TrainedRun) async throws {
    let found =
      if let number = Int(options.example) {
        try await Self.numbered(number, options, trained)
      } else {
        try Self.file(options.example, options, trained)
      }
    let (steps, isText) = (found.input.shape[0], trained.record.data.task == .languageModel)
    let count = options.steps ?? (isText ? Self.usualTextSteps : steps)
    guard count >= steps || trained.model.reading == .rows else {
      throw CommandFailure(
        "the run reads \(trained.model.reading.words), all of them; leave out --steps"
      )
    }
    title = found.title
    shortName = found.shortName
    input = count < steps ? found.input.slice(0..<count, along: 0) : found.input
    truth = found.truth
  }

  private init(_ title: String, _ shortName: String, _ dataset: SequenceDataset, at index: Int = 0)
  {
    self.title = title
    self.shortName = shortName
    input = Tensor(
      dataset.values(ofExample: index),
      shape: [dataset.length(ofExample: index), dataset.features]
    )
    truth = if case .classes(let labels) = dataset.targets { labels[index] } else { nil }
  }

  private init(_ title: String, _ shortName: String, _ input: Tensor) {
    (self.title, self.shortName, self.input, truth) = (title, shortName, input, nil)
  }

  // MARK: The run's own

  private static func numbered(
    _ number: Int,
    _ options: ExampleOptions,
    _ trained: TrainedRun
  ) async throws -> ChosenExample {
    let title = trained.record.data.title
    let data = try await trained.ownData(at: options.data)
    let (examples, part) = try data.part(options.on, of: title)
    guard 0..<examples.count ~= number else {
      throw CommandFailure(
        "there is no example \(number); \(title) \(part) has examples 0 to \(examples.count - 1)"
      )
    }
    return ChosenExample(
      "\(part) example \(number) of \(title)",
      "\(part)-\(number)",
      examples,
      at: number
    )
  }

  // MARK: Files

  private static func file(
    _ name: String,
    _ options: ExampleOptions,
    _ trained: TrainedRun
  ) throws -> ChosenExample {
    guard options.on == nil && options.data == nil else {
      throw CommandFailure("--on and --data go with the number of an example; \(name) is a file")
    }
    let (path, number) = parts(of: name)
    let stem = URL(filePath: path).deletingPathExtension().lastPathComponent
    let short = stem + (number.map { "-\($0)" } ?? "")
    guard let prepared = trained.preparation else {
      return ChosenExample(name, short, try ImageExample.dataset(name, for: trained.record))
    }
    switch prepared {
    case .text(let preparation):
      return ChosenExample(name, stem, try text(name, preparation, options))
    case .forecast:
      throw CommandFailure(
        "the run learned to \(trained.record.data.task.words); name an example by its number"
      )
    case .series(let series), .table(_, let series):
      let prediction = SeriesPrediction(trained, prepared, horizon: nil)
      let all = try prediction.series(of: path)
      guard all.count == 1 || number != nil else {
        throw CommandFailure(
          "\(path): holds \(all.count) series; say which, counted from 0, as in \(path):0"
        )
      }
      guard all.indices.contains(number ?? 0) else {
        throw CommandFailure(
          "\(path): has no series \(number ?? 0); its series are 0 to \(all.count - 1)"
        )
      }
      let values = series.prepared(all[number ?? 0].values)
      return ChosenExample(
        name,
        short,
        Tensor(values, shape: [values.count / series.features, series.features])
      )
    }
  }

  /// A file's path, and the number after it of what is read there.
  private static func parts(of name: String) -> (path: String, number: Int?) {
    guard !FileManager.default.fileExists(atPath: name), let colon = name.lastIndex(of: ":"),
      let number = Int(name[name.index(after: colon)...])
    else { return (name, nil) }
    return (String(name[..<colon]), number)
  }

  private static func text(
    _ path: String,
    _ preparation: TextPreparation,
    _ options: ExampleOptions
  ) throws -> Tensor {
    let bytes = try WholeFile.contents(of: path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("\(path): is no UTF-8 text; name a file of text")
    }
    let tokens = preparation.tokens(of: text).prefix(options.steps ?? usualTextSteps)
    guard !tokens.isEmpty else { throw CommandFailure("\(path): is empty; name a file of text") }
    if let unknown = tokens.firstIndex(of: nil) {
      throw CommandFailure(
        "\(path): token \(unknown + 1) does not come up in the text that the run learned; leave it out"
      )
    }
    var values = [Float](repeating: 0, count: tokens.count * preparation.vocabulary.count)
    for case (let step, let token?) in tokens.enumerated() {
      values[step * preparation.vocabulary.count + token] = 1
    }
    return Tensor(values, shape: [tokens.count, preparation.vocabulary.count])
  }
}
