import Foundation
import LoopbackClient
import Recurrent

/// A session of a server, and what the library makes of the same steps.
struct OpenSession: Sendable {
  let id: String
  var state: StreamingModel.State
  var steps = 0
}

/// A session's content as it was, in the server's bytes and in the library's.
struct SessionSnapshot: Sendable {
  let bytes: [UInt8]
  let state: StreamingModel.State
  let steps: Int
}

/// A connection over which sessions are used, every answer compared with the library's own.
struct SessionConnection {
  private struct Description: Decodable {
    let session: String
    let steps: Int
  }

  private let target: Target
  private let connection: LoopbackConnection
  private static let bytes = "application/octet-stream"

  init(_ target: Target) throws {
    self.target = target
    connection = try target.connection()
  }

  /// Opens a session, empty or with a snapshot's content.
  func open(_ model: StreamingModel, _ snapshot: SessionSnapshot? = nil) throws -> OpenSession {
    let path = target.path("sessions")
    let answer = try request("POST", path, body: snapshot?.bytes ?? [], expecting: 201)
    let description = try description(answer, of: path)
    let session = OpenSession(
      id: description.session,
      state: snapshot?.state ?? model.makeState(),
      steps: snapshot?.steps ?? 0
    )
    try check(
      description.steps == session.steps,
      "POST \(path)",
      "it has \(description.steps) steps"
    )
    return session
  }

  /// Pushes steps, `[step, feature]`, on a session and on the library's own state.
  func push(_ input: [Float], on session: inout OpenSession, _ model: StreamingModel) throws {
    let path = "/v1/sessions/\(session.id)/steps"
    let answer = try request(
      "POST",
      path,
      body: input.littleEndianBytes,
      accept: Self.bytes,
      expecting: 200
    )
    var logits: [Float] = []
    for start in stride(from: 0, to: input.count, by: model.inputSize) {
      logits += model.step(Array(input[start..<start + model.inputSize]), state: &session.state)
      session.steps += 1
    }
    try check(
      answer.body == logits.littleEndianBytes,
      "POST \(path)",
      "after \(session.steps) steps it is not the library's answer"
    )
  }

  /// Sees whether a session has read as many steps as it was told.
  func look(at session: OpenSession) throws {
    let path = "/v1/sessions/\(session.id)"
    let answer = try description(try request("GET", path, expecting: 200), of: path)
    try check(
      answer.session == session.id && answer.steps == session.steps,
      "GET \(path)",
      "it has \(answer.steps) steps, not \(session.steps)"
    )
  }

  /// Opens another session that goes on from where this one is.
  func fork(_ session: OpenSession) throws -> OpenSession {
    let path = "/v1/sessions/\(session.id)/fork"
    let answer = try description(try request("POST", path, expecting: 201), of: path)
    try check(
      answer.session != session.id && answer.steps == session.steps,
      "POST \(path)",
      "it is \(answer.session) with \(answer.steps) steps, not \(session.steps)"
    )
    return OpenSession(id: answer.session, state: session.state, steps: session.steps)
  }

  func snapshot(of session: OpenSession) throws -> SessionSnapshot {
    let answer = try request("GET", "/v1/sessions/\(session.id)/state", expecting: 200)
    return SessionSnapshot(bytes: answer.body, state: session.state, steps: session.steps)
  }

  func restore(_ snapshot: SessionSnapshot, in session: inout OpenSession) throws {
    let path = "/v1/sessions/\(session.id)/state"
    let answer = try connection.request("PUT", path, headers: headers(), body: snapshot.bytes)
    try check(
      200...299 ~= answer.status,
      "PUT \(path)",
      "\(answer.status) \(answer.text.prefix(200))"
    )
    (session.state, session.steps) = (snapshot.state, snapshot.steps)
  }

  /// Deletes a session, and sees that it is gone.
  func delete(_ session: OpenSession) throws {
    let path = "/v1/sessions/\(session.id)"
    _ = try request("DELETE", path, expecting: 204)
    _ = try request("GET", path, expecting: 404)
  }

  /// Begins to listen to a session's events.
  func listen(to session: OpenSession) throws {
    let path = "/v1/sessions/\(session.id)/events"
    try connection.send(LoopbackConnection.request("GET", path, headers: headers()))
    let head = try connection.head()
    try check(head.status == 200, "GET \(path)", "\(head.status)")
  }

  /// Sees whether the next event tells that so many steps were read.
  func expectStep(_ steps: Int) throws {
    struct Step: Decodable { let steps: Int }
    let event = try connection.nextEvent()
    let told = event.flatMap { try? JSONDecoder().decode(Step.self, from: Data($0.data.utf8)) }
    try check(
      event?.name == "step" && told?.steps == steps,
      "events",
      "\(event.map { "\($0.name) \($0.data.prefix(80))" } ?? "they end") where step \(steps) is due"
    )
  }

  /// Asks a question, and compares the answer.
  func ask(_ question: Question) throws {
    try connection.send(question.request)
    let answer = try connection.answer()
    var known: [UInt8]?
    try check(
      question.isAnswered(by: answer, known: &known),
      "POST \(target.path("predict"))",
      answer.status == 200
        ? "it is not the library's answer" : "\(answer.status) \(answer.text.prefix(200))"
    )
  }

  // MARK: Requests

  private func headers(accept: String? = nil) -> [(name: String, value: String)] {
    target.headers + [(name: "Content-Type", value: Self.bytes)]
      + (accept.map { [(name: "Accept", value: $0)] } ?? [])
  }

  private func request(
    _ method: String,
    _ path: String,
    body: [UInt8] = [],
    accept: String? = nil,
    expecting status: Int
  ) throws -> LoopbackAnswer {
    let answer = try connection.request(method, path, headers: headers(accept: accept), body: body)
    try check(
      answer.status == status,
      "\(method) \(path)",
      "\(answer.status) \(answer.text.prefix(200)), where \(status) is due"
    )
    return answer
  }

  private func description(_ answer: LoopbackAnswer, of path: String) throws -> Description {
    do {
      return try JSONDecoder().decode(Description.self, from: Data(answer.body))
    } catch {
      throw LoadFailure("\(path): describes no session: \(answer.text.prefix(200))")
    }
  }

  private func check(_ holds: Bool, _ place: String, _ problem: @autoclosure () -> String) throws {
    guard holds else { throw LoadFailure("\(place): \(problem())") }
  }
}
