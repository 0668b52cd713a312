import Foundation
import Recurrent

/// A compiler of C.
struct CCompiler: Sendable {
  /// The program, and what it is always told.
  let words: [String]

  /// The compiler that `CC` names, or else cc, clang or gcc; nil without one.
  static var found: CCompiler? {
    let named = ProcessInfo.processInfo.environment["CC"] ?? ""
    let words = named.split(separator: " ").map(String.init)
    let candidates = words.isEmpty ? [["cc"], ["clang"], ["gcc"]] : [words]
    return candidates.first { program($0[0]) != nil }.map(CCompiler.init)
  }

  /// Where a program is, in the folders that are searched for programs.
  private static func program(_ name: String) -> String? {
    if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Compiles a file to a program.
  ///
  /// - Throws: `FileError` with the first line of what the compiler says where it fails.
  func compile(
    _ source: String,
    to program: String,
    options: [String] = ["-std=c99", "-O1"]
  ) throws(FileError) {
    let log = program + ".log"
    let status = try Self.run(words + options + [source, "-o", program, "-lm"], output: log)
    guard status != 0 else { return }
    let lines = (try? String(contentsOfFile: log, encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.first { $0.contains("error") } ?? lines.first ?? "it says nothing"
    throw FileError("does not compile: \(line.prefix(200))")
  }

  /// Runs a program with its output to a file, and waits for its end; returns its exit code, or the
  /// negative number of the signal that ended it.
  ///
  /// - Throws: `FileError` when it cannot be started.
  static func run(_ words: [String], output: String) throws(FileError) -> Int32 {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var child: pid_t = 0
    let problem = posix_spawnp(&child, words[0], &actions, nil, &arguments, &variables)
    guard problem == 0 else {
      throw FileError("cannot be started: \(String(cString: strerror(problem)))", file: words[0])
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 {
      guard errno == EINTR else { throw FileError("was lost sight of", file: words[0]) }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : -signal
  }
}
