import Foundation
import LoopbackClient
import Recurrent
import RecurrentData
import Testing

@testable import RecurrentServer

struct CommandTests {
  @Test(
    "The program serves the runs that are named, and ends when it is told",
    arguments: [
      SIGTERM, SIGINT,
    ]
  )
  func serves(signal: Int32) async throws {
    let folders = try RunFolders()
    _ = try folders.digits("runs/digits")
    _ = try folders.text()
    let folder = folders.path
    try Data("secret\n".utf8).write(to: URL(filePath: folder + "/token.txt"))
    try await TestServer.onThread {
      Result {
        let server = try #require(
          StartedServer(
            ["digits", folder + "/text", "--port", "0", "--token-file", "token.txt"],
            in: folder
          )
        )
        let port = try #require(server.port(), "\(server.said)")
        let connection = try LoopbackConnection(port: port)
        #expect(try connection.request("GET", "/v1/models").status == 401)
        let headers = [(name: "Authorization", value: "Bearer secret")]
        let models = try connection.request("GET", "/v1/models", headers: headers).json["models"]
        #expect((models as? [[String: Any]])?.map { $0["name"] as? String } == ["digits", "text"])
        server.signal(signal)
        #expect(server.wait() == 0)
        #expect(server.printed == "Listening on http://127.0.0.1:\(port)\n")
        #expect(server.said.contains("listening") && server.said.contains("stopped"))
        #expect(!server.said.contains("secret"))
      }
    }.get()
  }

  @Test(
    "What cannot be served is told in one line",
    arguments: [
      (["nowhere"], 1, "error: nowhere/run.json: "),
      (["digits", "./runs/digits"], 1, "error: digits: is the name of two runs"),
      (["digits", "--token-file", "none.txt"], 1, "error: none.txt: cannot be read"),
      (["digits", "--token-file", "empty.txt"], 1, "error: empty.txt: holds no token"),
      (["digits", "--host", "203.0.113.7"], 1, "error: 203.0.113.7:8080: cannot be listened on"),
      (
        ["digits", "--host", "nowhere.invalid"], 1,
        "error: nowhere.invalid:8080: cannot be listened"
      ),
      (["digits", "--port", "65536"], 2, "error: --port is 65536"),
      (["digits", "--weights", "int4"], 2, "error: The value 'int4' is invalid for '--weights"),
      (["digits", "--log-level", "loud"], 2, "error: --log-level is loud"),
      ([], 2, "error: Missing expected argument"),
    ]
  )
  func refuses(arguments: [String], code: Int32, beginning: String) async throws {
    let folders = try RunFolders()
    _ = try folders.digits("runs/digits")
    let folder = folders.path
    try Data("\n".utf8).write(to: URL(filePath: folder + "/empty.txt"))
    try await TestServer.onThread {
      Result {
        let server = try #require(StartedServer(arguments, in: folder))
        #expect(server.wait() == code)
        #expect(server.printed == "")
        let lines = server.said.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix(beginning), "\(server.said)")
      }
    }.get()
  }
}
