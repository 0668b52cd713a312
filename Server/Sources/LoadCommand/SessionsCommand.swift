import ArgumentParser
import Foundation
import LoopbackClient
import Recurrent

/// `recurrent-load sessions`: how much memory many open sessions take.
struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions",
    abstract: "Open many sessions, push a step on each, and tell the server's memory."
  )

  @OptionGroup var target: TargetOptions

  @Option(help: "Sessions to open.")
  var count = 10_000

  @Option(help: "Connections that are open at once.")
  var connections = 8

  @Option(help: "The server's process, to read its memory from /proc. Default: its metrics tell.")
  var pid: Int?

  func validate() throws {
    guard 1...10_000_000 ~= count else { throw ValidationError("--count is from 1 to 10000000") }
    guard 1...1_000 ~= connections else {
      throw ValidationError("--connections is from 1 to 1000")
    }
  }

  func run() throws {
    let target = try target.target()
    let examples = try KnownExamples(target, run: self.target.folder, count: 64)
    guard let stream = examples.stream else {
      throw LoadFailure("'\(target.model)' cannot be read step by step; choose another model")
    }
    let before = try target.residentBytes(process: pid)
    var sessions: [OpenSession] = []
    let opening = try timed {
      sessions = try shared { part in
        let connection = try SessionConnection(target)
        return try part.map { _ in try connection.open(stream) }
      }
    }
    let opened = try target.residentBytes(process: pid)
    let all = sessions
    let stepping = try timed {
      sessions = try shared { part in
        let connection = try SessionConnection(target)
        return try part.map { index in
          var session = all[index]
          let input = examples.all[index % examples.all.count].input.prefix(examples.features)
          try connection.push(Array(input), on: &session, stream)
          return session
        }
      }
    }
    let stepped = try target.residentBytes(process: pid)
    _ = try shared { part in
      let connection = try SessionConnection(target)
      return try part.map { try connection.delete(all[$0]) }
    }
    func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }
    print("\(target.model): \(count) sessions over \(connections) connections")
    print(String(format: "opened in %.2f s, a step on each in %.2f s", opening, stepping))
    print(
      """
      memory before \(megabytes(before)), with all open \(megabytes(opened)), after the step \
      \(megabytes(stepped)): \((stepped - before) / count) bytes a session
      """
    )
    print("every step's answer is the library's own, to the bit")
  }

  /// Shares the sessions' numbers among the connections.
  private func shared<Part: Sendable>(
    _ body: @escaping @Sendable (Range<Int>) throws -> [Part]
  ) throws -> [Part] {
    let results = onThreads(connections) { index in
      Result { try body(count * index / connections..<count * (index + 1) / connections) }
    }
    return try results.flatMap { try $0.get() }
  }

  private func timed(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start).inSeconds
  }
}
