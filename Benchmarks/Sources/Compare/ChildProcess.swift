import Foundation

/// A process started by this one, with its end reported in full.
///
/// `posix_spawn` and `wait4` rather than Foundation's `Process`, which keeps the peak memory to
/// itself.
final class ChildProcess {
  /// What came of a process that has ended.
  struct End {
    /// Its exit status, or 128 plus the number of the signal that ended it.
    let status: Int32
    /// The most memory that was resident at once, in bytes.
    let peakMemory: Int
  }

  /// Where a process's standard output goes.
  enum Output {
    case pipe
    case file(URL)
  }

  private let identifier: pid_t
  private var end: End?
  /// Writes to the process's standard input; closed by `finish`.
  private let input: FileHandle
  /// Reads from its standard output, if that is a pipe.
  let output: FileHandle?

  /// Variables that this program may be run with and that slow peers down on some machines.
  private static let unwanted = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]

  /// Starts `command`, its messages added to the file `messages`.
  init(
    _ command: [String],
    environment changes: [String: String] = [:],
    folder: URL? = nil,
    output target: Output,
    messages: URL
  ) throws {
    var variables = ProcessInfo.processInfo.environment
    for name in Self.unwanted { variables[name] = nil }
    variables.merge(changes) { $1 }

    let toChild = Self.privatePipe()
    let fromChild: Pipe? = if case .pipe = target { Self.privatePipe() } else { nil }
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let reading = toChild.fileHandleForReading.fileDescriptor
    posix_spawn_file_actions_adddup2(&actions, reading, 0)
    if let fromChild {
      let writing = fromChild.fileHandleForWriting.fileDescriptor
      posix_spawn_file_actions_adddup2(&actions, writing, 1)
    }
    if case .file(let file) = target {
      posix_spawn_file_actions_addopen(
        &actions,
        1,
        file.path,
        O_WRONLY | O_CREAT | O_TRUNC,
        0o644
      )
    }
    posix_spawn_file_actions_addopen(
      &actions,
      2,
      messages.path,
      O_WRONLY | O_CREAT | O_APPEND,
      0o644
    )

    var identifier: pid_t = 0
    let words = command.map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + settings { free(word) } }
    // A child begins where its parent is; changing that in the child alone is not portable.
    let here = FileManager.default.currentDirectoryPath
    if let folder { _ = FileManager.default.changeCurrentDirectoryPath(folder.path) }
    defer { _ = FileManager.default.changeCurrentDirectoryPath(here) }
    let failure = posix_spawn(&identifier, command[0], &actions, nil, words, settings)
    guard failure == 0 else {
      throw CompareFailure("cannot start \(command[0]): \(String(cString: strerror(failure)))")
    }
    self.identifier = identifier
    try toChild.fileHandleForReading.close()
    try fromChild?.fileHandleForWriting.close()
    input = toChild.fileHandleForWriting
    output = fromChild?.fileHandleForReading
  }

  /// A pipe whose ends a child does not inherit by itself.
  private static func privatePipe() -> Pipe {
    let pipe = Pipe()
    for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
      _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    return pipe
  }

  /// Writes bytes to the process's standard input.
  func send(_ bytes: Data) throws { try input.write(contentsOf: bytes) }

  /// Closes the pipes and waits; a process that then takes longer than `patience` seconds is killed.
  @discardableResult
  func finish(patience: Double? = nil) -> End {
    if let end { return end }
    try? input.close()
    var status: Int32 = 0
    var usage = rusage()
    let start = ContinuousClock.now
    while true {
      let ended = wait4(identifier, &status, patience == nil ? 0 : WNOHANG, &usage)
      if ended == identifier || (ended < 0 && errno != EINTR) { break }
      if let patience, ContinuousClock.now - start > .seconds(patience) {
        kill(identifier, SIGKILL)
      }
      if ended == 0 { usleep(5_000) }
    }
    try? output?.close()
    let signal = status & 0x7f
    #if canImport(Darwin)
    let unit = 1
    #else
    let unit = 1024
    #endif
    let result = End(
      status: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
      peakMemory: usage.ru_maxrss * unit
    )
    end = result
    return result
  }

  deinit { finish(patience: 0) }
}
