import ArgumentParser
import Foundation
import Logging
import Recurrent
import RecurrentData
import RecurrentServer
import ServiceLifecycle
import UnixSignals

/// `recurrent-server`: serves trained models over HTTP.
struct Program: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent-server",
    abstract: "Serve trained models over HTTP.",
    discussion: """
      Where it listens is printed as soon as it does; open that address in a browser to try the models. \
      Everything that can be asked is told at /openapi.json. SIGTERM and SIGINT end it when what is under \
      way is finished.
      """
  )

  @Argument(help: "Runs: their names under runs/, or their folders.")
  var runs: [String]

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 for one that is free.")
  var port = 8080

  @Option(help: "A file with a token that clients have to show. Default: anybody may ask.")
  var tokenFile: String?

  @Option(help: "Threads that read sequences with one model.")
  var threads = 1

  @Option(help: "How sessions keep weights: float32, as they were trained, or int8.")
  var weights = StreamingWeights.float32

  @Option(help: "Bytes of the largest body.")
  var maxBody = 8_388_608

  @Option(help: "Steps of the longest sequence.")
  var maxSteps = 10_000

  @Option(help: "Sessions that are open at a time.")
  var maxSessions = 10_000

  @Option(help: "Seconds after which a session that is not used ends.")
  var idle = 600

  @Option(help: "Seconds in which a request has to arrive.")
  var requestTimeout = 30

  @Option(help: "Connections that are open at a time.")
  var maxConnections = 1_024

  @Option(help: "What is told on standard error: trace, debug, info, notice, warning, error.")
  var logLevel = "info"

  func validate() throws {
    guard !runs.isEmpty else { throw ValidationError("name at least one run to serve") }
    try check("--port", port, 0...65_535)
    try check("--threads", threads, 1...256)
    try check("--max-body", maxBody, 1_024...1 << 30)
    try check("--max-steps", maxSteps, 1...1_000_000)
    try check("--max-sessions", maxSessions, 1...10_000_000)
    try check("--idle", idle, 1...31_536_000)
    try check("--request-timeout", requestTimeout, 1...86_400)
    try check("--max-connections", maxConnections, 1...1_000_000)
    guard Logger.Level(rawValue: logLevel) != nil else {
      throw ValidationError("--log-level is \(logLevel); use info, debug, warning or error")
    }
  }

  private func check(_ name: String, _ number: Int, _ range: ClosedRange<Int>) throws {
    guard range ~= number else {
      throw ValidationError(
        "\(name) is \(number); use a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
  }

  func run() async throws {
    var logger = Logger(label: "recurrent-server") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
    let host = host
    let server = try ModelServer(
      try runs.map { try FinishedRun(at: Self.folder(of: $0)) },
      options: try options(),
      logger: logger
    ) { port in
      let address = host.contains(":") ? "[\(host)]" : host
      FileHandle.standardOutput.write(Data("Listening on http://\(address):\(port)\n".utf8))
    }
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    var configuration = ServiceGroupConfiguration(
      services: [ServiceGroupConfiguration.ServiceConfiguration(service: server)],
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: quiet
    )
    // What has not ended by then is ended.
    configuration.maximumGracefulShutdownDuration = .seconds(requestTimeout)
    try await ServiceGroup(configuration: configuration).run()
  }

  /// The folder of a run: one under runs/, or the one that is named.
  private static func folder(of name: String) -> String {
    let candidate = "runs/\(name)"
    let isUnderRuns =
      !name.contains("/") && FileManager.default.fileExists(atPath: candidate + "/run.json")
    return isUnderRuns ? candidate : name
  }

  private func options() throws(FileError) -> ServerOptions {
    var options = ServerOptions()
    (options.host, options.port, options.threads) = (host, port, threads)
    options.weights = weights
    (options.largestBody, options.mostSteps) = (maxBody, maxSteps)
    (options.mostSessions, options.idleSeconds) = (maxSessions, idle)
    (options.requestSeconds, options.mostConnections) = (requestTimeout, maxConnections)
    options.token = try tokenFile.map { path throws(FileError) in try Self.token(in: path) }
    return options
  }

  /// The first line of a token's file.
  private static func token(in path: String) throws(FileError) -> String {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw FileError("cannot be read", file: path, advice: "a file with a token is wanted")
    }
    let token = String(decoding: content.prefix(4_096), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    guard !token.isEmpty, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
      throw FileError(
        "holds no token",
        file: path,
        advice: "one word of letters, digits and signs is wanted"
      )
    }
    return token
  }
}

/// Where the program starts and ends.
@main
enum EntryPoint {
  /// The status of a command that was used wrongly; one that failed exits with 1.
  private static let wrongUse: Int32 = 2

  static func main() async {
    do {
      var program = try Program.parseAsRoot()
      if var asynchronous = program as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try program.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Prints what was asked for, or one line about what went wrong, and ends the program.
  private static func end(with error: any Error) -> Never {
    let code = Program.exitCode(for: error)
    if code == .success {
      print(Program.fullMessage(for: error))
      exit(0)
    }
    let isWrongUse = code == .validationFailure
    var message = Program.message(for: error).split(whereSeparator: \.isNewline)
      .joined(separator: " ")
    // The parser's own messages say what is wrong but not what would be right.
    if isWrongUse && !message.contains("; ") {
      if message.hasSuffix(".") { message.removeLast() }
      message += "; see 'recurrent-server --help'"
    }
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(isWrongUse ? wrongUse : 1)
  }
}
