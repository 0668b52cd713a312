import Foundation
import LoopbackClient
import Recurrent
import RecurrentData
import Testing

@testable import RecurrentServer

struct PredictionTests {
  /// The library's answer to one sequence.
  private static func logits(_ run: FinishedRun, _ values: [Float]) -> [Float] {
    let width = run.features
    return run.model(Tensor(values, shape: [1, values.count / width, width])).elements
  }

  private static func probabilities(_ run: FinishedRun, _ values: [Float]) -> [Float] {
    softmax(Tensor(logits(run, values), shape: [1, run.outputNames.count])).elements
  }

  @Test("Answers in JSON have the library's bits, whatever lengths are sent together")
  func json() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      var numbers = SeededNumbers(11)
      let sequences = [28, 1, 28, 77, 5].map { numbers.floats($0 * 28) }
      let answer = try server.ask(
        "POST",
        "/v1/models/digits/predict",
        json: inputs(sequences, width: 28)
      )
      #expect(answer.status == 200)
      let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
      #expect(outputs.count == sequences.count)
      for (output, sequence) in zip(outputs, sequences) {
        let expected = Self.probabilities(run, sequence)
        #expect(try floats(output["probabilities"]) == expected)
        let best = try #require(expected.firstIndex(of: expected.max() ?? 0))
        #expect(output["class"] as? String == "\(best)")
      }
    }
  }

  @Test("Binary numbers are answered by the library's logits")
  func binary() async throws {
    let folders = try RunFolders()
    let (digits, adding) = (try folders.digits(), try folders.bothWays())
    try await TestServer.run([digits, adding]) { server in
      var numbers = SeededNumbers(12)
      let sequences = (0..<70).map { _ in numbers.floats(28 * 28) }
      let answer = try server.ask(
        "POST",
        "/v1/models/digits/predict?sequences=70",
        "application/octet-stream",
        bytes(of: sequences.flatMap(\.self)),
        accept: "application/octet-stream"
      )
      #expect(answer.headers["content-type"] == "application/octet-stream")
      #expect(answer.floats == sequences.flatMap { Self.logits(digits, $0) })
      let pair = numbers.floats(2 * 9)
      let sum = try server.ask(
        "POST",
        "/v1/models/adding/predict",
        "application/octet-stream",
        bytes(of: pair)
      )
      let outputs = try #require(try sum.json["outputs"] as? [[String: Any]])
      #expect(try floats(outputs[0]["numbers"]) == Self.logits(adding, pair))
    }
  }

  @Test("Requests of many clients are read together, and each gets its own answer")
  func together() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      try TestServer.onThreads(12) { thread in
        var numbers = SeededNumbers(UInt64(thread))
        let connection = try server.connect()
        for round in 0..<15 {
          let sequence = numbers.floats(28 * (1 + (thread * 7 + round * 13) % 40))
          let answer = try connection.ask(
            "POST",
            "/v1/models/digits/predict",
            "application/octet-stream",
            bytes(of: sequence),
            accept: "application/octet-stream"
          )
          try #require(answer.floats == Self.logits(run, sequence))
        }
      }
      let metrics = try server.ask("GET", "/metrics").text
      #expect(metrics.contains("recurrent_batch_sequences_sum 180.0"))
    }
  }

  @Test("A picture is read as the command reads it")
  func picture() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run, try folders.bothWays()]) { server in
      let png = try #require(Data(base64Encoded: Self.seven))
      let answer = try server.ask("POST", "/v1/models/digits/predict", "image/png", Array(png))
      let image = try DigitImage(GrayscaleImage(png: Array(png)))
      let values = image.dataset(classNames: run.outputNames).values(ofExample: 0)
      let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
      #expect(try floats(outputs[0]["probabilities"]) == Self.probabilities(run, values))
      let cut = try server.ask(
        "POST",
        "/v1/models/digits/predict",
        "image/png",
        Array(png.prefix(100))
      )
      #expect(cut.status == 422)
      #expect(try cut.error.contains("the body"))
      let wrong = try server.ask("POST", "/v1/models/adding/predict", "image/png", Array(png))
      #expect(wrong.status == 409)
    }
  }

  @Test("Series are prepared as the run's were, from numbers and from a table")
  func series() async throws {
    let folders = try RunFolders()
    let run = try folders.series(timesPerStep: 4)
    try await TestServer.run([run]) { server in
      var numbers = SeededNumbers(13)
      let series = numbers.floats(2 * 30)
      let preparation = try #require(run.preparation?.series)
      let expected = Self.probabilities(run, preparation.prepared(series))
      let json = try server.ask(
        "POST",
        "/v1/models/series-4/predict",
        json: inputs([series], width: 2)
      )
      let table =
        "x,y\n"
        + stride(from: 0, to: 60, by: 2).map { "\(series[$0]),\(series[$0 + 1])" }
        .joined(separator: "\n")
      let csv = try server.ask(
        "POST",
        "/v1/models/series-4/predict",
        "text/csv; charset=utf-8",
        Array(table.utf8)
      )
      for answer in [json, csv] {
        let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
        #expect(try floats(outputs[0]["probabilities"]) == expected)
      }
      let words = try server.ask(
        "POST",
        "/v1/models/series-4/predict",
        "text/csv",
        Array("x,y\n1,a\n".utf8)
      )
      #expect(words.status == 422)
      #expect(try words.error.hasPrefix("the body: column 'y' has words"))
    }
  }

  @Test("A model of classes of steps answers each")
  func labels() async throws {
    let folders = try RunFolders()
    let run = try folders.labels()
    try await TestServer.run([run]) { server in
      var numbers = SeededNumbers(14)
      let sequences = [numbers.floats(9), numbers.floats(3)]
      let answer = try server.ask(
        "POST",
        "/v1/models/parity/predict",
        json: inputs(sequences, width: 1)
      )
      let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
      for (output, sequence) in zip(outputs, sequences) {
        let steps = try #require(output["steps"] as? [[String: Any]])
        let found = try steps.flatMap { try floats($0["probabilities"]) }
        let logits = Self.logits(run, sequence)
        #expect(found == softmax(Tensor(logits, shape: [sequence.count, 2])).elements)
      }
    }
  }

  @Test("Forecasts are the library's")
  func forecasts() async throws {
    let folders = try RunFolders()
    let run = try folders.forecast()
    try await TestServer.run([run]) { server in
      var numbers = SeededNumbers(15)
      let series = numbers.floats(2 * 25)
      guard case .forecast(let preparation, _) = run.preparation else { return }
      let forecaster = try Forecaster(run.model, preparation)
      for (query, count) in [("", 3), ("?horizon=12", 12)] {
        let answer = try server.ask(
          "POST",
          "/v1/models/forecast/predict\(query)",
          json: inputs([series], width: 2)
        )
        let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
        let rows = try #require(outputs[0]["forecast"] as? [[NSNumber]])
        let expected = forecaster.forecast(
          after: NumberRows(series, columns: 2),
          count: count
        )
        #expect(try rows.flatMap { try floats($0) } == expected)
        #expect(outputs[0]["variables"] as? [String] == ["x", "y"])
      }
      let short = try server.ask(
        "POST",
        "/v1/models/forecast/predict",
        json: #"{"inputs":[[[1,2]]]}"#
      )
      #expect(short.status == 422)
    }
  }

  /// A dark seven on light paper, 20 by 30 pixels.
  private static let seven = """
    iVBORw0KGgoAAAANSUhEUgAAABQAAAAeCAAAAAAJeWG3AAAAQ0lEQVR42mP8wIAJmBjoJMjCwMDAoIIs\
    cgeHSkZUd6ow3KHAdohuIlRCFZJpEUw3edrhugmpRCgkxyIk3USFPFXiHQAsZgsM3Nv58wAAAABJRU5E\
    rkJggg==
    """
}
