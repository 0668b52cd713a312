import Foundation
import Synchronization

/// A program that was started, and whose end can be waited for.
///
/// One thread for each waits for it in the system. Foundation's `Process` watches all of them in a run
/// loop that they share, and three that had ended long before were seen to wait there for ten minutes.
final class ChildProcess: Sendable {
  /// The program could not be started.
  struct NotStarted: Error {
    let program: String
    let reason: String
  }

  /// How a program ended: its exit code, or the negative number of the signal that ended it.
  typealias Status = Int32

  private enum Stage {
    case running(waiting: CheckedContinuation<Status, Never>?)
    case ended(Status)
  }

  let identifier: pid_t
  private let stage = Mutex(Stage.running(waiting: nil))

  /// Starts a program in a folder, in a process group of its own, with nothing to read and both outputs
  /// to files.
  init(
    _ program: String,
    _ arguments: [String],
    in folder: String,
    environment: [String: String],
    output: String,
    errors: String
  ) throws {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
    #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY, 0)

    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The thread that starts it may have signals blocked, and the test runner others ignored.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
    )

    // Not every system's posix_spawn can go to a folder; a shell that becomes the program can.
    let call = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = call.map { strdup($0) }
    words.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    variables.append(nil)
    defer { for text in words + variables { free(text) } }
    var identifier: pid_t = 0
    let problem = posix_spawn(&identifier, "/bin/sh", &actions, &attributes, &words, &variables)
    guard problem == 0 else {
      throw NotStarted(program: program, reason: String(cString: strerror(problem)))
    }
    self.identifier = identifier
    Thread.detachNewThread { [self] in waitInSystem() }
  }

  private func waitInSystem() {
    var word: Int32 = 0
    while waitpid(identifier, &word, 0) == -1 && errno == EINTR {}
    let signal = word & 0x7F
    let status = signal == 0 ? (word >> 8) & 0xFF : -signal
    let waiting = stage.withLock { stage in
      defer { stage = .ended(status) }
      if case .running(let waiting) = stage { return waiting }
      return nil
    }
    waiting?.resume(returning: status)
  }

  /// Whether it has not ended yet.
  var isRunning: Bool {
    stage.withLock { if case .running = $0 { true } else { false } }
  }

  /// Sends it a signal, unless it has ended.
  func send(_ signal: Int32) {
    if isRunning { kill(identifier, signal) }
  }

  /// Waits for its end; one caller may.
  func end() async -> Status {
    await withCheckedContinuation { continuation in
      let status: Status? = stage.withLock { stage in
        if case .ended(let status) = stage { return status }
        stage = .running(waiting: continuation)
        return nil
      }
      if let status { continuation.resume(returning: status) }
    }
  }
}
