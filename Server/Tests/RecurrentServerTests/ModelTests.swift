import Foundation
import LoopbackClient
import Recurrent
import RecurrentData
import Testing

@testable import RecurrentServer

struct ModelTests {
  @Test("Models are told with what they can do")
  func models() async throws {
    let folders = try RunFolders()
    try await TestServer.run(try folders.all()) { server in
      let all = try #require(try server.ask("GET", "/v1/models").json["models"] as? [[String: Any]])
      #expect(
        all.map { $0["name"] as? String }
          == ["digits", "adding", "series-1", "parity", "forecast", "text"]
      )
      #expect(
        all.map { $0["task"] as? String }
          == ["classify", "regress", "classify", "label", "forecast", "write"]
      )
      #expect(all.map { $0["streams"] as? Bool } == [true, false, true, true, false, true])
      #expect(all.map { $0["image"] as? Bool } == [true, false, false, false, false, false])
      #expect(all.map { $0["gates"] as? Bool } == [true, true, true, true, false, false])
      #expect(all.map { $0["features"] as? Int } == [28, 2, 2, 1, 2, 9])
      #expect(all[0]["layers"] as? [String] == ["LSTM 28 -> 24"])
      #expect(all[1]["layers"] as? [String] == ["bidirectional GRU 2 -> 12"])
      #expect(all[0]["outputs"] as? [String] == (0...9).map { "\($0)" })
      #expect(all[0]["parameters"] as? Int == 4 * 24 * (28 + 24 + 1) + 10 * 25)
      let one = try server.ask("GET", "/v1/models/digits").json
      #expect(one["steps"] as? Int == 28)
    }
  }

  @Test("Two runs of one name are refused")
  func oneName() throws {
    let (first, second) = (try RunFolders(), try RunFolders())
    let error = #expect(throws: FileError.self) {
      _ = try ModelServer([try first.digits(), try second.digits()])
    }
    #expect(error?.description.contains("two runs") == true)
  }

  @Test("A trace tells the library's gates, rounded, and the answer after each step")
  func trace() async throws {
    let folders = try RunFolders()
    let (digits, adding) = (try folders.digits(), try folders.bothWays())
    try await TestServer.run([digits, adding, try folders.text()]) { server in
      var numbers = SeededNumbers(31)
      let sequence = numbers.floats(28 * 6)
      let answer = try server.ask(
        "POST",
        "/v1/models/digits/trace",
        json: inputs([sequence], width: 28)
      )
      let trace = try answer.json
      #expect(trace["steps"] as? Int == 6)
      let layers = try #require(trace["layers"] as? [[String: Any]])
      #expect(layers.map { $0["name"] as? String } == ["LSTM 28 -> 24"])
      let signals = try #require(layers[0]["signals"] as? [[String: Any]])
      let expected = digits.model.gateTraces(of: Tensor(sequence, shape: [1, 6, 28]))[0]
      #expect(
        signals.map { $0["name"] as? String } == [
          "input gate", "forget gate", "candidate", "output gate", "hidden state", "cell state",
        ]
      )
      for (signal, values) in zip(signals, (expected.gates + expected.states).map(\.values)) {
        let rows = try #require(signal["values"] as? [[NSNumber]])
        #expect(rows.count == 6)
        for (found, wanted) in zip(try rows.flatMap { try floats($0) }, values.elements) {
          #expect(abs(found - wanted) <= 0.000_051)
        }
      }
      let answers = try #require(trace["answers"] as? [[NSNumber]])
      #expect(answers.count == 6 && answers[5].count == 10)
      let two = try server.ask(
        "POST",
        "/v1/models/adding/trace",
        json: inputs([numbers.floats(8)], width: 2)
      )
      let directions = try #require(try two.json["layers"] as? [[String: Any]])
      #expect(
        directions.map { $0["name"] as? String } == [
          "bidirectional GRU 2 -> 12", "bidirectional GRU 2 -> 12, backward",
        ]
      )
      #expect(
        try server.ask("POST", "/v1/models/text/trace", json: inputs([[1]], width: 1)).status == 409
      )
      let many = inputs([sequence, sequence], width: 28)
      #expect(try server.ask("POST", "/v1/models/digits/trace", json: many).status == 422)
    }
  }

  @Test("A text is written as the library writes it, at once and piece by piece")
  func text() async throws {
    let folders = try RunFolders()
    let run = try folders.text()
    try await TestServer.run([run, try folders.digits()]) { server in
      guard case .text(let preparation) = run.preparation else { return }
      var writer = TextWriter(
        try TokenSampler(
          run.model,
          options: TokenSampler.Options(temperature: 0.5, topCount: 5),
          seed: 9
        ),
        preparation
      )
      for token in preparation.tokens(of: "abba").compactMap(\.self) { writer.read(token) }
      let expected = (0..<80).map { _ in writer.next() }.joined() + writer.end()
      let wish = #"{"prompt":"abba","length":80,"temperature":0.5,"topK":5,"seed":9}"#
      let answer = try server.ask("POST", "/v1/models/text/generate", json: wish)
      #expect(try answer.json["text"] as? String == expected)
      let stream = try server.connect()
      try stream.send(
        LoopbackConnection.request(
          "POST",
          "/v1/models/text/generate",
          headers: [("Content-Type", "application/json"), ("Accept", "text/event-stream")],
          body: Array(wish.utf8)
        )
      )
      #expect(try stream.head().status == 200)
      var text = ""
      while let event = try stream.nextEvent(), event.name == "text" {
        let data = try JSONSerialization.jsonObject(with: Data(event.data.utf8))
        text += (data as? [String: String])?["text"] ?? ""
      }
      #expect(text == expected)
      #expect(try stream.nextEvent() == nil)
      for (wish, status) in [
        (#"{"prompt":""}"#, 422), (#"{"prompt":"x"}"#, 422), (#"{"length":0}"#, 422),
        (#"{"length":1000000}"#, 413), (#"{"temperature":-1}"#, 422), (#"{"topK":0}"#, 422),
        (#"{"seed":-1}"#, 422), (#"{"length":"x"}"#, 422), ("{", 400), ("[]", 422), ("", 400),
      ] {
        let answer = try server.ask("POST", "/v1/models/text/generate", json: wish)
        #expect(answer.status == status, "\(wish)")
        #expect(try !answer.error.isEmpty)
      }
      #expect(try server.ask("POST", "/v1/models/digits/generate", json: "{}").status == 409)
      #expect(try server.ask("POST", "/v1/models/text/predict", json: "{}").status == 409)
    }
  }
}
