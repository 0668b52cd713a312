import Foundation

/// What the numbers were measured on, and when.
struct Machine: Codable {
  let processor: String
  let cores: Int
  let system: String
  let compiler: String
  let commit: String
  let date: String

  /// This machine, now.
  static func current() -> Machine {
    Machine(
      processor: processorName(),
      cores: ProcessInfo.processInfo.processorCount,
      system: systemName(),
      compiler: firstLine(of: ["swift", "--version"], containing: "Swift version") ?? "unknown",
      commit: commitName(),
      date: Date.now.formatted(.iso8601)
    )
  }

  private static func processorName() -> String {
    let lines =
      (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
      .split(separator: "\n") ?? []
    func value(_ key: String) -> String? {
      lines.first { $0.hasPrefix(key) }
        .flatMap { $0.split(separator: ":", maxSplits: 1).last }
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    if let name = value("model name") {
      // Cloud machines often hide the model; family and number tell the generation.
      return name + (value("cpu family").map { ", family \($0)" } ?? "")
        + (lines.first { $0.hasPrefix("model\t") }?.split(separator: ":").last
          .map { ", model\($0)" } ?? "")
    }
    return firstLine(of: ["sysctl", "-n", "machdep.cpu.brand_string"]) ?? "unknown"
  }

  private static func systemName() -> String {
    let text = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = text.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
      .map { $0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } }
    let kernel = firstLine(of: ["uname", "-sr"]) ?? ""
    return name.map { "\($0), \(kernel)" } ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  private static func commitName() -> String {
    let git = ["git", "-C", Places.package.path]
    guard let commit = firstLine(of: git + ["rev-parse", "HEAD"]) else { return "unknown" }
    let changes = firstLine(
      of: git + ["status", "--porcelain", "--", "..", ":!../Benchmarks/Results"]
    )
    return commit + (changes == nil ? "" : " with changes")
  }

  /// The first line a command prints, or the first that holds `part`.
  private static func firstLine(of command: [String], containing part: String = "") -> String? {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "recurrent-compare-\(ProcessInfo.processInfo.processIdentifier).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = try? ChildProcess(
      ["/usr/bin/env"] + command,
      output: .file(file),
      messages: URL(filePath: "/dev/null")
    )
    guard process?.finish().status == 0 else { return nil }
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init).first { part.isEmpty || $0.contains(part) }
  }
}
