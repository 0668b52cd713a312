import Foundation

/// A Python interpreter with the peers: one that was given, or one set up for this package.
struct PythonEnvironment {
  /// The interpreter.
  let python: URL
  /// Requirements that could not be installed, and why.
  private(set) var missing: [String: String] = [:]

  private static let folder = Places.kept.appending(path: "python")
  private static let requirements = Places.peers.appending(path: "requirements.txt")
  /// A copy of the requirements, left once all are installed.
  private static let stamp = folder.appending(path: "requirements.txt")
  private static let names = ["python3.11", "python3.12", "python3.13", "python3"]

  /// Uses the interpreter at the path `given`, or makes an environment of its own.
  init(given: String?) throws {
    if let given {
      python = URL(filePath: given).absoluteURL
      guard FileManager.default.isExecutableFile(atPath: python.path) else {
        throw CompareFailure("there is no Python interpreter at \(given)")
      }
      return
    }
    python = Self.folder.appending(path: "bin/python")
    guard let wanted = try? String(contentsOf: Self.requirements, encoding: .utf8) else {
      throw CompareFailure("cannot read \(Self.requirements.path)")
    }
    let installed = try? String(contentsOf: Self.stamp, encoding: .utf8)
    if installed == wanted && FileManager.default.isExecutableFile(atPath: python.path) { return }
    try setUp(wanted)
  }

  private mutating func setUp(_ wanted: String) throws {
    Progress.say("Setting up a Python environment with the peers in \(Self.folder.path)")
    try Places.makeFolder(Places.kept)
    let python = try Self.systemPython()
    guard try Self.run([python.path, "-m", "venv", "--clear", Self.folder.path]) == nil else {
      throw CompareFailure(
        "\(python.path) cannot make a virtual environment; install its venv, or give --python"
      )
    }
    let install = [self.python.path, "-m", "pip", "install", "--quiet", "--requirement"]
    guard try Self.run(install + [Self.requirements.path]) != nil else {
      try? wanted.write(to: Self.stamp, atomically: true, encoding: .utf8)
      return
    }
    // Not all together: one by one, to find out which.
    let single = Self.folder.appending(path: "single.txt")
    for line in wanted.split(separator: "\n") where !line.hasPrefix("#") {
      try? String(line).write(to: single, atomically: true, encoding: .utf8)
      if let reason = try Self.run(install + [single.path]) {
        missing[String(line)] = reason
        Progress.say("  cannot install \(line): \(reason)")
      }
    }
  }

  /// Runs a command to its end; returns its last line of messages if it fails.
  private static func run(_ command: [String]) throws -> String? {
    let messages = Places.kept.appending(path: "installation.txt")
    try? FileManager.default.removeItem(at: messages)
    let end = try ChildProcess(
      command,
      output: .file(Places.kept.appending(path: "installation-output.txt")),
      messages: messages
    ).finish()
    guard end.status != 0 else { return nil }
    let lines = (try? String(contentsOf: messages, encoding: .utf8))?.split(separator: "\n") ?? []
    let line = lines.last { $0.hasPrefix("ERROR") } ?? lines.last
    return line.map(String.init) ?? "status \(end.status)"
  }

  private static func systemPython() throws -> URL {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    for name in names {
      for folder in path.split(separator: ":") {
        let candidate = URL(filePath: String(folder)).appending(path: name)
        guard FileManager.default.isExecutableFile(atPath: candidate.path) else { continue }
        let check = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
        if try run([candidate.path, "-c", check]) == nil { return candidate }
      }
    }
    throw CompareFailure("found no Python 3.11 to 3.13; install one, or give one by --python")
  }
}
