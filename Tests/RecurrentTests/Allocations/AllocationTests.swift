import AllocationCounter
import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

// Counted in processes of their own, where no other test allocates. The environment variable
// ALLOCATION_TRACES adds to a failure where the memory was asked for.
@Suite(
  .enabled("allocations can only be counted with glibc and without sanitizers") {
    allocation_counter_is_available()
  }
)
struct AllocationTests {
  private static func allocations(_ body: () throws -> Void) rethrows -> Int64 {
    allocation_counter_start()
    defer { _ = allocation_counter_stop() }
    try body()
    return allocation_counter_stop()
  }

  /// Prints the traces that a process of its own wrote.
  private func printTraces(of result: ExitTest.Result?) {
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self), terminator: "")
  }

  @Test func `allocations made on purpose are counted, on any thread`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      var arrays = [[Float](repeating: 0, count: 1)]
      arrays.reserveCapacity(20)
      let none = Self.allocations {}
      #expect(none == 0, "nothing made \(none) allocations")
      let ten = Self.allocations {
        for size in 1...10 { arrays.append([Float](repeating: 0, count: size)) }
      }
      #expect(ten == 10, "10 arrays made \(ten) allocations")
      // Written to memory, since an optimizer leaves out an allocation that nothing uses.
      nonisolated(unsafe) let blocks = UnsafeMutableBufferPointer<UnsafeMutableRawPointer?>
        .allocate(capacity: 8)
      let ways = Self.allocations {
        blocks[0] = malloc(8)
        blocks[1] = calloc(1, 8)
        blocks[2] = realloc(nil, 8)
        blocks[3] = aligned_alloc(64, 64)
        blocks[4] = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
      }
      #expect(ways == 5, "5 ways to allocate made \(ways) allocations")
      for block in blocks[..<5] { free(block) }
      let elsewhere = Self.allocations {
        DispatchQueue.concurrentPerform(iterations: 8) { blocks[$0] = malloc(8) }
      }
      #expect(elsewhere >= 8, "8 pieces of work made \(elsewhere) allocations")
      for block in blocks { free(block) }
      blocks.deallocate()
    }
    printTraces(of: result)
  }

  /// The layers of a model.
  enum Kind: Codable, CaseIterable {
    case rnn, lstm, normalisedLSTM

    /// Layers of these sizes with a head.
    func stack(_ sizes: [Int]) -> SequenceModel {
      .stack(
        sizes,
        isLSTM: self != .rnn,
        options: LSTMCell.Options(normalizesLayers: self == .normalisedLSTM)
      )
    }
  }

  @Test(arguments: [[16], [128], [37, 5]], Kind.allCases)
  func `a streamed step allocates nothing`(sizes: [Int], kind: Kind) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [sizes, kind] in
      for hasHead in [false, true] {
        let trained = kind.stack(sizes)
        let model =
          hasHead ? try StreamingModel(trained) : try StreamingModel(layers: trained.layers)
        var state = model.makeState()
        let input: ContiguousArray<Float> = [0.5, -1, 2]
        var output = ContiguousArray<Float>(repeating: 0, count: model.outputSize)
        let inputArray = Array(input)
        var outputArray = Array(output)
        func takeSteps(_ count: Int) {
          for _ in 0..<count {
            var target = output.mutableSpan
            model.step(input.span, state: &state, output: &target)
            model.step(inputArray, state: &state, output: &outputArray)
          }
        }
        takeSteps(2)
        let usual = Self.allocations { takeSteps(1_000) }
        #expect(usual == 0, "1,000 steps made \(usual) allocations")
        // An object and its floats, once, for the state that is no longer shared.
        let fork = state
        let first = Self.allocations { takeSteps(1) }
        let later = Self.allocations { takeSteps(1_000) }
        #expect(first == 2 && later == 0, "after a fork: \(first), then \(later) allocations")
        withExtendedLifetime(fork) {}
      }
    }
    printTraces(of: result)
  }

  @Test(arguments: StreamingWeights.allCases, Kind.allCases)
  func `steps in 8 bits, of many streams and in real time allocate nothing`(
    weights: StreamingWeights,
    kind: Kind
  ) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [weights, kind] in
      let model = try StreamingModel(kind.stack([37, 5]), weights: weights)
      let input: ContiguousArray<Float> = [0.5, -1, 2]
      var output = ContiguousArray<Float>(repeating: 0, count: model.outputSize)
      var stream = RealTimeStream(model)
      let saved = stream.state
      var batch = StreamBatch(model, capacity: 3)
      var states = (0..<5).map { _ in model.makeState() }
      let inputs = [Float](repeating: 0.5, count: 5 * model.inputSize)
      var outputs = [Float](repeating: 0, count: 5 * model.outputSize)
      func takeSteps(_ count: Int) {
        for _ in 0..<count {
          var target = output.mutableSpan
          stream.step(input.span, output: &target)
          batch.step(inputs, states: &states, outputs: &outputs)
        }
        stream.restore(saved)
        stream.restart()
      }
      takeSteps(2)
      let usual = Self.allocations { takeSteps(200) }
      #expect(usual == 0, "200 steps made \(usual) allocations")
    }
    printTraces(of: result)
  }

  #if DEBUG
  private static let isOptimised = false
  #else
  private static let isOptimised = true
  #endif

  /// A way of training.
  struct Way: Codable, Sendable {
    var kind = Kind.lstm
    var precision = Precision.float32
    var augmentation: String?
    /// Whether the model sweeps over overlapping patches.
    var isSweeping = false

    /// The model that is trained.
    var model: SequenceModel { isSweeping ? .sweeping() : kind.stack([16, 20]) }
  }

  // Consecutive examples are read in place, others gathered; the last batch is short. A thread that
  // starts late allocates late: a hundred rounds are time enough.
  @Test(
    .enabled(if: isOptimised, "without optimisation the standard library's loops allocate"),
    arguments: [1, 2],
    [
      Way(), Way(precision: .bfloat16), Way(kind: .normalisedLSTM),
      Way(kind: .normalisedLSTM, precision: .bfloat16), Way(isSweeping: true),
      Way(
        augmentation:
          "affine,elastic,cutout,time-shift,time-warp,time-cutout,scaling:per-feature=yes,noise"
      ),
    ]
  )
  func `a training step allocates nothing after warm-up`(
    threads: Int,
    way: Way
  ) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [threads, way] in
      let dataset = SequenceDataset.random(count: 256)
      let trainer = Trainer(
        way.model,
        optimizer: Adam(learningRate: 0.01),
        options: TrainingOptions(
          threads: threads,
          clipNorm: 1,
          precision: way.precision,
          augmentation: try way.augmentation.map { try Augmentation($0) }
        )
      )
      let batches = [Array(0..<128), (0..<128).map { $0 * 37 % 256 }, Array(200..<251)]
      func trainRounds(_ count: Int) throws {
        for _ in 1...count {
          for batch in batches { try trainer.trainBatch(on: dataset, at: batch) }
        }
      }
      try trainRounds(100)
      let steps = try Self.allocations { try trainRounds(10) }
      #expect(steps == 0, "30 training steps made \(steps) allocations")
    }
    printTraces(of: result)
  }

  @Test(
    .enabled(if: isOptimised, "without optimisation the standard library's loops allocate"),
    arguments: [
      "momentum", "Nesterov", "RMSprop", "Adagrad", "AMSGrad", "AdamW", "Lion",
    ]
  )
  func `a step of every optimizer, with an average and limits, allocates nothing`(
    name: String
  ) async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [name] in
      let optimizer: any Optimizer =
        switch name {
        case "momentum": GradientDescent(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01)
        case "Nesterov": GradientDescent(learningRate: 0.1, momentum: 0.9, isNesterov: true)
        case "RMSprop": RMSprop(momentum: 0.9, isCentred: true)
        case "Adagrad": Adagrad()
        case "AMSGrad": Adam(isAMSGrad: true)
        case "AdamW": AdamW()
        default: Lion()
        }
      let dataset = SequenceDataset.random(count: 64)
      let trainer = Trainer(
        SequenceModel.stack([16]),
        optimizer: optimizer,
        options: TrainingOptions(
          threads: 1,
          clipNorm: 1,
          clipValue: 0.1,
          labelSmoothing: 0.1,
          averageDecay: 0.9
        )
      )
      let batch = Array(0..<64)
      for _ in 1...10 { try trainer.trainBatch(on: dataset, at: batch) }
      let steps = try Self.allocations {
        for _ in 1...20 { try trainer.trainBatch(on: dataset, at: batch) }
      }
      #expect(steps == 0, "20 training steps made \(steps) allocations")
    }
    printTraces(of: result)
  }
}
