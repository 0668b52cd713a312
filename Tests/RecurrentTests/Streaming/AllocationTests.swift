import AllocationCounter
import Recurrent
import RecurrentTestSupport
import Testing

/// Counted in processes of their own, where no other test allocates.
@Suite(
  .enabled("allocations can only be counted with glibc and without sanitizers") {
    allocation_counter_is_available()
  }
)
struct AllocationTests {
  /// Prints the count, for the parent process to say, and fails the process unless it is `want`.
  private static func count(_ body: () throws -> Void) rethrows -> Int64 {
    allocation_counter_start()
    defer { allocation_counter_stop() }
    try body()
    return allocation_counter_stop()
  }

  @Test func `allocations made on purpose are counted`() async {
    await #expect(processExitsWith: .success) {
      var arrays: [[Float]] = []
      arrays.reserveCapacity(10)
      let none = Self.count {}
      let ten = Self.count { for size in 1...10 { arrays.append(Array(repeating: 1, count: size)) } }
      // A tensor has an object, an aligned block, and an array of extents.
      var tensor = Tensor(0)
      let three = Self.count { tensor = .zeros([2, arrays.count]) }
      #expect(none == 0 && ten == 10 && three >= 3 && tensor.count == 20)
    }
  }

  @Test(arguments: [[16], [128], [37, 5]], [false, true])
  func `a streamed step allocates nothing`(sizes: [Int], isLSTM: Bool) async {
    await #expect(processExitsWith: .success) { [sizes, isLSTM] in
      let model = try StreamingModel(SequenceModel.stack(sizes, isLSTM: isLSTM, features: 3))
      var state = model.makeState()
      let input: ContiguousArray<Float> = [0.5, -1, 2]
      var output: ContiguousArray<Float> = [0, 0, 0]
      let inputArray = Array(input)
      var outputArray = Array(output)
      func steps(_ count: Int) {
        for _ in 0..<count {
          var target = output.mutableSpan
          model.step(input.span, state: &state, output: &target)
          model.step(inputArray, state: &state, output: &outputArray)
        }
      }
      steps(2)
      #expect(Self.count { steps(1_000) } == 0)
      let saved = state
      #expect(Self.count { steps(1) } > 0, "the first step after a copy makes room for it")
      #expect(Self.count { steps(1_000) } == 0)
      #expect(saved != state)
    }
  }

  @Test(.disabled("the training engine still makes arrays at every step"))
  func `a training step allocates nothing after warm-up`() async {
    await #expect(processExitsWith: .success) {
      let dataset = SequenceDataset.random(count: 256)
      let trainer = Trainer(
        SequenceModel.stack([16, 20]),
        optimizer: Adam(learningRate: 0.01),
        options: TrainingOptions(batchSize: 128, threads: 2, clipNorm: 1)
      )
      let batches = [Array(0..<128), Array(128..<256)]
      for batch in batches + batches { try trainer.trainBatch(on: dataset, at: batch) }
      let allocations = try Self.count {
        for batch in batches { try trainer.trainBatch(on: dataset, at: batch) }
      }
      #expect(allocations == 0)
    }
  }
}
