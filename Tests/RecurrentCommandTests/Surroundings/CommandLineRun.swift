import Foundation
import RecurrentTestSupport
import Synchronization

/// What came of one run of the built command.
struct CommandLineRun: CustomStringConvertible {
  /// The command did not end in time, and was ended.
  struct TookTooLong: Error {
    /// The command and what it had said.
    let run: String
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
    let (output, errors) = try (captured.write([], as: "output"), captured.write([], as: "errors"))
    let script =
      fileBlocks.map { "ulimit -f \($0); exec \"$0\" \"$@\"" }
      ?? lines.map { "{ \"$0\" \"$@\"; echo \"status $?\" >&2; } | head -n \($0)" }
    let words = script.map { ["-c", $0, Self.executable.path] + arguments }
    await Turnstile.shared.enter()
    let (status, isInTime): (ChildProcess.Status, Bool)
    do {
      let process = try ChildProcess(
        words == nil ? Self.executable.path : "/bin/sh",
        words ?? arguments,
        in: folder,
        environment: environment,
        output: output,
        errors: errors
      )
      if let signal { Self.send(signal, to: process, reading: output) }
      (status, isInTime) = await Self.end(of: process, within: seconds)
    } catch {
      await Turnstile.shared.leave()
      throw error
    }
    await Turnstile.shared.leave()
    self.arguments = arguments
    self.output = try String(contentsOfFile: output, encoding: .utf8)
    errorOutput = try String(contentsOfFile: errors, encoding: .utf8)
    exitCode = status
    guard isInTime else { throw TookTooLong(run: description, seconds: seconds) }
  }

  /// Waits for the end of a process, and brings it about if time is up.
  private static func end(
    of process: ChildProcess,
    within seconds: Double
  ) async -> (ChildProcess.Status, isInTime: Bool) {
    let isLate = Atomic(false)
    let alarm = Task {
      try await Task.sleep(for: .seconds(seconds))
      isLate.store(true, ordering: .sequentiallyConsistent)
      process.send(SIGKILL)
    }
    let status = await process.end()
    alarm.cancel()
    return (status, !isLate.load(ordering: .sequentiallyConsistent))
  }

  /// Sends a signal when its moment has come, unless the process has ended.
  private static func send(_ signal: Signal, to process: ChildProcess, reading output: String) {
    let queue = DispatchQueue.global()
    switch signal.moment {
    case .seconds(let seconds):
      queue.asyncAfter(deadline: .now() + seconds) { process.send(signal.number) }
    case .text(let text):
      guard process.isRunning else { return }
      if (try? String(contentsOfFile: output, encoding: .utf8))?.contains(text) ?? false {
        process.send(signal.number)
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
