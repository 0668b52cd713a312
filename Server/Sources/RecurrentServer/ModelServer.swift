import Foundation
import Hummingbird
public import Logging
import NIOCore
import Recurrent
public import RecurrentData
public import ServiceLifecycle
import Synchronization

/// A server of trained runs over HTTP.
///
/// It runs as a service of its own, or in a `ServiceGroup` that ends it:
///
///     let server = try ModelServer([FinishedRun(at: "runs/digits")])
///     try await ServiceGroup(services: [server], logger: server.logger).run()
public struct ModelServer: Service {
  /// Where it tells what happens.
  public let logger: Logger
  let core: ServerCore
  private let whenListening: @Sendable (_ port: Int) -> Void

  /// Prepares the models of runs; `whenListening` is told the port as soon as there is one.
  ///
  /// - Throws: `FileError` where two runs have one name, or a model cannot be served.
  public init(
    _ runs: [FinishedRun],
    options: ServerOptions = ServerOptions(),
    logger: Logger = Logger(label: "recurrent-server"),
    whenListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
  ) throws {
    var names: Set<String> = []
    for run in runs where !names.insert(run.name).inserted {
      throw FileError(
        "is the name of two runs",
        file: run.name,
        advice: "models are told apart by the last part of their folders' paths; rename one"
      )
    }
    core = try ServerCore(runs, options)
    self.logger = logger
    self.whenListening = whenListening
  }

  /// Serves until the task is cancelled, or its service group shuts down; what is under way is finished.
  ///
  /// - Throws: An error where the port cannot be listened on.
  public func run() async throws {
    let (core, logger) = (core, logger)
    let options = core.options
    var application = Application(
      responder: Responder(core: core, logger: logger),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [
            ConnectionGuard(
              seconds: options.requestSeconds,
              largestBody: options.largestBody,
              connections: core.connections
            ) {
              core.metrics.countAnswer(
                "other",
                nil,
                status: 400,
                seconds: 0,
                received: 0,
                sent: 0
              )
            }
          ]
        )
      ),
      configuration: ApplicationConfiguration(address: .hostname(options.host, port: options.port)),
      onServerRunning: { channel in
        core.begin()
        let port = channel.localAddress?.port ?? options.port
        logger.info(
          "listening",
          metadata: [
            "host": "\(options.host)", "port": "\(port)",
            "models": "\(core.models.map(\.name).joined(separator: ", "))",
          ]
        )
        whenListening(port)
      },
      logger: Self.quiet(logger)
    )
    application.services.append(IdleSessions(sessions: core.sessions))
    try await withGracefulShutdownHandler {
      do {
        try await application.run()
      } catch  where !core.hasBegun {
        let reason =
          (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
        throw FileError(
          "cannot be listened on: \(reason)",
          file: "\(options.host):\(options.port)",
          advice: "choose another port, or address"
        )
      }
    } onGracefulShutdown: {
      logger.info("stopping")
      core.stop()
    }
    logger.info("stopped")
  }

  /// The framework's own words are wanted only where they warn.
  private static func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .warning)
    return logger
  }

  private struct Responder: HTTPResponder {
    let core: ServerCore
    let logger: Logger

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
      await core.answer(request, logger)
    }
  }

  /// Ends sessions that nobody uses.
  private struct IdleSessions: Service {
    let sessions: SessionStore

    func run() async throws {
      while !Task.isShuttingDownGracefully, !Task.isCancelled {
        sessions.endIdle()
        do {
          try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
        } catch is CancellationError {}
      }
    }
  }
}
