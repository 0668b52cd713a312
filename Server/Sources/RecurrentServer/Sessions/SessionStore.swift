import HTTPTypes
import Recurrent
import Synchronization

/// The sessions that are open.
final class SessionStore: Sendable {
  private let most: Int
  let idleSeconds: Int
  let now: @Sendable () -> Double
  private let sessions = Mutex<[String: Session]>([:])

  init(_ options: ServerOptions) {
    most = options.mostSessions
    idleSeconds = options.idleSeconds
    now = options.now
  }

  /// The sessions that are open, those that are idle for too long ended before.
  var count: Int {
    endIdle()
    return sessions.withLock(\.count)
  }

  static func unknown(_ id: String) -> Problem {
    Problem(
      .notFound,
      "there is no session '\(id.prefix(64))'; it ended, or never began: begin another with POST to /v1/models/NAME/sessions"
    )
  }

  /// Opens a session.
  ///
  /// - Throws: `Problem` where there are too many.
  func open(_ model: ServedModel, _ content: Session.Content) throws(Problem) -> Session {
    if sessions.withLock({ $0.count >= most }) { endIdle() }
    var system = SystemRandomNumberGenerator()
    let id = [system.next(), system.next()].map(Self.hexadecimal).joined()
    let session = Session(id: id, model: model, content: content, now: now())
    let isOpen = sessions.withLock { sessions in
      guard sessions.count < most else { return false }
      sessions[id] = session
      return true
    }
    guard isOpen else {
      throw Problem(
        .tooManyRequests,
        "\(most) sessions are open, and no more can be; end some, or wait until idle ones end"
      )
    }
    return session
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The session of this name, which is used from now on.
  ///
  /// - Throws: `Problem` where there is none.
  func session(_ id: String) throws(Problem) -> Session {
    guard let session = sessions.withLock({ $0[id] }) else { throw Self.unknown(id) }
    let now = now()
    if let since = session.idleSince, now - since >= Double(idleSeconds) {
      end([session])
      throw Self.unknown(id)
    }
    session.use(at: now)
    return session
  }

  /// Ends a session.
  ///
  /// - Throws: `Problem` where there is none.
  func end(_ id: String) throws(Problem) {
    end([try session(id)])
  }

  /// Ends the sessions that were not used for too long.
  func endIdle() {
    let latest = now() - Double(idleSeconds)
    end(
      sessions.withLock { Array($0.values) }.filter { $0.idleSince.map { $0 <= latest } ?? false }
    )
  }

  /// Ends all sessions.
  func endAll() { end(sessions.withLock { Array($0.values) }) }

  private func end(_ ended: [Session]) {
    guard !ended.isEmpty else { return }
    sessions.withLock { sessions in
      for session in ended { sessions[session.id] = nil }
    }
    for session in ended { session.close() }
  }
}
