import HTTPTypes
import Hummingbird
import Recurrent
import RecurrentData

extension Route {
  /// Streams that clients read step by step.
  static let sessions: [Route] = [
    Route(.post, "/v1/models/{model}/sessions") { call in
      let model = try call.model()
      let stream = try model.streamed()
      let body = try await call.body()
      var content = Session.Content(stream: stream.makeState())
      if MediaKind(call.request.headers[.contentType]) == .binary, !body.isEmpty {
        content = try Snapshot.content(of: body, model: model, stream: stream)
      } else if !body.isEmpty {
        _ = try call.contentKind(.json, .binary)
        _ = try JSONBody.decoded(NoMembers.self, from: body)
      }
      return created(try call.core.sessions.open(model, content), call.core)
    },
    Route(.get, "/v1/sessions/{session}") { call in
      let session = try call.session()
      var writer = JSONWriter()
      writer.object { writer in
        let (steps, logits) = session.progress
        writeMembers(of: session, steps: steps, call.core, to: &writer)
        writer.name("answer")
        if logits.isEmpty {
          writer.null()
        } else {
          let answer = session.model.answers(of: logits) ?? logits
          session.model.writeStep(answer[...], to: &writer)
        }
      }
      return .json(writer)
    },
    Route(.delete, "/v1/sessions/{session}") { call in
      try call.core.sessions.end(call.parameters[0])
      return Response(status: .noContent)
    },
    Route(.post, "/v1/sessions/{session}/steps") { call in try await pushed(call) },
    Route(.get, "/v1/sessions/{session}/state") { call in
      let session = try call.session()
      let stream = try session.model.streamed()
      return .binary(
        try await session.changed(at: call.core.sessions.now) { content in
          Snapshot.bytes(of: content, stream: stream)
        }
      )
    },
    Route(.put, "/v1/sessions/{session}/state") { call in
      let session = try call.session()
      let stream = try session.model.streamed()
      _ = try call.contentKind(.binary)
      let restored = try Snapshot.content(
        of: try await call.body(),
        model: session.model,
        stream: stream
      )
      try await session.changed(at: call.core.sessions.now) { content in content = restored }
      return .json(description(of: session, steps: restored.steps, call.core))
    },
    Route(.post, "/v1/sessions/{session}/fork") { call in
      let session = try call.session()
      _ = try await call.body()
      let content = try await session.changed(at: call.core.sessions.now) { content in content }
      return created(try call.core.sessions.open(session.model, content), call.core)
    },
    Route(.get, "/v1/sessions/{session}/events") { call in
      let session = try call.session()
      let events = session.events(pause: call.core.options.pause)
      return .events { send in
        try await send(ServerEvent.comment, call.core)
        for await event in events { try await send(event, call.core) }
      }
    },
  ]

  private static func created(_ session: Session, _ core: ServerCore) -> Response {
    var response = Response.json(
      description(of: session, steps: session.progress.steps, core),
      status: .created
    )
    response.headers[.location] = "/v1/sessions/\(session.id)"
    return response
  }

  private static func description(
    of session: Session,
    steps: Int,
    _ core: ServerCore
  ) -> JSONWriter {
    var writer = JSONWriter()
    writer.object { writeMembers(of: session, steps: steps, core, to: &$0) }
    return writer
  }

  private static func writeMembers(
    of session: Session,
    steps: Int,
    _ core: ServerCore,
    to writer: inout JSONWriter
  ) {
    writer.member("session", session.id)
    writer.member("model", session.model.name)
    writer.member("steps", steps)
    writer.member("idleSeconds", core.sessions.idleSeconds)
  }

  /// Reads the steps of a body, and answers after each.
  private static func pushed(_ call: Call) async throws -> Response {
    let session = try call.session()
    let model = session.model
    let stream = try model.streamed()
    let numbers = try await steps(call, model)
    let isBinary = call.isAccepted(.binary)
    let outputs = stream.outputSize
    let (total, logits, answers) = try await session.changed(at: call.core.sessions.now) {
      content -> (Int, [Float], [Float]) in
      // What cannot be answered leaves the session as it was.
      var next = content
      let read: [Float]
      if let preparation = model.run.preparation?.series {
        read = next.input.prepared(numbers, by: preparation)
      } else {
        read = numbers
      }
      let first = next.steps + 1
      let logits = await Session.run(stream, read, &next)
      guard let answers = model.answers(of: logits) else {
        throw Problem.unfit("an answer is no number; give smaller numbers")
      }
      content = next
      if session.hasListeners {
        for place in 0..<logits.count / outputs {
          var writer = JSONWriter()
          writer.object { writer in
            writer.member("steps", first + place)
            model.writeMembers(answers[place * outputs..<(place + 1) * outputs], to: &writer)
          }
          session.tell(ServerEvent.bytes("step", writer.bytes))
        }
      }
      return (next.steps, logits, answers)
    }
    call.core.metrics.countSteps(logits.count / outputs)
    if isBinary { return .binary(littleEndian([logits])) }
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("steps", total)
      writer.name("outputs")
      writer.array { writer in
        for start in stride(from: 0, to: answers.count, by: outputs) {
          model.writeStep(answers[start..<start + outputs], to: &writer)
        }
      }
    }
    return .json(writer)
  }

  /// The numbers of a body's steps as they come, `[step or time, number]`.
  private static func steps(_ call: Call, _ model: ServedModel) async throws -> [Float] {
    let limits = call.core.limits
    let sequences: NumberSequences
    if try call.contentKind(.json, .binary) == .binary {
      sequences = try model.sequences(ofFloats: try await call.body(), count: 1, limits: limits)
    } else if case .text(let preparation) = model.run.preparation {
      return try tokens(try await call.body(), preparation, limits)
    } else {
      sequences = try SequencesScanner.read(
        try await call.body(),
        features: model.width,
        isOne: true,
        limits: limits
      )
    }
    try limits.check(steps: sequences.lengths[0], numbers: model.run.outputNames.count)
    let times = model.run.preparation?.series?.choice.timesPerStep ?? 1
    guard sequences.lengths[0].isMultiple(of: times) else {
      throw Problem.unfit(
        "inputs has \(sequences.lengths[0]) times, and the model reads \(times) a step; send whole steps"
      )
    }
    return sequences.values
  }

  private struct NoMembers: Decodable {}

  private struct TextSteps: Decodable {
    var text: String
  }

  /// A text's tokens, a 1 at each among zeros.
  private static func tokens(
    _ body: [UInt8],
    _ preparation: TextPreparation,
    _ limits: SequenceLimits
  ) throws(Problem) -> [Float] {
    let text = try JSONBody.decoded(TextSteps.self, from: body).text
    guard !text.isEmpty else { throw .unfit("text is empty; give at least one character") }
    let tokens = try preparation.knownTokens(of: text, "text")
    guard tokens.count <= limits.steps else {
      throw .tooLarge("text has \(tokens.count) tokens; at most \(limits.steps) are read at once")
    }
    let count = preparation.vocabulary.count
    try limits.check(steps: tokens.count, numbers: count)
    var numbers = [Float](repeating: 0, count: tokens.count * count)
    for (place, token) in tokens.enumerated() { numbers[place * count + token] = 1 }
    return numbers
  }
}

extension ServedModel {
  /// The model step by step.
  ///
  /// - Throws: `Problem` where it cannot be.
  fileprivate func streamed() throws(Problem) -> StreamingModel {
    guard let stream else {
      throw .impossible(
        "model '\(name)' cannot be read step by step; send whole sequences to /predict"
      )
    }
    return stream
  }
}
