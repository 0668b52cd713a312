import Foundation
import RecurrentTestSupport
import Synchronization

/// What came of one run of the built command.
struct CommandLineRun: CustomStringConvertible {
  /// The command did not end in time, and was ended.
  struct TookTooLong: Error {
    let arguments: [String]
    let seconds: Double
  }

  /// A signal that is sent to the command.
  struct Signal {
    /// When it is sent.
    enum Moment {
      /// So many seconds after the start.
      case seconds(Double)
      /// As soon as the output has this text.
      case text(String)
    }

    let number: Int32
    let moment: Moment
  }

  /// Whether commands are built with the thread sanitizer.
  static var isThreadSanitized: Bool {
    #if RECURRENT_THREAD_SANITIZER
    true
    #else
    false
    #endif
  }

  /// How long a command may take, in seconds; sanitizers need more.
  static let patience =
    ProcessInfo.processInfo.environment["RECURRENT_TEST_SECONDS"].flatMap(Double.init) ?? 600

  let arguments: [String]
  let output: String
  let errorOutput: String
  /// The exit code, or the negative number of the signal that ended the command.
  let exitCode: Int32

  /// The lines of the output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  var description: String {
    "recurrent \(arguments.joined(separator: " ")) (exit \(exitCode))\n\(output)\n\(errorOutput)"
  }

  /// Runs the command in a folder and waits for its end.
  ///
  /// Both outputs go to files, so that the command can write as much as it wants. With a limit of
  /// blocks of 512 bytes no file that it writes can become longer: what a full disk does. With a
  /// number of lines, so many of its output are read, and then nobody reads any more; the last line of
  /// the errors is then the status.
  init(
    _ arguments: [String],
    in folder: String,
    environment: [String: String],
    limit seconds: Double = Self.patience,
    sending signal: Signal? = nil,
    fileBlocks: Int? = nil,
    readingLines lines: Int? = nil
  ) async throws {
    let captured = try TemporaryFolder()
    let process = Process()
    let script =
      fileBlocks.map { "ulimit -f \($0); exec \"$0\" \"$@\"" }
      ?? lines.map { "{ \"$0\" \"$@\"; echo \"status $?\" >&2; } | head -n \($0)" }
    if let script {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", script, Self.executable.path] + arguments
    } else {
      process.executableURL = Self.executable
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(
      forWritingTo: URL(filePath: try captured.write([], as: "output"))
    )
    process.standardError = try FileHandle(
      forWritingTo: URL(filePath: try captured.write([], as: "errors"))
    )
    await Turnstile.shared.enter()
    let isInTime: Bool
    do {
      isInTime = try await Self.finish(
        process,
        within: seconds,
        sending: signal,
        reading: captured.path + "/output"
      )
    } catch {
      await Turnstile.shared.leave()
      throw error
    }
    await Turnstile.shared.leave()
    guard isInTime else { throw TookTooLong(arguments: arguments, seconds: seconds) }
    self.arguments = arguments
    output = try String(contentsOfFile: captured.path + "/output", encoding: .utf8)
    errorOutput = try String(contentsOfFile: captured.path + "/errors", encoding: .utf8)
    exitCode =
      process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Runs a process to its end; false if it had to be ended because time was up.
  private static func finish(
    _ process: Process,
    within seconds: Double,
    sending signal: Signal?,
    reading output: String
  ) async throws -> Bool {
    let lateness = Lateness()
    let alarm = DispatchWorkItem {
      lateness.isLate.store(true, ordering: .sequentiallyConsistent)
      kill(process.processIdentifier, SIGKILL)
    }
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: alarm)
        if let signal { send(signal, to: process, reading: output) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
    alarm.cancel()
    return !lateness.isLate.load(ordering: .sequentiallyConsistent)
  }

  /// Whether a process had to be ended because time was up.
  private final class Lateness: Sendable {
    let isLate = Atomic(false)
  }

  /// Sends a signal when its moment has come, unless the process has ended.
  private static func send(_ signal: Signal, to process: Process, reading output: String) {
    let queue = DispatchQueue.global()
    switch signal.moment {
    case .seconds(let seconds):
      queue.asyncAfter(deadline: .now() + seconds) {
        if process.isRunning { kill(process.processIdentifier, signal.number) }
      }
    case .text(let text):
      guard process.isRunning else { return }
      if (try? String(contentsOfFile: output, encoding: .utf8))?.contains(text) ?? false {
        kill(process.processIdentifier, signal.number)
      } else {
        queue.asyncAfter(deadline: .now() + 0.002) {
          send(signal, to: process, reading: output)
        }
      }
    }
  }

  /// The built command, which lies beside the tests.
  private static var executable: URL {
    #if canImport(Darwin)
    let folder = Bundle(for: Turnstile.Marker.self).bundleURL.deletingLastPathComponent()
    #else
    let folder = Bundle.main.bundleURL
    #endif
    return folder.appending(path: "recurrent")
  }
}

/// Lets few commands run at a time, since every one of them has threads of its own.
private actor Turnstile {
  /// A class of this bundle, by which the bundle is found.
  final class Marker {}

  static let shared = Turnstile()
  private var room = 3
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Waits for room.
  func enter() async {
    if room > 0 {
      room -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  /// Makes room for another.
  func leave() {
    if waiting.isEmpty { room += 1 } else { waiting.removeFirst().resume() }
  }
}
