import Foundation
import Workloads

/// A contender that is running and answers one request at a time.
final class LiveContender {
  /// Why a contender could not be started or stopped answering.
  struct Silence: Error {
    let reason: String
  }

  /// The versions it said it runs on.
  let versions: [String: String]
  private let process: ChildProcess
  private var unread = Data()

  /// Building a graph of hundreds of steps takes some compilers minutes.
  private static let patience = 600.0

  /// Starts a contender and waits for its greeting.
  init(_ command: [String], threads: Int, messages: URL) throws {
    let number = "\(threads)"
    process = try ChildProcess(
      command,
      environment: [
        "OMP_NUM_THREADS": number, "OPENBLAS_NUM_THREADS": number, "MKL_NUM_THREADS": number,
      ],
      output: .pipe,
      messages: messages
    )
    var unread = Data()
    let line = try Self.line(from: process, unread: &unread)
    self.unread = unread
    guard let greeting = try? JSONDecoder().decode(Greeting.self, from: line) else {
      throw Silence(reason: "it began with something else than a greeting")
    }
    if let reason = greeting.unavailable { throw Silence(reason: reason) }
    versions = greeting.versions ?? [:]
  }

  /// Asks for times of `workload`; zero seconds only get it ready.
  func turn(_ workload: Workload, seconds: Double) throws -> Answer {
    let request = try JSONEncoder().encode(Turn(workload: workload, seconds: seconds))
    do {
      try process.send(request + Data("\n".utf8))
    } catch {
      throw Silence(reason: "it ended before its turn")
    }
    let line = try Self.line(from: process, unread: &unread)
    guard let answer = try? JSONDecoder().decode(Answer.self, from: line) else {
      throw Silence(reason: "its answer cannot be read")
    }
    return answer
  }

  /// Ends the contender.
  func stop() { process.finish(patience: 5) }

  private static func line(from process: ChildProcess, unread: inout Data) throws -> Data {
    guard let output = process.output else { return Data() }
    let start = ContinuousClock.now
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread[..<end]
        unread = Data(unread[unread.index(after: end)...])
        return Data(line)
      }
      var request = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, 1_000)
      if ready > 0 {
        let bytes = output.availableData
        if bytes.isEmpty {
          throw Silence(reason: "it ended with status \(process.finish().status)")
        }
        unread.append(bytes)
      } else if ContinuousClock.now - start > .seconds(patience) {
        process.finish(patience: 0)
        throw Silence(reason: "it did not answer for \(Int(patience)) seconds")
      }
    }
  }
}
