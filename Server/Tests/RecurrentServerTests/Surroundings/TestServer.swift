import Foundation
import Logging
import LoopbackClient
import Recurrent
import RecurrentData
import ServiceLifecycle
import Synchronization
import Testing

@testable import RecurrentServer

/// A server on a port of its own, in this process.
struct TestServer: Sendable {
  let port: Int
  let core: ServerCore
  /// Ends it as a signal would.
  let stop: @Sendable () async -> Void

  /// Runs a server while `body` asks it, on a thread that may wait.
  static func run<Result: Sendable>(
    _ runs: [FinishedRun],
    _ change: (inout ServerOptions) -> Void = { _ in },
    _ body: @escaping @Sendable (TestServer) throws -> Result
  ) async throws -> Result {
    var options = ServerOptions()
    options.port = 0
    change(&options)
    let (ports, told) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    logger.logLevel = .debug
    let server = try ModelServer(runs, options: options, logger: logger) { told.yield($0) }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          ServiceGroupConfiguration.ServiceConfiguration(
            service: server,
            successTerminationBehavior: .gracefullyShutdownGroup
          )
        ],
        logger: logger
      )
    )
    async let running: Void = group.run()
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    let test = TestServer(port: port, core: server.core) { await group.triggerGracefulShutdown() }
    let result = await onThread { Swift.Result { try body(test) } }
    await group.triggerGracefulShutdown()
    try await running
    return try result.get()
  }

  /// Does what waits on a thread of its own, so that the server keeps those it needs.
  static func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: body()) }.start()
    }
  }

  /// Does the same on several threads at once, and waits for all.
  static func onThreads(
    _ count: Int,
    _ body: @escaping @Sendable (_ thread: Int) throws -> Void
  ) throws {
    let done = DispatchGroup()
    let failure = Mutex<(any Error)?>(nil)
    for thread in 0..<count {
      done.enter()
      Thread {
        do { try body(thread) } catch { failure.withLock { $0 = $0 ?? error } }
        done.leave()
      }.start()
    }
    done.wait()
    if let error = failure.withLock(\.self) { throw error }
  }

  func connect(timeout: Int = 30) throws -> LoopbackConnection {
    try LoopbackConnection(port: port, timeout: timeout)
  }

  /// Asks over a connection of its own.
  func ask(
    _ method: String,
    _ path: String,
    _ type: String? = nil,
    _ body: [UInt8] = [],
    accept: String? = nil
  ) throws -> LoopbackAnswer {
    try connect().ask(method, path, type, body, accept: accept)
  }

  /// Asks with text in JSON.
  func ask(_ method: String, _ path: String, json: String) throws -> LoopbackAnswer {
    try ask(method, path, "application/json", Array(json.utf8))
  }
}

extension LoopbackConnection {
  func ask(
    _ method: String,
    _ path: String,
    _ type: String? = nil,
    _ body: [UInt8] = [],
    accept: String? = nil
  ) throws -> LoopbackAnswer {
    var headers: [(name: String, value: String)] = []
    if let type { headers.append(("Content-Type", type)) }
    if let accept { headers.append(("Accept", accept)) }
    return try request(method, path, headers: headers, body: body)
  }

  func ask(_ method: String, _ path: String, json: String) throws -> LoopbackAnswer {
    try ask(method, path, "application/json", Array(json.utf8))
  }
}

extension LoopbackAnswer {
  /// The body's members.
  var json: [String: Any] {
    get throws {
      try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
    }
  }

  /// What was wrong, of an answer that says so in one line.
  var error: String {
    get throws {
      let members = try json
      #expect(members.count == 1 && !text.contains("\n"))
      #expect(headers["content-type"] == "application/json")
      return try #require(members["error"] as? String)
    }
  }

  /// The body as little-endian numbers.
  var floats: [Float] {
    stride(from: 0, to: body.count, by: 4).map { place in
      Float(bitPattern: body[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
  }
}

/// Bytes of numbers, little-endian.
func bytes(of numbers: [Float]) -> [UInt8] {
  numbers.flatMap { number in
    (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
  }
}

/// Sequences in JSON, of numbers that read back as they are.
func inputs(_ sequences: [[Float]], width: Int) -> String {
  #"{"inputs":["# + sequences.map { steps($0, width: width) }.joined(separator: ",") + "]}"
}

/// The steps of a sequence in JSON.
func steps(_ numbers: [Float], width: Int) -> String {
  let rows = stride(from: 0, to: numbers.count, by: width).map { start in
    "[" + numbers[start..<start + width].map(\.description).joined(separator: ",") + "]"
  }
  return "[" + rows.joined(separator: ",") + "]"
}

/// The numbers of a value in JSON.
func floats(_ value: Any?) throws -> [Float] {
  try #require(value as? [NSNumber]).map { Float($0.doubleValue) }
}
