import Foundation

/// The built program `recurrent-server`, started.
///
/// It is waited for in the system: nothing of it depends on a run loop.
struct StartedServer {
  private let identifier: pid_t
  private let output: String
  private let errors: String

  /// The program beside the tests: on macOS the bundle of tests lies beside it, elsewhere the program
  /// that runs them.
  private static let program: String? = {
    let bundle = Bundle.allBundles.first { $0.bundleURL.pathExtension == "xctest" }
    let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    let path = folder.appendingPathComponent("recurrent-server").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  /// Starts the program in a folder, which it may write its outputs to.
  init?(_ arguments: [String], in folder: String) {
    guard let program = Self.program else { return nil }
    (output, errors) = (folder + "/output.txt", folder + "/errors.txt")
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
    // Not every system's posix_spawn can go to a folder; a shell that becomes the program can.
    let call = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder, program] + arguments
    var words: [UnsafeMutablePointer<CChar>?] = call.map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var identifier: pid_t = 0
    guard posix_spawn(&identifier, "/bin/sh", &actions, nil, &words, environ) == 0 else {
      return nil
    }
    self.identifier = identifier
  }

  /// What it has printed.
  var printed: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

  /// What it has said on standard error.
  var said: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(identifier, number) }

  /// Waits for its end; the exit code, or the negative number of the signal that ended it.
  func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }

  /// The port that it says it listens on; nil where it does not within ten seconds.
  func port() -> Int? {
    for _ in 0..<1_000 {
      let line = printed
      if line.hasSuffix("\n"), line.hasPrefix("Listening on http://127.0.0.1:") {
        return Int(line.dropLast().split(separator: ":").last ?? "")
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
    return nil
  }
}
