#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import Recurrent
import RecurrentTestSupport
import Testing
import ThreadConfinement

struct RealTimeStreamTests {
  private static func model(
    _ hiddenSize: Int = 33,
    _ weights: StreamingWeights = .float32
  ) throws -> StreamingModel {
    try StreamingModel(
      SequenceModel.lstm(inputSize: 3, hiddenSize: hiddenSize, classes: 4, seed: 1),
      weights: weights
    )
  }

  private static func outputs(
    _ stream: inout RealTimeStream,
    _ count: Int,
    seed: UInt64 = 1
  ) -> [Float] {
    var numbers = SeededNumbers(seed)
    var result: [Float] = []
    for _ in 0..<count {
      let input = ContiguousArray(numbers.floats(3))
      var output = ContiguousArray<Float>(repeating: .nan, count: 4)
      var target = output.mutableSpan
      stream.step(input.span, output: &target)
      result += output
    }
    return result
  }

  @Test(arguments: StreamingWeights.allCases)
  func `it gives the bits of the model's steps, restarts, and is restored`(
    weights: StreamingWeights
  ) throws {
    let model = try Self.model(33, weights)
    var stream = RealTimeStream(model)
    let first = Self.outputs(&stream, 5)
    var state = model.makeState()
    var numbers = SeededNumbers(1)
    let want = (0..<5).flatMap { _ in model.step(numbers.floats(3), state: &state) }
    #expect(haveSameBits(first, want) && stream.state == state)

    let saved = stream.state
    let second = Self.outputs(&stream, 4, seed: 2)
    #expect(stream.state != saved && saved == state)
    stream.restore(saved)
    #expect(haveSameBits(Self.outputs(&stream, 4, seed: 2), second))
    stream.restart()
    #expect(haveSameBits(Self.outputs(&stream, 5), first))
    var other = RealTimeStream(model, at: saved)
    #expect(haveSameBits(Self.outputs(&other, 4, seed: 2), second))
  }

  @Test func `learned beginnings are what a stream restarts from`() throws {
    var random = RandomStream(seed: 1, purpose: .testing)
    var layer = LSTM(inputSize: 3, hiddenSize: 4, using: &random)
    layer.learnInitialState()
    layer.learnedState = LSTMCell.State(
      hidden: Tensor([0.1, 0.2, 0.3, 0.4], shape: [4]),
      cell: Tensor([1, -1, 2, -2], shape: [4])
    )
    let model = try StreamingModel(layers: [layer])
    var stream = RealTimeStream(model)
    let first = Self.outputs(&stream, 3)
    stream.restart()
    #expect(stream.state == model.makeState())
    #expect(haveSameBits(Self.outputs(&stream, 3), first))
  }

  @Test func `a state of other layers traps and says both`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var stream = RealTimeStream(try Self.model(5))
      stream.restore(try Self.model(6).makeState())
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(said.contains("LSTM 3 -> 5 cannot take a state of LSTM 3 -> 6"))
  }

  /// A stream with what it reads and writes, for a thread's own use.
  private final class Work {
    var stream: RealTimeStream
    var saved: StreamingModel.State
    let input: ContiguousArray<Float> = [0.5, -1, 2]
    var output: ContiguousArray<Float> = [0, 0, 0, 0]
    /// Steps that were taken; read by others when the thread has ended or stands still.
    var steps = 0

    init(_ model: StreamingModel) {
      stream = RealTimeStream(model)
      saved = stream.state
    }

    func run(_ count: Int) {
      let samples = input
      for _ in 0..<count {
        var target = output.mutableSpan
        stream.step(samples.span, output: &target)
        steps += 1
        if steps % 7 == 0 { stream.restore(saved) }
        if steps % 11 == 0 { stream.restart() }
      }
    }
  }

  @Test(
    .enabled("threads are confined by Linux alone") { confinement_is_available() },
    arguments: StreamingWeights.allCases
  )
  func `a thread that may not call the system takes its steps`(weights: StreamingWeights) async {
    await #expect(processExitsWith: .success) { [weights] in
      let work = Work(try Self.model(64, weights))
      work.run(3)
      let context = Unmanaged.passRetained(work).toOpaque()
      let hasEnded = confinement_runs_without_system_calls(
        { context in
          guard let context else { return }
          Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().run(2_000)
        },
        context,
        60
      )
      #expect(hasEnded, "a step asked the system for something")
      // The proof can fail.
      let fails = confinement_runs_without_system_calls(
        { _ in _ = getppid() },
        nil,
        2
      )
      #expect(!fails, "a thread that called the system came to its end")
    }
  }

  @Test func `nobody waits for a thread that stands still within a step`() throws {
    let model = try Self.model(64)
    let (stopped, other) = (Work(model), Work(model))
    let context = Unmanaged.passUnretained(stopped).toOpaque()
    let thread = stoppable_thread_start(
      { context in
        guard let context else { return }
        Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().run(1)
      },
      context
    )
    for round in 1...50 {
      guard stoppable_thread_stop(thread) else {
        Issue.record("the thread cannot be stopped")
        break
      }
      // If a step of the one held a lock here, no step of the other would end.
      other.run(20)
      #expect(other.steps == 20 * round)
      stoppable_thread_go_on(thread)
    }
    stoppable_thread_end(thread)
    #expect(stopped.steps > 0)
  }
}
