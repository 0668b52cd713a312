import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// A request on its way through the server.
final class Call: Sendable {
  let request: Request
  let target: RequestTarget
  /// The parameters of the path, in order.
  let parameters: [String]
  let core: ServerCore
  private let bodyCount = Mutex(0)

  init(_ request: Request, _ target: RequestTarget, _ parameters: [String], _ core: ServerCore) {
    (self.request, self.target, self.parameters, self.core) = (request, target, parameters, core)
  }

  deinit { core.bodies.end(receivedBytes) }

  /// The bytes of the body that were received.
  var receivedBytes: Int { bodyCount.withLock(\.self) }

  /// The kind of content that the body has.
  ///
  /// - Throws: `Problem` where it is none of these.
  func contentKind(_ allowed: MediaKind...) throws(Problem) -> MediaKind {
    guard let kind = MediaKind(request.headers[.contentType]), allowed.contains(kind) else {
      let names = allowed.map(\.rawValue).joined(separator: ", ")
      throw Problem(.unsupportedMediaType, "the Content-Type is not read here; use \(names)")
    }
    return kind
  }

  /// Whether the answer is to be in this kind of content.
  func isAccepted(_ kind: MediaKind) -> Bool { kind.isAccepted(by: request.headers) }

  /// The whole body.
  ///
  /// - Throws: `Problem` where it is too large, or does not arrive.
  func body() async throws -> [UInt8] {
    let limit = core.options.largestBody
    let tooLarge = Problem.tooLarge("the body has more than \(limit) bytes; send less at once")
    if let text = request.headers[.contentLength], let count = Int(text), count > limit {
      throw tooLarge
    }
    var bytes: [UInt8] = []
    do {
      for try await part in request.body {
        guard bytes.count + part.readableBytes <= limit else { throw tooLarge }
        guard core.bodies.begin(part.readableBytes) else {
          throw Problem(
            .serviceUnavailable,
            "too much is being received at once; send the request again later"
          )
        }
        bodyCount.withLock { $0 += part.readableBytes }
        bytes.append(contentsOf: part.readableBytesView)
      }
    } catch is SlowRequest {
      throw Problem(
        .requestTimeout,
        "the body did not arrive in \(core.options.requestSeconds) seconds; send it faster"
      )
    } catch let problem as Problem {
      throw problem
    } catch {
      // Whatever else ends a body, its sender did.
      throw Problem.malformed("the body does not arrive as HTTP/1.1 has it; send it again")
    }
    return bytes
  }

  /// The model that the path names.
  ///
  /// - Throws: `Problem` where there is none.
  func model() throws(Problem) -> ServedModel {
    guard let model = core.modelsByName[parameters[0]] else {
      throw Problem(
        .notFound,
        "there is no model '\(parameters[0].prefix(64))'; /v1/models tells those there are"
      )
    }
    return model
  }

  /// The session that the path names.
  ///
  /// - Throws: `Problem` where there is none.
  func session() throws(Problem) -> Session { try core.sessions.session(parameters[0]) }
}

/// The bytes of bodies that are held at a time, all together.
final class BodyBudget: Sendable {
  private let most: Int
  private let held = Mutex(0)

  init(most: Int) { self.most = most }

  /// Holds more bytes; returns false where there is no room.
  func begin(_ count: Int) -> Bool {
    held.withLock { held in
      guard count <= most - held else { return false }
      held += count
      return true
    }
  }

  func end(_ count: Int) { held.withLock { $0 -= count } }
}
