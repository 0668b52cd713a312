import Recurrent
import RecurrentData

/// A run's model as it is served.
final class ServedModel: Sendable {
  let run: FinishedRun
  /// The model step by step; nil where it cannot be.
  let stream: StreamingModel?
  let forecaster: Forecaster?
  let predictions: PredictionQueue
  /// Whether gates and states can be told.
  let hasTraces: Bool
  /// What it is, in JSON.
  let description: [UInt8]

  var name: String { run.name }

  /// Prepares a run's model.
  ///
  /// - Throws: `FileError` where one of its layers cannot be used.
  init(_ run: FinishedRun, _ options: ServerOptions, metrics: ServerMetrics) throws(FileError) {
    self.run = run
    guard let predictor = Predictor(run.model, threads: options.threads) else {
      throw FileError(
        "has a layer that is not one of the library's, and cannot be served",
        file: run.name
      )
    }
    let stream = try? StreamingModel(run.model, weights: options.weights)
    forecaster =
      if case .forecast(let forecast, _) = run.preparation {
        try? Forecaster(run.model, forecast)
      } else {
        nil
      }
    self.stream = run.task == .forecast ? nil : stream
    predictions = PredictionQueue(
      predictor,
      name: run.name,
      width: run.features,
      outputNames: run.outputNames,
      answersEachStep: run.model.summary == .allOutputs,
      metrics: metrics
    )
    hasTraces = Self.hasTraces(run)
    description = Self.description(of: run, stream: self.stream, hasTraces: hasTraces)
  }

  /// The numbers of a step, or of a time, as they come from a client.
  var width: Int { run.width }

  /// Whether each step has an answer, not the whole sequence alone.
  var answersEachStep: Bool { run.model.summary == .allOutputs }

  /// The numbers of a step that the model reads.
  var features: Int { run.features }

  /// Whether pictures are read.
  var readsPictures: Bool {
    run.readsImages && (run.steps, run.features) == (DigitImage.side, DigitImage.side)
  }

  /// The numbers of the largest grid that is traced.
  private static let mostProbed = 1 << 20

  private static func hasTraces(_ run: FinishedRun) -> Bool {
    guard run.task != .forecast, run.task != .languageModel else { return false }
    // A grid that is not read row by row has to be whole.
    let steps = run.model.reading == .rows ? 1 : run.steps
    guard steps * run.features <= mostProbed else { return false }
    return !run.model.gateTraces(of: .zeros([1, steps, run.features])).isEmpty
  }

  private static func description(
    of run: FinishedRun,
    stream: StreamingModel?,
    hasTraces: Bool
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("name", run.name)
      writer.member("task", run.task.word)
      writer.member("layers", run.layers)
      writer.member("parameters", run.model.parameterCount)
      writer.member("features", run.width)
      writer.member("steps", run.steps * (run.preparation?.series?.choice.timesPerStep ?? 1))
      writer.member("outputs", run.outputNames)
      writer.member("streams", stream != nil)
      if let stream { writer.member("weights", stream.weights.rawValue) }
      writer.member(
        "image",
        run.readsImages && (run.steps, run.features) == (DigitImage.side, DigitImage.side)
      )
      writer.member("gates", hasTraces)
    }
    return writer.bytes
  }
}

extension FinishedRun {
  /// The numbers of a step, or of a time, before they are prepared.
  fileprivate var width: Int {
    switch preparation {
    case nil, .text: features
    case .series, .table, .forecast: preparation?.variables ?? features
    }
  }
}

extension LearningTask {
  /// What the task is called in answers.
  var word: String { self == .languageModel ? "write" : rawValue }
}
