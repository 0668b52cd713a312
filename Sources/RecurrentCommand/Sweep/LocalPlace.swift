import Foundation
import Recurrent

/// A place for trainings that are processes of this machine, each this same program.
///
/// A training has a process group of its own: a terminal sends Ctrl-C to this program alone, which
/// passes it on once. The file of its output is locked by the training as long as it lives, so that a
/// sweep that is gone on with notices trainings that outlived the one before.
final class LocalPlace: SweepPlace {
  private enum Occupant {
    case process(pid_t)
    /// One begun by another process; the descriptor is of its output, which it has locked.
    case other(Int32)
  }

  private let program: String
  private let environment: [String: String]
  private var occupant: Occupant?

  /// A place for trainings by this program, or another.
  init(
    program: String = LocalPlace.ownProgram,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.program = program
    self.environment = TrainingEnvironment.variables(of: environment)
  }

  func start(_ job: SweepJob) throws -> Bool {
    let path = job.log.path
    let output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard output >= 0 else {
      throw CommandFailure("\(path): cannot be written: \(WholeFile.systemMessage(errno))")
    }
    if flock(output, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      occupant = .other(output)
      return false
    }
    // The process holds the lock by its own outputs from here on.
    defer { close(output) }
    occupant = .process(try spawn(job.arguments, output: output))
    return true
  }

  func end() -> SweepEnd? {
    switch occupant {
    case .process(let identifier):
      var status: Int32 = 0
      let found = waitpid(identifier, &status, WNOHANG)
      if found == 0 || found < 0 && errno == EINTR { return nil }
      occupant = nil
      if found < 0 { return .unseen }
      let signal = status & 0x7F
      return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
    case .other(let output):
      if flock(output, LOCK_EX | LOCK_NB) != 0 { return nil }
      flock(output, LOCK_UN)
      close(output)
      occupant = nil
      return .unseen
    case nil:
      return nil
    }
  }

  func stop() {
    switch occupant {
    case .process(let identifier): kill(identifier, SIGTERM)
    case .other(let output):
      // It is not this sweep's to end, and goes on by itself.
      close(output)
      occupant = nil
    case nil: break
    }
  }

  /// Starts the program with nothing to read and both outputs to a file.
  private func spawn(_ arguments: [String], output: Int32) throws -> pid_t {
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
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)

    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This program ignores what it listens to, and a program begins with what its parent ignores.
    var heard = sigset_t()
    var none = sigset_t()
    sigemptyset(&heard)
    sigemptyset(&none)
    for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&heard, signal) }
    posix_spawnattr_setsigdefault(&attributes, &heard)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP)
    )

    var words: [UnsafeMutablePointer<CChar>?] = (["recurrent"] + arguments).map { strdup($0) }
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") }
    defer { for text in words + variables { free(text) } }
    words.append(nil)
    variables.append(nil)
    var identifier: pid_t = 0
    let problem = posix_spawn(&identifier, program, &actions, &attributes, words, variables)
    guard problem == 0 else {
      throw CommandFailure("a training cannot be started: \(WholeFile.systemMessage(problem))")
    }
    return identifier
  }

  /// This program; on Linux the file it was started from, even if another has taken its place.
  static var ownProgram: String {
    #if os(Linux)
    "/proc/self/exe"
    #else
    Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
  }
}

/// What a training that is a process of its own is told by its surroundings.
enum TrainingEnvironment {
  /// By these a process knows that it is one of several that `mpirun` started; a training is by itself.
  private static let prefixes = ["OMPI_", "PMIX_", "PMI_", "PRTE_", "HYDI_", "MPI_LOCAL"]

  /// The variables that a training gets of those this process has.
  static func variables(of own: [String: String]) -> [String: String] {
    own.filter { name, _ in !prefixes.contains { name.hasPrefix($0) } }
  }
}
