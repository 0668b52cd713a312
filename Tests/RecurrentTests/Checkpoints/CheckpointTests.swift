import Recurrent
import RecurrentTestSupport
import Testing

struct CheckpointTests {
  /// A checkpoint within an epoch, with everything in it that there can be.
  static func example() throws -> Checkpoint {
    let dataset = SequenceDataset.random(count: 40)
    var options = TrainingOptions(batchSize: 16, epochs: 2, averageDecay: 0.9)
    options.schedule = ReduceOnPlateau()
    let trainer = Trainer(SequenceModel.stack([3]), optimizer: Adam(), options: options)
    _ = try trainer.trainEpoch(on: dataset)
    trainer.observe(.infinity)
    trainer.observe(0.1)
    _ = try trainer.trainEpoch(on: dataset, order: Array(0..<40)) { _ in trainer.pause() }
    return Checkpoint(
      trainer.state,
      arrays: ["hidden": Tensor([1, -0.0, .nan], shape: [1, 3])],
      notes: ["run": "\"a\"\n\u{1F40C}", "": ""]
    )
  }

  @Test func `what is written is read again`() throws {
    let folder = try TemporaryFolder()
    let checkpoint = try Self.example()
    let path = folder.path + "/a.safetensors"
    try checkpoint.write(to: path)
    let read = try Checkpoint(contentsOf: path)
    #expect(read.notes == checkpoint.notes)
    #expect(read.arrays["hidden"]?.shape == [1, 3])
    #expect(
      read.arrays["hidden"]?.elements.map(\.bitPattern)
        == checkpoint.arrays["hidden"]?.elements.map(\.bitPattern)
    )
    #expect(read.state.epoch == 2 && read.state.step == 4 && read.state.stepWithinEpoch == 1)
    #expect(read.safetensors.bytes == checkpoint.safetensors.bytes)
    #expect(try WholeFile.contents(of: path) == checkpoint.safetensors.bytes)
  }

  @Test func `other programs find the arrays under the parameters' names`() throws {
    let file = try Self.example().safetensors
    for prefix in ["model/", "average/"] {
      #expect(file.entries[prefix + "lstm.weight_hh_l0"]?.shape == [12, 3])
    }
    #expect(file.entries["optimizer/head.bias/exp_avg_sq"]?.shape == [3])
  }

  @Test func `a checkpoint that is cut anywhere is refused`() throws {
    let bytes = try Self.example().safetensors.bytes
    let lengths = Array(stride(from: 0, to: bytes.count, by: 512)) + [1, 7, 8, 9, bytes.count - 1]
    for length in lengths {
      expectRefusal(of: Array(bytes.prefix(length)), "cut to \(length) bytes")
    }
    expectRefusal(of: bytes + [0], "one byte more")
  }

  @Test func `a checkpoint with any byte changed is refused`() throws {
    let bytes = try Self.example().safetensors.bytes
    var numbers = SeededNumbers(3)
    // Every byte of the header's beginning and end, and places all over.
    let header =
      8 + bytes.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let places =
      Array(0..<300) + Array(header - 40..<header + 40)
      + numbers.integers(600, in: 0...bytes.count - 1)
    for place in places {
      var changed = bytes
      changed[place] ^= UInt8(1 << numbers.integers(1, in: 0...7)[0])
      expectRefusal(of: changed, "byte \(place) changed")
    }
  }

  private func expectRefusal(of bytes: [UInt8], _ change: String) {
    do throws(FileError) {
      _ = try Checkpoint(bytes: bytes, path: "a.safetensors")
      Issue.record("\(change) was read")
    } catch {
      #expect(error.description.hasPrefix("a.safetensors"), "\(change)")
      #expect(!error.description.contains("\n"), "\(change)")
    }
  }

  @Test func `a model's file is no checkpoint`() {
    let error = #expect(throws: FileError.self) {
      try Checkpoint(SequenceModel.stack([3]).safetensors)
    }
    #expect(error?.problem == "is no checkpoint")
  }
}
