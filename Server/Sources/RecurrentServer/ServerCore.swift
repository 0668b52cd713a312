import HTTPTypes
import Hummingbird
import Logging
import RecurrentData
import Synchronization

/// Everything that requests share.
final class ServerCore: Sendable {
  /// As many of the largest bodies may be held at a time.
  private static let mostBodies = 32
  /// The numbers that the steps of a request become, or are answered by.
  private static let mostNumbers = 1 << 24

  let options: ServerOptions
  let models: [ServedModel]
  let modelsByName: [String: ServedModel]
  let sessions: SessionStore
  let metrics = ServerMetrics()
  let connections: ConnectionCount
  let bodies: BodyBudget
  private let token: Token?
  private let table: RouteTable
  private let isReadyNow = Atomic(false)
  private let begun = Atomic(false)

  /// Prepares runs' models.
  ///
  /// - Throws: `FileError` where one cannot be served.
  init(_ runs: [FinishedRun], _ options: ServerOptions) throws {
    self.options = options
    let metrics = metrics
    models = try runs.map { try ServedModel($0, options, metrics: metrics) }
    modelsByName = Dictionary(uniqueKeysWithValues: models.map { ($0.name, $0) })
    sessions = SessionStore(options)
    connections = ConnectionCount(most: options.mostConnections)
    bodies = BodyBudget(most: min(options.largestBody, .max / Self.mostBodies) * Self.mostBodies)
    token = options.token.map(Token.init)
    table = RouteTable(
      routes: Route.service + Route.page + Route.models + Route.predictions + Route.sessions
    )
  }

  /// The routes that are answered.
  var routes: [Route] { table.routes }

  var limits: SequenceLimits {
    SequenceLimits(
      sequences: options.mostSequences,
      steps: options.mostSteps,
      numbers: Self.mostNumbers
    )
  }

  /// Whether requests are wanted.
  var isReady: Bool { isReadyNow.load(ordering: .relaxed) }

  /// Whether requests ever were.
  var hasBegun: Bool { begun.load(ordering: .relaxed) }

  func begin() {
    begun.store(true, ordering: .relaxed)
    isReadyNow.store(true, ordering: .relaxed)
  }

  /// Wants no more requests, and ends what would not end by itself.
  func stop() {
    isReadyNow.store(false, ordering: .relaxed)
    sessions.endAll()
  }

  /// Answers a request, whatever it is.
  func answer(_ request: Request, _ logger: Logger) async -> Response {
    let beginning = ContinuousClock.now
    var route: Route?
    var call: Call?
    var response: Response
    do {
      let target = RequestTarget(request.head.path ?? "")
      let (found, parameters) = try table.route(request.method, target)
      route = found
      if !found.isOpen { try token?.check(request.headers) }
      guard let target else { throw Problem(.notFound, "there is nothing at this path") }
      let made = Call(request, target, parameters, self)
      call = made
      response = try await found.answer(made)
    } catch let problem as Problem {
      response = .problem(problem)
    } catch {
      logger.error("a request failed", metadata: ["error": "\(error)"])
      response = .problem(Problem(.internalServerError, "the server failed; its log says more"))
    }
    let duration = (ContinuousClock.now - beginning).components
    let seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    let method = request.method.rawValue
    metrics.countAnswer(
      method,
      route?.path,
      status: response.status.code,
      seconds: seconds,
      received: call?.receivedBytes ?? 0,
      sent: response.body.contentLength ?? 0
    )
    logger.debug(
      "request",
      metadata: [
        "method": "\(method.prefix(32))", "route": "\(route?.path ?? "other")",
        "status": "\(response.status.code)", "seconds": "\(seconds)",
      ]
    )
    return response
  }
}
