import Dispatch
import Recurrent
import Synchronization

/// A stream of steps that a model reads, and the state after the last of them.
///
/// What changes it takes its turn: one after another, in the order in which they came.
final class Session: Sendable {
  /// What a session is at some step; a value.
  struct Content: Sendable {
    var stream: StreamingModel.State
    var input = SessionInput()
    var steps = 0
    /// The logits after the last step; empty before the first.
    var logits: [Float] = []
  }

  private struct State {
    /// Nil while somebody changes it.
    var content: Content?
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var steps: Int
    var logits: [Float]
    var lastUse: Double
    var isOpen = true
    var listeners: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
    var nextListener = 0
  }

  /// Fewer steps are taken at once where they are asked for; more would keep others waiting.
  private static let fewSteps = 32
  /// The events that a listener may be behind; one that is slower is left.
  private static let mostEvents = 4_096

  let id: String
  let model: ServedModel
  private let state: Mutex<State>

  init(id: String, model: ServedModel, content: Content, now: Double) {
    (self.id, self.model) = (id, model)
    state = Mutex(
      State(content: content, steps: content.steps, logits: content.logits, lastUse: now)
    )
  }

  /// The number of steps that were read, and the logits after the last.
  var progress: (steps: Int, logits: [Float]) { state.withLock { ($0.steps, $0.logits) } }

  /// When it was used last; nil while it is in use.
  var idleSince: Double? { state.withLock { $0.isTaken ? nil : $0.lastUse } }

  func use(at now: Double) { state.withLock { $0.lastUse = now } }

  /// Ends the session and the streams of its events.
  func close() {
    let listeners = state.withLock { state in
      state.isOpen = false
      defer { state.listeners = [:] }
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }

  /// Does what reads or changes the content, when it is its turn.
  ///
  /// - Throws: `Problem` where the session has ended, and what `body` throws.
  func changed<Result: Sendable>(
    at now: @Sendable () -> Double,
    _ body: @Sendable (inout Content) async throws -> Result
  ) async throws -> Result {
    await takeTurn()
    defer { endTurn(now()) }
    let content = state.withLock { state in state.isOpen ? state.content.take() : nil }
    guard var content else { throw SessionStore.unknown(id) }
    defer {
      state.withLock { state in
        (state.steps, state.logits) = (content.steps, content.logits)
        state.content = content
      }
    }
    return try await body(&content)
  }

  private func takeTurn() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isTaken { state.waiting.append(continuation) }
        defer { state.isTaken = true }
        return !state.isTaken
      }
      if isFree { continuation.resume() }
    }
  }

  private func endTurn(_ now: Double) {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.lastUse = now
      if state.waiting.isEmpty {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }

  /// Reads steps, `[step, feature]`, and returns the logits after each, `[step, output]`.
  static func run(
    _ model: StreamingModel,
    _ numbers: [Float],
    _ content: inout Content
  ) async -> [Float] {
    let count = numbers.count / model.inputSize
    if count <= fewSteps { return step(model, numbers, &content) }
    let before = content
    let (after, logits) = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var content = before
        let logits = step(model, numbers, &content)
        continuation.resume(returning: (content, logits))
      }
    }
    content = after
    return logits
  }

  private static func step(
    _ model: StreamingModel,
    _ numbers: [Float],
    _ content: inout Content
  ) -> [Float] {
    var logits: [Float] = []
    logits.reserveCapacity(numbers.count / model.inputSize * model.outputSize)
    var output = [Float](repeating: 0, count: model.outputSize)
    for start in stride(from: 0, to: numbers.count, by: model.inputSize) {
      let input = Array(numbers[start..<start + model.inputSize])
      model.step(input, state: &content.stream, output: &output)
      logits += output
      content.steps += 1
    }
    content.logits = output
    return logits
  }

  // MARK: Events

  /// Whether anybody listens.
  var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }

  /// The events from now on, with a comment after each `pause`; ended already where the session has.
  func events(pause: Duration) -> AsyncStream<[UInt8]> {
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.mostEvents)
    )
    let number = state.withLock { state -> Int? in
      guard state.isOpen else { return nil }
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    let comments = Task {
      while true {
        try await Task.sleep(for: pause)
        continuation.yield(ServerEvent.comment)
      }
    }
    continuation.onTermination = { [weak self] _ in
      comments.cancel()
      self?.state.withLock { $0.listeners[number] = nil }
    }
    return stream
  }

  /// Tells an event to all who listen.
  func tell(_ event: [UInt8]) {
    // Who ends a stream is called back, and wants the lock.
    for listener in state.withLock({ Array($0.listeners.values) }) {
      if case .dropped = listener.yield(event) { listener.finish() }
    }
  }
}
