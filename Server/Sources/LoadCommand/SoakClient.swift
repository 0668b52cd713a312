import Foundation
import LoopbackClient
import Recurrent

/// A client that does all kinds of things by chance, and checks every answer.
struct SoakClient {
  enum Action: String, CaseIterable, Sendable {
    case predictBinary = "predictions in bytes"
    case predictJSON = "predictions in JSON"
    case open = "sessions opened"
    case push = "pushes of steps"
    case look = "looks at sessions"
    case fork = "forks"
    case snapshot = "snapshots"
    case restore = "snapshots restored"
    case revive = "sessions opened from snapshots"
    case listen = "events listened to"
    case delete = "sessions deleted"
  }

  struct Result: Sendable {
    var counts: [Action: Int] = [:]
    var problem: String?
  }

  private static let mostSessions = 8
  private static let mostSnapshots = 4
  private static let mostSteps = 6

  private let target: Target
  private let examples: KnownExamples
  private let stream: StreamingModel
  /// The questions of each form.
  private let questions: [[Question]]
  private let number: Int
  private var random: RandomStream
  private var sessions: [OpenSession] = []
  private var snapshots: [SessionSnapshot] = []

  init(
    _ target: Target,
    _ examples: KnownExamples,
    _ stream: StreamingModel,
    _ questions: [[Question]],
    seed: UInt64,
    number: Int
  ) {
    (self.target, self.examples, self.stream) = (target, examples, stream)
    (self.questions, self.number) = (questions, number)
    random = RandomStream(seed: seed, purpose: .testing, index: UInt32(truncatingIfNeeded: number))
  }

  /// Goes on until it is time, and deletes what it opened.
  mutating func run(until end: ContinuousClock.Instant) -> Result {
    var result = Result()
    do {
      let connection = try SessionConnection(target)
      while ContinuousClock.now < end {
        let action = Action.allCases.randomElement(using: &random) ?? .look
        if try act(action, connection) { result.counts[action, default: 0] += 1 }
      }
      for session in sessions {
        try connection.look(at: session)
        try connection.delete(session)
        result.counts[.delete, default: 0] += 1
      }
    } catch {
      result.problem = "client \(number): \(error)"
    }
    return result
  }

  /// Does something; returns false where there is nothing to do it with.
  private mutating func act(_ action: Action, _ connection: SessionConnection) throws -> Bool {
    let chosen = sessions.indices.randomElement(using: &random)
    let hasRoom = sessions.count < Self.mostSessions
    switch action {
    case .predictBinary, .predictJSON:
      let forms = questions[action == .predictBinary ? 0 : 1]
      guard let question = forms.randomElement(using: &random) else { return false }
      try connection.ask(question)
    case .open:
      guard hasRoom else { return false }
      sessions.append(try connection.open(stream))
    case .push:
      guard let chosen else { return false }
      try connection.push(steps(), on: &sessions[chosen], stream)
    case .look:
      guard let chosen else { return false }
      try connection.look(at: sessions[chosen])
    case .fork:
      guard let chosen, hasRoom else { return false }
      sessions.append(try connection.fork(sessions[chosen]))
    case .snapshot:
      guard let chosen else { return false }
      if snapshots.count == Self.mostSnapshots { snapshots.removeFirst() }
      snapshots.append(try connection.snapshot(of: sessions[chosen]))
    case .restore:
      guard let chosen, let snapshot = snapshots.randomElement(using: &random) else { return false }
      try connection.restore(snapshot, in: &sessions[chosen])
    case .revive:
      guard hasRoom, let snapshot = snapshots.randomElement(using: &random) else { return false }
      sessions.append(try connection.open(stream, snapshot))
    case .listen:
      guard let chosen else { return false }
      let listener = try SessionConnection(target)
      try listener.listen(to: sessions[chosen])
      let before = sessions[chosen].steps
      try connection.push(steps(), on: &sessions[chosen], stream)
      for step in before..<sessions[chosen].steps { try listener.expectStep(step + 1) }
    case .delete:
      guard let chosen else { return false }
      try connection.delete(sessions.remove(at: chosen))
    }
    return true
  }

  /// Some steps of an example, one after another.
  private mutating func steps() -> [Float] {
    let example = examples.all[Int.random(in: 0..<examples.all.count, using: &random)]
    let count = example.input.count / examples.features
    let first = Int.random(in: 0..<count, using: &random)
    let last = min(count, first + Int.random(in: 1...Self.mostSteps, using: &random))
    return Array(example.input[first * examples.features..<last * examples.features])
  }
}
