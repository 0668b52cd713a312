import Dispatch
import Hummingbird
import Recurrent
import RecurrentData

extension Route {
  /// What models answer about sequences, and what goes on in them.
  static let predictions: [Route] = [
    Route(.post, "/v1/models/{model}/predict") { call in
      let model = try call.model()
      guard model.run.task != .languageModel else {
        throw Problem.impossible("model '\(model.name)' writes; ask it at /generate")
      }
      if let forecaster = model.forecaster {
        return try await forecasts(call, model, forecaster)
      }
      let sequences = try await sequences(call, model)
      let isBinary = call.isAccepted(.binary)
      let answers = try await answers(of: model, to: sequences, asLogits: isBinary)
      if isBinary { return .binary(littleEndian(answers)) }
      var writer = JSONWriter()
      writer.object { writer in
        writer.name("outputs")
        writer.array { writer in
          for answer in answers { model.write(answer[...], to: &writer) }
        }
      }
      return .json(writer)
    },
    Route(.post, "/v1/models/{model}/trace") { call in
      let model = try call.model()
      guard model.hasTraces else {
        throw Problem.impossible(
          "model '\(model.name)' tells no gates; see \"gates\" of /v1/models"
        )
      }
      let sequences = try await sequences(call, model)
      guard sequences.count == 1 else {
        throw Problem.unfit("inputs has \(sequences.count) sequences; one is traced at a time")
      }
      return .json(try await traced(sequences[0], by: model))
    },
  ]

  /// The sequences of a body as the model reads them.
  private static func sequences(
    _ call: Call,
    _ model: ServedModel
  ) async throws -> [ArraySlice<Float>] {
    let limits = call.core.limits
    let sequences: NumberSequences
    switch try call.contentKind(.json, .binary, .png, .csv) {
    case .binary:
      let count = try call.target.number("sequences", in: 1...limits.sequences) ?? 1
      sequences = try model.sequences(
        ofFloats: try await call.body(),
        count: count,
        limits: limits
      )
    case .png: sequences = try model.sequences(ofPicture: try await call.body())
    case .csv:
      guard let preparation = model.run.preparation?.series else {
        throw Problem.impossible(
          "model '\(model.name)' reads no series of a table; send numbers as application/json"
        )
      }
      let series = try model.series(ofTable: try await call.body(), limits: limits)
      try limits.check(
        steps: model.answersEachStep ? series.reduce(0) { $0 + $1.times } : series.count,
        numbers: model.run.outputNames.count
      )
      return series.map { preparation.prepared($0.values)[...] }
    case .json, .events:
      sequences = try SequencesScanner.read(
        try await call.body(),
        features: model.width,
        isOne: false,
        limits: limits
      )
    }
    return try model.prepared(sequences, limits: limits)
  }

  /// The answers about sequences, or the logits that they come from.
  private static func answers(
    of model: ServedModel,
    to sequences: [ArraySlice<Float>],
    asLogits: Bool
  ) async throws -> [[Float]] {
    let all = await model.predictions.logits(of: sequences)
    return try all.enumerated().map { place, logits in
      guard let answer = model.answers(of: logits) else {
        throw Problem.unfit(
          "the model's answer to inputs[\(place)] is no number; give smaller numbers"
        )
      }
      return asLogits ? logits : answer
    }
  }

  /// The times that one request may ask for, those of all its series together.
  private static let mostForecast = 100_000

  private static func forecasts(
    _ call: Call,
    _ model: ServedModel,
    _ forecaster: Forecaster
  ) async throws -> Response {
    let limits = call.core.limits
    let horizon =
      try call.target.number("horizon", in: 1...limits.steps)
      ?? min(model.run.horizon ?? 1, limits.steps)
    let series: [LongSeries]
    switch try call.contentKind(.json, .binary, .csv) {
    case .csv: series = try model.series(ofTable: try await call.body(), limits: limits)
    case .binary:
      let count = try call.target.number("sequences", in: 1...limits.sequences) ?? 1
      let numbers = try model.sequences(
        ofFloats: try await call.body(),
        count: count,
        limits: limits
      )
      series = numbers.parts.map { LongSeries(values: Array($0), variables: model.width) }
    case .json, .png, .events:
      let numbers = try SequencesScanner.read(
        try await call.body(),
        features: model.width,
        isOne: false,
        limits: limits
      )
      series = numbers.parts.map { LongSeries(values: Array($0), variables: model.width) }
    }
    let preparation = forecaster.preparation
    for (place, one) in series.enumerated() where one.times <= preparation.lag {
      throw Problem.unfit(
        """
        inputs[\(place)] has \(one.times) time\(one.times == 1 ? "" : "s"); more than \
        \(preparation.lag) are subtracted from
        """
      )
    }
    let (numbers, isTooMuch) = series.count.multipliedReportingOverflow(by: horizon)
    guard !isTooMuch, numbers <= mostForecast else {
      throw Problem.tooLarge(
        "\(series.count) forecasts of \(horizon) times are too much; send at most \(mostForecast / horizon) series"
      )
    }
    let all = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          returning: series.map { forecaster.forecast(after: $0.rows, count: horizon) }
        )
      }
    }
    if let place = all.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) {
      throw Problem.unfit(
        "the forecast of inputs[\(place)] became no number; ask for a shorter horizon"
      )
    }
    let count = preparation.variables.count
    let targets = model.run.preparation?.table?.targetPlaces ?? Array(0..<count)
    if call.isAccepted(.binary) {
      return .binary(
        littleEndian(
          all.map { numbers in
            (0..<horizon).flatMap { time in targets.map { numbers[time * count + $0] } }
          }
        )
      )
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.name("outputs")
      writer.array { writer in
        for numbers in all {
          writer.object { writer in
            writer.name("forecast")
            writer.array { writer in
              for time in 0..<horizon {
                writer.array { writer in
                  for target in targets { writer.value(numbers[time * count + target]) }
                }
              }
            }
            writer.member("variables", targets.map { preparation.variables[$0] })
          }
        }
      }
    }
    return .json(writer)
  }

  /// The bytes of numbers, little-endian.
  static func littleEndian(_ numbers: [[Float]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * numbers.reduce(0) { $0 + $1.count })
    for number in numbers.joined() {
      let bits = number.bitPattern
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
      }
    }
    return bytes
  }
}
