import Foundation
import LoopbackClient
import Testing

@testable import RecurrentServer

struct FuzzTests {
  /// The statuses that the server ever answers with.
  private static let statuses: Set = [
    200, 201, 204, 400, 401, 404, 405, 408, 409, 413, 415, 422, 429, 503,
  ]

  private static func requests(_ id: String) -> [[UInt8]] {
    let json = [(name: "Content-Type", value: "application/json")]
    let binary = [(name: "Content-Type", value: "application/octet-stream")]
    let row = "[" + (0..<28).map { "\($0).5" }.joined(separator: ",") + "]"
    let zeros = [UInt8](repeating: 0, count: 4 * 28)
    typealias Connection = LoopbackConnection
    return [
      Connection.request("GET", "/v1/models"),
      Connection.request("GET", "/v1/models/digits"),
      Connection.request("GET", "/metrics"),
      Connection.request(
        "POST",
        "/v1/models/digits/predict",
        headers: json,
        body: Array(#"{"inputs":[["#.utf8) + Array(row.utf8) + Array("]]}".utf8)
      ),
      Connection.request(
        "POST",
        "/v1/models/digits/predict?sequences=1",
        headers: binary,
        body: zeros
      ),
      Connection.request(
        "POST",
        "/v1/models/digits/trace",
        headers: json,
        body: Array(#"{"inputs":[["#.utf8) + Array(row.utf8) + Array("]]}".utf8)
      ),
      Connection.request(
        "POST",
        "/v1/models/text/generate",
        headers: json,
        body: Array(#"{"prompt":"ab","length":4,"temperature":0.5}"#.utf8)
      ),
      Connection.request("POST", "/v1/models/digits/sessions"),
      Connection.request("POST", "/v1/sessions/\(id)/steps", headers: binary, body: zeros),
      Connection.request("POST", "/v1/sessions/\(id)/fork"),
      Connection.request("GET", "/v1/sessions/\(id)/state"),
    ]
  }

  @Test("Requests that are changed at random are answered by a status that is told, or not at all")
  func fuzz() async throws {
    let folders = try RunFolders()
    let runs = [try folders.digits(), try folders.text()]
    try await TestServer.run(runs, { $0.mostSessions = 200 }) { server in
      let opened = try server.ask("POST", "/v1/models/digits/sessions")
      let id = try #require(try opened.json["session"] as? String)
      let seeds = Self.requests(id)
      var numbers = SeededNumbers(51)
      var found: [Int: Int] = [:]
      for round in 0..<1_500 {
        var request = seeds.randomElement(using: &numbers) ?? []
        if round % 20 == 0 {
          request = (0..<Int.random(in: 1...300, using: &numbers)).map { _ in
            UInt8.random(in: 0...255, using: &numbers)
          }
        }
        for _ in 0..<Int.random(in: 0...4, using: &numbers) {
          let place = Int.random(in: 0..<request.count, using: &numbers)
          switch Int.random(in: 0..<4, using: &numbers) {
          case 0: request[place] = UInt8.random(in: 0...255, using: &numbers)
          case 1: request.insert(UInt8.random(in: 0...255, using: &numbers), at: place)
          case 2: request.removeSubrange(place..<min(request.count, place + 3))
          default: request += request[place..<min(request.count, place + 20)]
          }
          if request.isEmpty { request = [0x20] }
        }
        let connection = try server.connect(timeout: 10)
        do {
          try connection.send(request)
          connection.finishSending()
          let answer = try connection.head()
          found[answer.status, default: 0] += 1
          #expect(Self.statuses.contains(answer.status), "\(answer.status)")
        } catch LoopbackError.closed {
          // Half a request has no answer.
          found[0, default: 0] += 1
        }
      }
      #expect(found[200, default: 0] > 150 && found[400, default: 0] > 150)
      #expect(try server.ask("GET", "/healthz").status == 200)
      let zeros = [UInt8](repeating: 0, count: 4 * 28)
      let type = "application/octet-stream"
      #expect(try server.ask("POST", "/v1/models/digits/predict", type, zeros).status == 200)
    }
  }
}
