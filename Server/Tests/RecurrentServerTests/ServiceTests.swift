import Foundation
import HTTPTypes
import LoopbackClient
import Recurrent
import RecurrentData
import Synchronization
import Testing

@testable import RecurrentServer

struct ServiceTests {
  @Test("The description has every route, and the server every path of the description")
  func description() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()]) { server in
      let document = try server.ask("GET", "/openapi.json").json
      #expect(document["openapi"] as? String == "3.1.0")
      let paths = try #require(document["paths"] as? [String: [String: Any]])
      let methods: Set = ["get", "post", "put", "delete", "patch", "head", "options"]
      var described: Set<String> = []
      for (path, item) in paths {
        for method in item.keys where methods.contains(method) {
          described.insert("\(method.uppercased()) \(path)")
        }
        // Each method of the path, and no other, is answered by something else than 405.
        let concrete = path.replacing("{model}", with: "digits").replacing("{session}", with: "0")
        for method in methods.sorted() {
          let status = try server.ask(method.uppercased(), concrete).status
          #expect((status == 405) == (item[method] == nil), "\(method) \(path): \(status)")
        }
      }
      // The page's own files are no part of what others may count on.
      let page = Set(PageFile.all.map(\.path))
      let routes = server.core.routes.filter { !page.contains($0.path) }
      #expect(described == Set(routes.map { "\($0.method.rawValue) \($0.path)" }))
      for (path, item) in paths {
        for case let operation as [String: Any] in item.values {
          let responses = try #require(operation["responses"] as? [String: Any], "\(path)")
          let isSecured = (operation["security"] as? [Any])?.isEmpty == false
          #expect(isSecured == (responses["401"] != nil))
          #expect(isSecured == (path.hasPrefix("/v1/") || path == "/metrics"))
        }
      }
    }
  }

  @Test("The page and its parts are served with what keeps others out")
  func page() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()]) { server in
      let page = try server.ask("GET", "/")
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
      #expect(PageFile.all.count > 2)
      for file in PageFile.all {
        let answer = try server.ask("GET", file.path)
        #expect(answer.status == 200 && answer.body == file.bytes)
        #expect(answer.headers["content-type"] == file.contentType)
        #expect(answer.headers["x-content-type-options"] == "nosniff")
        // What a page refers to is there.
        for word in answer.text.matches(of: /(?:src|href)="([^"#]+)"|from "\.?(\/[^"]+)"/) {
          let path = String(word.1 ?? word.2 ?? "")
          let isServed = server.core.routes.contains { $0.path == path && $0.isOpen }
          #expect(path.hasPrefix("data:") || isServed, "\(file.path): \(path)")
        }
      }
    }
  }

  @Test("What happened is counted by route and status")
  func metrics() async throws {
    let folders = try RunFolders()
    try await TestServer.run([try folders.digits()]) { server in
      let zeros = bytes(of: [Float](repeating: 0, count: 28 * 3))
      let binary = "application/octet-stream"
      let opened = try server.ask("POST", "/v1/models/digits/sessions")
      let id = try #require(try opened.json["session"] as? String)
      _ = try server.ask("POST", "/v1/sessions/\(id)/steps", binary, zeros)
      _ = try server.ask("POST", "/v1/models/digits/predict", binary, zeros)
      _ = try server.ask("POST", "/v1/models/digits/predict", "text/plain", zeros)
      _ = try server.ask("GET", "/nowhere")
      let answer = try server.ask("GET", "/metrics")
      #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let lines = answer.text.split(separator: "\n").map(String.init)
      let predict = #"method="POST",route="/v1/models/{model}/predict""#
      for line in [
        "recurrent_requests_total{\(predict),status=\"200\"} 1",
        "recurrent_requests_total{\(predict),status=\"415\"} 1",
        #"recurrent_requests_total{method="GET",route="other",status="404"} 1"#,
        "recurrent_sessions_open 1", "recurrent_session_steps_total 3",
        "recurrent_batch_sequences_count 1", "recurrent_received_bytes_total \(2 * zeros.count)",
        #"recurrent_request_seconds_count{route="/v1/models/{model}/predict"} 2"#,
      ] {
        #expect(lines.contains(line), "\(line)")
      }
      // Every sample is of a metric that was told before, and has a number.
      var told: Set<Substring> = []
      for line in lines {
        if line.hasPrefix("# TYPE ") { told.insert(line.split(separator: " ")[2]) }
        guard !line.hasPrefix("#") else { continue }
        let name = line.prefix { $0 != "{" && $0 != " " }
        let base =
          ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }
          .map { name.dropLast($0.count) } ?? name
        #expect(told.contains(base) || told.contains(name), "\(line)")
        #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
      }
    }
  }

  @Test("What is under way is finished before the server stops")
  func stop() async throws {
    let folders = try RunFolders()
    let run = try folders.text()
    try await TestServer.run([run, try folders.digits()]) { server in
      let opened = try server.ask("POST", "/v1/models/digits/sessions")
      let id = try #require(try opened.json["session"] as? String)
      let listener = try server.connect()
      try listener.send(LoopbackConnection.request("GET", "/v1/sessions/\(id)/events"))
      #expect(try listener.head().status == 200)
      #expect(try listener.next(upTo: 1)?.first == UInt8(ascii: ":"))
      // A body that is only half there.
      let slow = try server.connect()
      let body = bytes(of: [Float](repeating: 0, count: 28))
      let request = LoopbackConnection.request(
        "POST",
        "/v1/models/digits/predict",
        headers: [("Content-Type", "application/octet-stream")],
        body: body
      )
      try slow.send(Array(request.dropLast(10)))
      // The head was read once the server has begun to count.
      while server.core.connections.open < 2 { Thread.sleep(forTimeInterval: 0.001) }
      Thread.sleep(forTimeInterval: 0.05)
      let stopped = DispatchSemaphore(value: 0)
      Task {
        await server.stop()
        stopped.signal()
      }
      stopped.wait()
      #expect(try listener.nextEvent() == nil)
      try slow.send(Array(request.suffix(10)))
      #expect(try slow.answer().status == 200)
      #expect(!server.core.isReady)
      // Nobody is let in any more, as soon as the signal has come that far.
      var isClosed = false
      for _ in 0..<1_000 where !isClosed {
        isClosed = (try? server.ask("GET", "/healthz")) == nil
        if !isClosed { Thread.sleep(forTimeInterval: 0.01) }
      }
      #expect(isClosed)
    }
  }
}
