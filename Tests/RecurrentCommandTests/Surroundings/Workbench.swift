import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// A folder of its own for the command to work in, with a home and a place for temporary files.
struct Workbench {
  private let folder: TemporaryFolder

  /// Where the command runs.
  let path: String
  /// The command's home, which holds the user's caches.
  let home: String
  private let temporary: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/bench"
    home = folder.path + "/home"
    temporary = folder.path + "/temporary"
    for path in [path, home, temporary] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
  }

  /// Runs the command here.
  func run(
    _ arguments: [String],
    environment changes: [String: String] = [:],
    sending signal: CommandLineRun.Signal? = nil,
    fileBlocks: Int? = nil,
    readingLines lines: Int? = nil
  ) async throws -> CommandLineRun {
    var environment = ProcessInfo.processInfo.environment
    environment["RECURRENT_ISA"] = nil
    environment["HOME"] = home
    environment["XDG_CACHE_HOME"] = home + "/.cache"
    environment["TMPDIR"] = temporary
    environment.merge(changes) { _, new in new }
    return try await CommandLineRun(
      arguments,
      in: path,
      environment: environment,
      sending: signal,
      fileBlocks: fileBlocks,
      readingLines: lines
    )
  }

  /// Runs the command here, words separated by spaces.
  func run(
    _ words: String,
    environment: [String: String] = [:],
    sending signal: CommandLineRun.Signal? = nil,
    fileBlocks: Int? = nil,
    readingLines lines: Int? = nil
  ) async throws -> CommandLineRun {
    try await run(
      words.split(separator: " ").map(String.init),
      environment: environment,
      sending: signal,
      fileBlocks: fileBlocks,
      readingLines: lines
    )
  }

  /// Runs the command here and expects it to succeed in silence on the error output.
  @discardableResult
  func succeed(
    _ words: String,
    environment: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) async throws -> CommandLineRun {
    let run = try await run(words, environment: environment)
    #expect(run.exitCode == 0, "\(run)", sourceLocation: location)
    #expect(run.errorOutput == "", sourceLocation: location)
    return run
  }

  /// Runs the command here and expects one line that says these things, and no trace of it.
  func fail(
    _ arguments: [String],
    exitCode: Int32,
    saying parts: [String],
    environment: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try content
    let run = try await run(arguments, environment: environment)
    #expect(run.exitCode == exitCode, "\(run)", sourceLocation: location)
    #expect(run.output == "", sourceLocation: location)
    expectOneErrorLine(of: run, saying: parts, at: location)
    #expect(try content == before, sourceLocation: location)
  }

  /// Runs the command here, words separated by spaces, and expects it to fail without a trace.
  func fail(
    _ words: String,
    exitCode: Int32,
    saying parts: String...,
    environment: [String: String] = [:],
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    try await fail(
      words.split(separator: " ").map(String.init),
      exitCode: exitCode,
      saying: parts,
      environment: environment,
      at: location
    )
  }

  /// The paths of all files and folders in the work folder and among the temporary files.
  var content: [String] {
    get throws {
      let made = try FileManager.default.subpathsOfDirectory(atPath: path)
      return (made + (try FileManager.default.subpathsOfDirectory(atPath: temporary))).sorted()
    }
  }

  /// The names of the files in a folder under the work folder.
  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
  }

  /// The content of a file under the work folder.
  func bytes(of file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path + "/" + file)))
  }

  /// The content of a file under the work folder, as text.
  func text(of file: String) throws -> String {
    String(decoding: try bytes(of: file), as: UTF8.self)
  }

  /// Writes a file under the work folder, making the folders it is in.
  func write(_ bytes: [UInt8], to file: String) throws {
    let url = URL(filePath: path + "/" + file)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: url)
  }

  /// Removes a file or folder under the work folder.
  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path + "/" + name)
  }

  /// Makes an empty folder under the work folder.
  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + name,
      withIntermediateDirectories: true
    )
  }

  /// The record of a run under runs/.
  func record(of run: String) throws -> RunRecord {
    try JSONDecoder().decode(RunRecord.self, from: Data(try bytes(of: "runs/\(run)/run.json")))
  }

  /// The model of a run under runs/.
  func model(of run: String) throws -> SequenceModel {
    try SequenceModel(contentsOf: path + "/runs/\(run)/model.safetensors")
  }
}

extension Workbench {
  /// Expects that a run which is interrupted and gone on with leaves the same model as `whole`, which
  /// was left alone.
  ///
  /// `words` begin a run; without a name.
  func expectSameBits(
    of words: String,
    interruptedAfter text: String,
    as whole: String
  ) async throws {
    let stopped = try await run(
      "\(words) --run stopped --threads 1",
      sending: CommandLineRun.Signal(number: SIGTERM, moment: .text(text))
    )
    if stopped.exitCode != 0 {
      #expect(stopped.exitCode == 143, "\(stopped)")
      try await succeed("train --resume stopped --threads 2")
    }
    #expect(
      try bytes(of: "runs/stopped/model.safetensors")
        == bytes(of: "runs/\(whole)/model.safetensors")
    )
  }

  /// Trains a small network on few images, which takes a moment; the run is under runs/.
  func trainSmall(_ name: String = "small", options: String = "") async throws {
    try SmallImages().write(to: "images", in: self)
    try await succeed(
      "train mnist --data images --hidden 8 --epochs 2 --batch 50 --run \(name) \(options)"
    )
  }
}

/// Expects the error output to be one line in plain words.
func expectOneErrorLine(
  of run: CommandLineRun,
  saying parts: [String],
  at location: SourceLocation = #_sourceLocation
) {
  let line = run.errorOutput
  #expect(line.hasPrefix("error: "), sourceLocation: location)
  #expect(line.hasSuffix("\n"), sourceLocation: location)
  #expect(line.count { $0.isNewline } == 1, sourceLocation: location)
  #expect(!line.dropLast().unicodeScalars.contains { $0.value < 0x20 }, sourceLocation: location)
  for word in ["Fatal", "Swift", "Optional(", "Error Domain", "EncodingError", "Debug"] {
    #expect(!line.contains(word), sourceLocation: location)
  }
  for part in parts {
    #expect(line.contains(part), "\(line)", sourceLocation: location)
  }
}
