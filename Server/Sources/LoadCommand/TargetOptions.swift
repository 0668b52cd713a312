import ArgumentParser
import Foundation
import LoopbackClient

/// The server and the model that load is put on.
struct TargetOptions: ParsableArguments {
  @Option(help: "The server's address; it has to be of this machine.")
  var server = "http://127.0.0.1:8080"

  @Option(help: "The file with the token that the server wants.")
  var tokenFile: String?

  @Option(help: "The model's name.")
  var model: String

  @Option(help: "The folder of the model's run, to know the answers from. Default: runs/MODEL")
  var run: String?

  /// The server with the model.
  ///
  /// - Throws: `LoadFailure` where it is not on this machine, or the token cannot be read.
  func target() throws -> Target {
    var headers: [(name: String, value: String)] = []
    if let tokenFile {
      guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
        throw LoadFailure("\(tokenFile): cannot be read; name the file with the server's token")
      }
      let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
      headers.append((name: "Authorization", value: "Bearer \(token)"))
    }
    return try Target(port: port(), model: model, headers: headers)
  }

  /// The folder of the model's run.
  var folder: String { run ?? "runs/\(model)" }

  private func port() throws -> Int {
    let advice = "give it as http://127.0.0.1:8080"
    guard let url = URLComponents(string: server), url.scheme == "http", let host = url.host else {
      throw LoadFailure("--server \(server) is no address of a server; \(advice)")
    }
    guard host == "127.0.0.1" || host == "localhost" else {
      throw LoadFailure(
        "--server \(server) is not on this machine, and is left alone; \(advice)"
      )
    }
    let port = url.port ?? 80
    guard 1...65_535 ~= port else {
      throw LoadFailure("--server \(server) has no port from 1 to 65535; \(advice)")
    }
    return port
  }
}

/// A server on this machine, and a model of it.
struct Target: Sendable {
  let port: Int
  let model: String
  /// What goes with every request.
  let headers: [(name: String, value: String)]

  /// The path of what the model does.
  func path(_ action: String) -> String {
    let name = model.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? model
    return "/v1/models/\(name)/\(action)"
  }

  /// A connection to the server.
  ///
  /// - Throws: `LoadFailure` where nobody listens.
  func connection() throws -> LoopbackConnection {
    do {
      return try LoopbackConnection(port: port)
    } catch {
      throw LoadFailure("127.0.0.1:\(port): \(error); see whether the server runs")
    }
  }

  /// The answer to a request over a connection of its own.
  ///
  /// - Throws: `LoadFailure` where it is refused.
  func content(of path: String) throws -> [UInt8] {
    let answer: LoopbackAnswer
    do {
      answer = try connection().request("GET", path, headers: headers)
    } catch let error as LoopbackError {
      throw LoadFailure("GET \(path): \(error)")
    }
    guard answer.status == 200 else {
      throw LoadFailure("GET \(path): \(answer.status) \(answer.text.prefix(300))")
    }
    return answer.body
  }

  /// A number of the server's metrics.
  ///
  /// - Throws: `LoadFailure` where they are refused, or the number is missing.
  func metric(_ name: String) throws -> Double {
    let text = String(decoding: try content(of: "/metrics"), as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("\(name) ") {
      if let value = Double(line.dropFirst(name.count + 1)) { return value }
    }
    throw LoadFailure("GET /metrics: has no \(name)")
  }

  /// The bytes of memory that the server holds: as the system tells of a process, or as it says itself.
  ///
  /// - Throws: `LoadFailure` where neither tells.
  func residentBytes(process: Int?) throws -> Int {
    guard let process else { return Int(try metric("process_resident_memory_bytes")) }
    let path = "/proc/\(process)/status"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      let fields = line.split { $0 == " " || $0 == "\t" }
      if fields.count > 1, let kilobytes = Int(fields[1]) { return kilobytes * 1_024 }
    }
    throw LoadFailure("\(path): tells no memory; leave out --pid to ask the server itself")
  }
}
