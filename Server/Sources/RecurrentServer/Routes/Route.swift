import HTTPTypes
import Hummingbird

/// A path with a method, and what answers it.
struct Route: Sendable {
  /// A part of a path between slashes.
  private enum Part: Sendable {
    case word(Substring)
    case parameter
  }

  let method: HTTPRequest.Method
  /// The path with its parameters' names, such as "/v1/models/{model}/predict".
  let path: String
  /// Whether it is answered without the token.
  let isOpen: Bool
  let answer: @Sendable (Call) async throws -> Response
  private let parts: [Part]

  init(
    _ method: HTTPRequest.Method,
    _ path: String,
    isOpen: Bool = false,
    _ answer: @escaping @Sendable (Call) async throws -> Response
  ) {
    (self.method, self.path, self.isOpen, self.answer) = (method, path, isOpen, answer)
    parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("{") ? .parameter : .word($0) }
  }

  /// The parameters of a path, decoded; nil where it is another path.
  func parameters(of path: [Substring]) -> [String]? {
    guard path.count == parts.count else { return nil }
    var parameters: [String] = []
    for (part, text) in zip(parts, path) {
      switch part {
      case .word(let word):
        guard word == text else { return nil }
      case .parameter:
        guard let value = RequestTarget.decoded(text) else { return nil }
        parameters.append(value)
      }
    }
    return parameters
  }
}

/// All routes of a server.
struct RouteTable: Sendable {
  let routes: [Route]

  /// The route of a request, and the parameters of its path.
  ///
  /// - Throws: `Problem` where there is none, or only for other methods.
  func route(
    _ method: HTTPRequest.Method,
    _ target: RequestTarget?
  ) throws(Problem) -> (Route, [String]) {
    var allowed: [String] = []
    for route in routes {
      guard let parameters = target.flatMap({ route.parameters(of: $0.parts) }) else { continue }
      if route.method == method { return (route, parameters) }
      allowed.append(route.method.rawValue)
    }
    guard !allowed.isEmpty else {
      throw Problem(.notFound, "there is nothing at this path; /openapi.json tells all paths")
    }
    let methods = allowed.joined(separator: ", ")
    var problem = Problem(
      .methodNotAllowed,
      "\(method.rawValue.prefix(32)) is no method of this path; use \(methods)"
    )
    problem.headers[.allow] = methods
    throw problem
  }
}
