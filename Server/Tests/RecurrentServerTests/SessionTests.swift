import Foundation
import LoopbackClient
import Recurrent
import RecurrentData
import Synchronization
import Testing

@testable import RecurrentServer

struct SessionTests {
  private static let binary = "application/octet-stream"

  /// Opens a session; returns its name.
  private static func open(
    _ server: TestServer,
    _ model: String = "digits",
    _ snapshot: [UInt8] = []
  ) throws -> String {
    let type = snapshot.isEmpty ? nil : binary
    let answer = try server.ask("POST", "/v1/models/\(model)/sessions", type, snapshot)
    try #require(answer.status == 201)
    let id = try #require(try answer.json["session"] as? String)
    #expect(answer.headers["location"] == "/v1/sessions/\(id)")
    #expect(id.count == 32 && id.allSatisfy(\.isHexDigit))
    return id
  }

  /// Pushes steps; returns the logits after each.
  private static func push(
    _ connection: LoopbackConnection,
    _ id: String,
    _ numbers: [Float]
  ) throws -> [Float] {
    let answer = try connection.ask(
      "POST",
      "/v1/sessions/\(id)/steps",
      binary,
      bytes(of: numbers),
      accept: binary
    )
    try #require(answer.status == 200)
    return answer.floats
  }

  /// The logits after each step, by the library.
  private static func logits(_ run: FinishedRun, _ numbers: [Float]) throws -> [Float] {
    let model = try StreamingModel(run.model)
    var state = model.makeState()
    return stride(from: 0, to: numbers.count, by: model.inputSize).flatMap { start in
      model.step(Array(numbers[start..<start + model.inputSize]), state: &state)
    }
  }

