import Foundation
import LoopbackClient
import Recurrent
import RecurrentData
import Synchronization
import Testing

@testable import RecurrentServer

struct HostileRequestTests {
  private static let binary = "application/octet-stream"

  @Test("What cannot be answered has the right status, and one line that says why")
  func statuses() async throws {
    let folders = try RunFolders()
    try await TestServer.run(
      try folders.all(),
      { options in
        options.largestBody = 100_000
        options.mostSteps = 50
        options.mostSequences = 8
      }
    ) { server in
      let row = "[" + (0..<28).map { _ in "0" }.joined(separator: ",") + "]"
      let predict = "/v1/models/digits/predict"
      let id = String(repeating: "0", count: 32)
      let cases: [(String, String, String?, [UInt8], Int)] = [
        ("GET", "/nowhere", nil, [], 404),
        ("GET", "/v1/models/", nil, [], 404),
        ("GET", "//", nil, [], 404),
        ("GET", "/v1/models/nobody", nil, [], 404),
        ("GET", "/v1/models/../../etc/passwd", nil, [], 404),
        ("GET", "/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd", nil, [], 404),
        ("GET", "/v1/models/..%2f..", nil, [], 404),
        ("GET", "/v1/models/%", nil, [], 404),
        ("GET", "/v1/models/%zz", nil, [], 404),
        ("GET", "/v1/models/%ff%fe", nil, [], 404),
        ("GET", "/v1/models/%00", nil, [], 404),
        ("GET", "/%2e%2e/page.js", nil, [], 404),
        ("GET", "/../Package.swift", nil, [], 404),
        ("GET", "/v1/sessions/\(id)", nil, [], 404),
        ("GET", "/v1/sessions/\(String(repeating: "a", count: 4_000))", nil, [], 404),
        ("DELETE", "/v1/sessions/\(id)", nil, [], 404),
        ("POST", "/v1/sessions/\(id)/steps", "application/json", [], 404),
        ("POST", "/v1/sessions/\(id)/fork", nil, [], 404),
        ("GET", "/v1/sessions/\(id)/events", nil, [], 404),
        ("POST", "/healthz", nil, [], 405),
        ("DELETE", "/v1/models/digits", nil, [], 405),
        ("GET", predict, nil, [], 405),
        ("PATCH", predict, nil, [], 405),
        ("BREW", predict, nil, [], 400),
        ("POST", predict, nil, Array("{}".utf8), 415),
        ("POST", predict, "text/html", Array("{}".utf8), 415),
        ("POST", predict, "application/jsonp", Array("{}".utf8), 415),
        ("POST", predict, "application/json", [], 400),
        ("POST", predict, "application/json", Array("[".utf8), 400),
        ("POST", predict, "application/json", [0xFF, 0xFE, 0], 400),
        ("POST", predict, "application/json", Array("{}".utf8), 422),
        ("POST", predict, "application/json", Array(#"{"inputs":[[[1]]]}"#.utf8), 422),
        (
          "POST", predict, "application/json",
          Array(("{\"inputs\":[[" + row.replacing("0", with: "1e99") + "]]}").utf8), 422
        ),
        (
          "POST", predict, "application/json",
          Array(
            ("{\"inputs\":[[" + [String](repeating: row, count: 51).joined(separator: ",") + "]]}")
              .utf8
          ), 413
        ),
        (
          "POST", predict, "application/json",
          Array(
            ("{\"inputs\":[" + [String](repeating: "[\(row)]", count: 9).joined(separator: ",")
              + "]}").utf8
          ), 413
        ),
        ("POST", predict, "application/json", [UInt8](repeating: 0x20, count: 100_001), 413),
        ("POST", predict, Self.binary, [], 422),
        ("POST", predict, Self.binary, [1, 2, 3], 422),
        ("POST", predict, Self.binary, bytes(of: [Float](repeating: .nan, count: 28)), 422),
        ("POST", predict, Self.binary, bytes(of: [Float](repeating: .infinity, count: 28)), 422),
        ("POST", predict, Self.binary, bytes(of: [Float](repeating: 0, count: 28 * 51)), 413),
        ("POST", predict + "?sequences=0", Self.binary, bytes(of: [0]), 400),
        ("POST", predict + "?sequences=-1", Self.binary, bytes(of: [0]), 400),
        ("POST", predict + "?sequences=x", Self.binary, bytes(of: [0]), 400),
        ("POST", predict + "?sequences=", Self.binary, bytes(of: [0]), 400),
        ("POST", predict + "?sequences=9", Self.binary, bytes(of: [0]), 413),
        (
          "POST", predict + "?sequences=99999999999999999999999999", Self.binary, bytes(of: [0]),
          413
        ),
        ("POST", predict, "image/png", Array("no picture".utf8), 422),
        ("POST", predict, "image/png", [], 422),
        ("POST", predict, "text/csv", Array("a,b\n1,2\n".utf8), 409),
        ("POST", "/v1/models/series-1/predict", "text/csv", [], 422),
        ("POST", "/v1/models/series-1/predict", "text/csv", Array("x,y\n".utf8), 422),
        ("POST", "/v1/models/series-1/predict", "text/csv", [0x1F, 0x8B, 8, 0], 422),
        ("POST", "/v1/models/series-1/predict", "text/csv", Array("x\n1\n2\n".utf8), 422),
        (
          "POST", "/v1/models/forecast/predict?horizon=1000000000000", "application/json",
          Array(#"{"inputs":[[[1,2],[1,2],[1,2]]]}"#.utf8), 413
        ),
        (
          "POST", "/v1/models/forecast/predict?horizon=0", "application/json",
          Array(#"{"inputs":[[[1,2],[1,2],[1,2]]]}"#.utf8), 400
        ),
        ("POST", "/v1/models/digits/sessions", Self.binary, [1, 2, 3], 422),
        ("POST", "/v1/models/digits/sessions", "text/plain", [1, 2, 3], 415),
        ("POST", "/v1/models/nobody/sessions", nil, [], 404),
      ]
      for (method, path, type, body, status) in cases {
        let answer = try server.ask(method, path, type, body)
        #expect(answer.status == status, "\(method) \(path.prefix(60)): \(answer.text)")
        #expect(try answer.error.count > 10)
        if status == 405 { #expect(answer.headers["allow"] != nil) }
      }
      #expect(try server.ask("GET", "/healthz").status == 200)
    }
  }

  @Test("Numbers so large that the answer is none do not harm a session")
  func overflow() async throws {
    let folders = try RunFolders()
    var model = try folders.digits().model
    model.head = Dense(
      weight: Tensor([Float](repeating: 3e38, count: 24 * 10), shape: [10, 24]),
      bias: .zeros([10])
    )
    let run = try folders.run(
      "large",
      model,
      data: #"{"name":"digits"}"#,
      steps: 28,
      features: 28,
      outputs: (0...9).map { "\($0)" }
    )
    try await TestServer.run([run]) { server in
      let body = bytes(of: [Float](repeating: 50, count: 28))
      let predicted = try server.ask("POST", "/v1/models/large/predict", Self.binary, body)
      #expect(predicted.status == 422)
      let opened = try server.ask("POST", "/v1/models/large/sessions")
      let id = try #require(try opened.json["session"] as? String)
      let pushed = try server.ask("POST", "/v1/sessions/\(id)/steps", Self.binary, body)
      #expect(pushed.status == 422)
      #expect(try server.ask("GET", "/v1/sessions/\(id)").json["steps"] as? Int == 0)
    }
  }

  @Test("What is no HTTP is refused in one line, and the connection closed")
  func noHTTP() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()]) { server in
      for text in [
        "BAD\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: x\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
      ] {
        let connection = try server.connect()
        try connection.send(Array(text.utf8))
        let answer = try connection.answer()
        #expect(answer.status == 400)
        #expect(answer.headers["connection"] == "close")
        #expect(try !answer.error.isEmpty)
        #expect(throws: LoopbackError.closed) { try connection.answer() }
      }
      #expect(try server.ask("GET", "/healthz").status == 200)
    }
  }

  @Test("Requests may follow one another without waiting, the last one in pieces")
  func pipelined() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()]) { server in
      let connection = try server.connect()
      let predict = LoopbackConnection.request(
        "POST",
        "/v1/models/digits/predict",
        headers: [("Content-Type", Self.binary)],
        body: bytes(of: [Float](repeating: 0, count: 28))
      )
      let first = LoopbackConnection.request("GET", "/v1/models")
      try connection.send(first + first + predict.dropLast(50))
      for _ in 0..<2 {
        let answer = try connection.answer()
        #expect(answer.status == 200 && answer.headers["connection"] == nil)
      }
      try connection.send(Array(predict.suffix(50)) + first)
      #expect(try connection.answer().status == 200)
      #expect(try connection.answer().status == 200)
    }
  }

  @Test("A body that is promised too large is refused before it is sent")
  func promisedTooLarge() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()]) { server in
      let connection = try server.connect()
      let head =
        "POST /v1/models/digits/predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      try connection.send(Array((head + "Content-Length: 99999999999\r\n\r\n{").utf8))
      let answer = try connection.answer()
      #expect(answer.status == 413)
      #expect(answer.headers["connection"] == "close")
      // Nor is one that comes in pieces read for ever.
      let chunked = try server.connect()
      try chunked.send(Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8))
      let piece = [UInt8](repeating: 0x20, count: 1 << 16)
      let refused = Result<LoopbackAnswer, any Error> {
        for _ in 0..<200 {
          try chunked.send(Array("10000\r\n".utf8) + piece + Array("\r\n".utf8))
        }
        return try chunked.answer()
      }
      // It may be closed while more is being sent.
      if case .success(let answer) = refused { #expect(answer.status == 413) }
      #expect(try server.ask("GET", "/healthz").status == 200)
    }
  }

  @Test("A head, or a body, that comes too slowly is not waited for")
  func slow() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()], { $0.requestSeconds = 1 }) { server in
      let body = try server.connect()
      let head =
        "POST /v1/models/digits/predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      try body.send(Array((head + "Content-Length: 100\r\n\r\n{").utf8))
      let answer = try body.answer()
      #expect(answer.status == 408)
      #expect(try answer.error.contains("1 seconds"))
      let silent = try server.connect()
      try silent.send(Array("GET /healthz HT".utf8))
      #expect(throws: LoopbackError.closed) { try silent.answer() }
      #expect(try server.ask("GET", "/healthz").status == 200)
    }
  }

  @Test("Connections beyond the limit are closed, and there is room again when others end")
  func connections() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()], { $0.mostConnections = 2 }) { server in
      do {
        let held = [try server.connect(), try server.connect()]
        for connection in held {
          #expect(try connection.request("GET", "/healthz").status == 200)
        }
        #expect(throws: LoopbackError.closed) { try server.ask("GET", "/healthz") }
        _ = held
      }
      // The server notices the end of the others by and by.
      var status = 0
      for _ in 0..<500 where status != 200 {
        status = (try? server.ask("GET", "/healthz").status) ?? 0
        if status != 200 { Thread.sleep(forTimeInterval: 0.01) }
      }
      #expect(status == 200)
    }
  }

  @Test("With a token, models are open to those who show it")
  func token() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()], { $0.token = "secret" }) { server in
      for path in ["/", "/page.css", "/page.js", "/healthz", "/readyz", "/openapi.json"] {
        #expect(try server.ask("GET", path).status == 200)
      }
      for path in ["/v1/models", "/v1/models/digits", "/metrics", "/v1/sessions/x"] {
        for value in [nil, "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Basic secret"] {
          let headers = value.map { [(name: "Authorization", value: $0)] } ?? []
          let answer = try server.connect().request("GET", path, headers: headers)
          #expect(answer.status == 401)
          #expect(answer.headers["www-authenticate"] == "Bearer")
          #expect(try !answer.error.contains("secret"))
        }
      }
      let headers = [(name: "Authorization", value: "Bearer secret")]
      let answer = try server.connect().request("GET", "/v1/models", headers: headers)
      #expect(answer.status == 200)
    }
  }
}