  @Test("Steps in JSON and in bytes have the library's bits, many and few")
  func steps() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      var numbers = SeededNumbers(21)
      let all = numbers.floats(28 * 60)
      let expected = try Self.logits(run, all)
      let id = try Self.open(server)
      let json = try server.ask(
        "POST",
        "/v1/sessions/\(id)/steps",
        json: #"{"inputs":"# + RecurrentServerTests.steps(Array(all[..<(28 * 3)]), width: 28) + "}"
      )
      #expect(try json.json["steps"] as? Int == 3)
      let outputs = try #require(try json.json["outputs"] as? [[String: Any]])
      for (step, output) in outputs.enumerated() {
        let logits = Array(expected[step * 10..<step * 10 + 10])
        #expect(
          try floats(output["probabilities"]) == softmax(Tensor(logits, shape: [1, 10])).elements
        )
      }
      let rest = try Self.push(try server.connect(), id, Array(all[(28 * 3)...]))
      #expect(rest == Array(expected[30...]))
      let now = try server.ask("GET", "/v1/sessions/\(id)").json
      #expect(now["steps"] as? Int == 60 && now["model"] as? String == "digits")
      let last = softmax(Tensor(Array(expected.suffix(10)), shape: [1, 10])).elements
      let answer = try #require(now["answer"] as? [String: Any])
      #expect(try floats(answer["probabilities"]) == last)
    }
  }

  @Test("Sessions of many clients go on side by side, and nothing is lost or mixed up")
  func sideBySide() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      try TestServer.onThreads(8) { thread in
        var numbers = SeededNumbers(UInt64(100 + thread))
        let connection = try server.connect()
        let sequences = (0..<5).map { _ in numbers.floats(28 * 24) }
        let ids = try sequences.map { _ in try Self.open(server) }
        var found = [[Float]](repeating: [], count: sequences.count)
        for step in stride(from: 0, to: 24, by: 3) {
          for (place, id) in ids.enumerated() {
            let part = sequences[place][step * 28..<(step + 3) * 28]
            found[place] += try Self.push(connection, id, Array(part))
          }
        }
        for (place, id) in ids.enumerated() {
          #expect(found[place] == (try Self.logits(run, sequences[place])))
          #expect(try connection.ask("DELETE", "/v1/sessions/\(id)").status == 204)
          #expect(try connection.ask("GET", "/v1/sessions/\(id)").status == 404)
        }
      }
      #expect(server.core.sessions.count == 0)
    }
  }

  @Test("What several clients push to one session is read one after another")
  func oneSession() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      let id = try Self.open(server)
      // Each push is known by its numbers, and says by its answers at which step it was read.
      let pushes = Mutex<[(end: Int, numbers: [Float], answers: [Float])]>([])
      try TestServer.onThreads(6) { thread in
        var numbers = SeededNumbers(UInt64(200 + thread))
        let connection = try server.connect()
        for round in 0..<8 {
          let part = numbers.floats(28 * (round % 2 == 0 ? 3 : 40))
          let answer = try connection.ask(
            "POST",
            "/v1/sessions/\(id)/steps",
            json: #"{"inputs":"# + RecurrentServerTests.steps(part, width: 28) + "}"
          )
          let end = try #require(try answer.json["steps"] as? Int)
          let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
          let answers = try outputs.flatMap { try floats($0["probabilities"]) }
          pushes.withLock { $0.append((end, part, answers)) }
        }
      }
      let order = pushes.withLock { $0.sorted { $0.end < $1.end } }
      let logits = try Self.logits(run, order.flatMap(\.numbers))
      let expected = softmax(Tensor(logits, shape: [logits.count / 10, 10])).elements
      #expect(order.flatMap(\.answers) == expected)
    }
  }

  @Test("A snapshot, a fork and the session itself go on alike, and apart")
  func snapshots() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run, try folders.digits("other", seed: 2)]) { server in
      var numbers = SeededNumbers(22)
      let (first, second) = (numbers.floats(28 * 5), numbers.floats(28 * 4))
      let connection = try server.connect()
      let id = try Self.open(server)
      _ = try Self.push(connection, id, first)
      let snapshot = try connection.ask("GET", "/v1/sessions/\(id)/state").body
      let fork = try connection.ask("POST", "/v1/sessions/\(id)/fork")
      #expect(fork.status == 201)
      #expect(try fork.json["steps"] as? Int == 5)
      let forked = try #require(try fork.json["session"] as? String)
      let restored = try Self.open(server, "digits", snapshot)
      let expected = Array(try Self.logits(run, first + second)[50...])
      _ = try Self.push(connection, forked, first)
      #expect(try Self.push(connection, id, second) == expected)
      #expect(try Self.push(connection, restored, second) == expected)
      #expect(
        try connection.ask("GET", "/v1/sessions/\(restored)/state").body
          == (try connection.ask("GET", "/v1/sessions/\(id)/state").body)
      )
      let put = try connection.ask("PUT", "/v1/sessions/\(forked)/state", Self.binary, snapshot)
      #expect(put.status == 200)
      #expect(try put.json["steps"] as? Int == 5)
      #expect(try Self.push(connection, forked, second) == expected)
    }
  }

  @Test("A snapshot that is damaged, or of another model, changes nothing")
  func badSnapshots() async throws {
    let folders = try RunFolders()
    let runs = [try folders.digits(), try folders.digits("other", seed: 2)]
    try await TestServer.run(runs) { server in
      var numbers = SeededNumbers(23)
      let connection = try server.connect()
      let id = try Self.open(server)
      _ = try Self.push(connection, id, numbers.floats(28 * 5))
      let snapshot = try connection.ask("GET", "/v1/sessions/\(id)/state").body
      let other = try connection.ask("POST", "/v1/models/other/sessions", Self.binary, snapshot)
      #expect(other.status == 409)
      #expect(try other.error.contains("other weights"))
      for place in stride(from: 0, to: snapshot.count, by: 97) {
        var damaged = snapshot
        damaged[place] ^= 0x10
        let answer = try connection.ask("PUT", "/v1/sessions/\(id)/state", Self.binary, damaged)
        #expect(answer.status == 422)
        #expect(try !answer.error.isEmpty)
      }
      for count in [0, 1, 8, 100, snapshot.count - 1] {
        let part = Array(snapshot[..<count])
        let answer = try connection.ask("PUT", "/v1/sessions/\(id)/state", Self.binary, part)
        #expect(answer.status == 422)
      }
      #expect(try connection.ask("GET", "/v1/sessions/\(id)/state").body == snapshot)
    }
  }

  @Test("A series that comes time by time is prepared as the whole is")
  func series() async throws {
    let folders = try RunFolders()
    for times in [1, 4] {
      let run = try folders.series(timesPerStep: times)
      try await TestServer.run([run]) { server in
        var numbers = SeededNumbers(24)
        let series = numbers.floats(2 * 4 * 6)
        let preparation = try #require(run.preparation?.series)
        let expected = try Self.logits(run, preparation.prepared(series))
        let id = try Self.open(server, run.name)
        let connection = try server.connect()
        var found: [Float] = []
        for start in stride(from: 0, to: series.count, by: 2 * 4) {
          found += try Self.push(connection, id, Array(series[start..<start + 2 * 4]))
          // A session that was put away goes on from what it read last.
          let snapshot = try connection.ask("GET", "/v1/sessions/\(id)/state").body
          _ = try connection.ask("PUT", "/v1/sessions/\(id)/state", Self.binary, snapshot)
        }
        #expect(found == expected)
      }
    }
  }

  @Test("Text is read token by token")
  func text() async throws {
    let folders = try RunFolders()
    let run = try folders.text()
    try await TestServer.run([run]) { server in
      let id = try Self.open(server, "text")
      let answer = try server.ask(
        "POST",
        "/v1/sessions/\(id)/steps",
        json: #"{"text":"ab \u00e9"}"#
      )
      var hot = [Float](repeating: 0, count: 9 * 4)
      for (place, token) in [2, 3, 1, 7].enumerated() { hot[place * 9 + token] = 1 }
      let logits = try Self.logits(run, hot)
      let outputs = try #require(try answer.json["outputs"] as? [[String: Any]])
      let found = try outputs.flatMap { try floats($0["probabilities"]) }
      #expect(found == softmax(Tensor(logits, shape: [4, 9])).elements)
      let unknown = try server.ask("POST", "/v1/sessions/\(id)/steps", json: #"{"text":"ax"}"#)
      #expect(unknown.status == 422)
      #expect(try unknown.error.contains("'x'"))
    }
  }

  @Test("A session that is not used ends, one that is used does not")
  func expiry() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    let time = MovedClock()
    try await TestServer.run(
      [run],
      { options in
        options.idleSeconds = 10
        options.mostSessions = 3
        options.now = { time.now }
      }
    ) { server in
      let (idle, used) = (try Self.open(server), try Self.open(server))
      time.move(by: 9)
      #expect(try server.ask("GET", "/v1/sessions/\(used)").status == 200)
      time.move(by: 1)
      #expect(try server.ask("GET", "/v1/sessions/\(idle)").status == 404)
      #expect(try server.ask("GET", "/v1/sessions/\(used)").status == 200)
      #expect(server.core.sessions.count == 1)
      _ = (try Self.open(server), try Self.open(server))
      let full = try server.ask("POST", "/v1/models/digits/sessions")
      #expect(full.status == 429)
      #expect(try full.error.hasPrefix("3 sessions are open"))
      time.move(by: 10)
      _ = try Self.open(server)
      #expect(server.core.sessions.count == 1)
    }
  }

  @Test("Whoever listens is told each step, and the end")
  func events() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      var numbers = SeededNumbers(25)
      let id = try Self.open(server)
      let all = numbers.floats(28 * 4)
      _ = try Self.push(try server.connect(), id, Array(all[..<28]))
      let listener = try server.connect()
      try listener.send(LoopbackConnection.request("GET", "/v1/sessions/\(id)/events"))
      let head = try listener.head()
      #expect(head.status == 200 && head.headers["content-type"] == "text/event-stream")
      // The first comment is there once the listener is.
      #expect(try listener.next(upTo: 1)?.first == UInt8(ascii: ":"))
      _ = try Self.push(try server.connect(), id, Array(all[28...]))
      let logits = try Self.logits(run, all)
      for step in 1..<4 {
        let event = try #require(try listener.nextEvent())
        #expect(event.name == "step")
        let data = try #require(
          try JSONSerialization.jsonObject(with: Data(event.data.utf8)) as? [String: Any]
        )
        #expect(data["steps"] as? Int == step + 1)
        let expected = Array(logits[step * 10..<step * 10 + 10])
        #expect(
          try floats(data["probabilities"]) == softmax(Tensor(expected, shape: [1, 10])).elements
        )
      }
      #expect(try server.ask("DELETE", "/v1/sessions/\(id)").status == 204)
      #expect(try listener.nextEvent() == nil)
    }
  }

  @Test("Whoever listens to a session that rests is told that it is still there")
  func comments() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run], { $0.pause = .milliseconds(20) }) { server in
      let id = try Self.open(server)
      let listener = try server.connect()
      try listener.send(LoopbackConnection.request("GET", "/v1/sessions/\(id)/events"))
      _ = try listener.head()
      var text: [UInt8] = []
      while text.count < 3 * ServerEvent.comment.count, let part = try listener.next(upTo: 100) {
        text += part
      }
      let comments = [ServerEvent.comment, ServerEvent.comment, ServerEvent.comment]
      #expect(text.starts(with: comments.joined()))
      #expect(ServerOptions().pause == .seconds(15))
    }
  }

  @Test("Sessions may keep weights in 8 bits, and say so")
  func int8() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    let model = try StreamingModel(run.model, weights: .int8)
    try await TestServer.run([run], { $0.weights = .int8 }) { server in
      var numbers = SeededNumbers(29)
      let input = numbers.floats(28 * 4)
      let connection = try server.connect()
      let id = try Self.open(server)
      let got = try Self.push(connection, id, input)
      var state = model.makeState()
      let want = (0..<4).flatMap {
        model.step(Array(input[$0 * 28..<($0 + 1) * 28]), state: &state)
      }
      #expect(got.map(\.bitPattern) == want.map(\.bitPattern))
      let described = try connection.request("GET", "/v1/models/digits").json
      #expect(described["weights"] as? String == "int8")
    }
  }

  @Test("Ten thousand sessions take less than 300 MB")
  func memory() async throws {
    let folders = try RunFolders()
    let run = try folders.digits()
    try await TestServer.run([run]) { server in
      let model = try #require(server.core.models.first)
      let stream = try #require(model.stream)
      let before = try #require(ProcessUse.residentBytes)
      var output = [Float](repeating: 0, count: 10)
      let input = [Float](repeating: 0.5, count: 28)
      for _ in 0..<10_000 {
        var content = Session.Content(stream: stream.makeState())
        stream.step(input, state: &content.stream, output: &output)
        content.logits = output
        _ = try server.core.sessions.open(model, content)
      }
      let after = try #require(ProcessUse.residentBytes)
      #expect(server.core.sessions.count == 10_000)
      #expect(after - before < 300_000_000)
    }
  }

  @Test("A model that reads from the end has no sessions")
  func impossible() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.bothWays(), try folders.forecast()]) { server in
      for name in ["adding", "forecast"] {
        let answer = try server.ask("POST", "/v1/models/\(name)/sessions")
        #expect(answer.status == 409)
        #expect(try answer.error.contains(name))
      }
    }
  }
}

/// A time that a test moves.
final class MovedClock: Sendable {
  private let time = Mutex(0.0)

  var now: Double { time.withLock(\.self) }

  func move(by seconds: Double) { time.withLock { $0 += seconds } }
}
