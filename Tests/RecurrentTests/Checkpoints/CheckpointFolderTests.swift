import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct CheckpointFolderTests {
  private let place: TemporaryFolder
  private let folder: CheckpointFolder
  private let trainer: Trainer<SequenceModel>
  private let dataset = SequenceDataset.random(count: 40)

  init() throws {
    place = try TemporaryFolder()
    folder = CheckpointFolder(place.path + "/a/b", keeping: 2)
    let options = TrainingOptions(batchSize: 4, epochs: 9)
    trainer = Trainer(SequenceModel.stack([3]), optimizer: Adam(), options: options)
  }

  /// Takes steps and writes a checkpoint after each.
  private func write(steps: Int, best: Int? = nil) throws {
    for _ in 0..<steps {
      _ = try trainer.trainEpoch(on: dataset) { _ in trainer.pause() }
      try folder.write(Checkpoint(trainer.state), best: best)
    }
  }

  private func damage(step: Int) throws {
    try Data("{".utf8).write(to: URL(fileURLWithPath: folder.path(ofStep: step)))
  }

  @Test func `a folder that is not there has no checkpoint`() throws {
    #expect(folder.steps.isEmpty)
    #expect(try folder.newest() == nil)
  }

  @Test func `the latest ones stay, and the best`() throws {
    try write(steps: 1, best: 1)
    #expect(folder.steps == [1])
    try write(steps: 4, best: 1)
    #expect(folder.steps == [1, 4, 5])
    try write(steps: 7, best: 4)
    #expect(folder.steps == [4, 11, 12])
    try write(steps: 1)
    #expect(folder.steps == [12, 13])
  }

  @Test func `the newest is the one of the most steps, whatever the clock said`() throws {
    try write(steps: 2)
    for (step, year) in [(1, 2_000_000_000.0), (2, 1_000_000_000)] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: year)],
        ofItemAtPath: folder.path(ofStep: step)
      )
    }
    #expect(try folder.newest()?.checkpoint.state.step == 2)
    #expect(try folder.newest(atMost: 1)?.checkpoint.state.step == 1)
    #expect(try folder.newest(atMost: 0) == nil)
  }

  @Test func `a damaged one gives way to the one before, which is said`() throws {
    try write(steps: 2)
    try damage(step: 2)
    let found = try #require(try folder.newest())
    #expect(found.checkpoint.state.step == 1)
    #expect(found.damages.map(\.file) == [folder.path(ofStep: 2)])
    try damage(step: 1)
    let error = #expect(throws: FileError.self) { try folder.newest() }
    #expect(error?.file == folder.path(ofStep: 2))
  }

  @Test func `a damaged one of a later step drives out no whole one`() throws {
    let few = CheckpointFolder(folder.path, keeping: 1)
    try write(steps: 2)
    try Data("{".utf8).write(to: URL(fileURLWithPath: few.path(ofStep: 9)))
    _ = try trainer.trainEpoch(on: dataset) { _ in trainer.pause() }
    try few.write(Checkpoint(trainer.state))
    #expect(few.steps == [3, 9])
    #expect(try few.newest()?.checkpoint.state.step == 3)
  }

  @Test func `one under another's name is damaged`() throws {
    try write(steps: 2)
    try FileManager.default.copyItem(
      atPath: folder.path(ofStep: 1),
      toPath: folder.path(ofStep: 3)
    )
    let found = try #require(try folder.newest())
    #expect(found.checkpoint.state.step == 2)
    #expect(found.damages.map(\.problem) == ["is the checkpoint of step 1"])
  }

  @Test func `other files in the folder are left alone`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path,
      withIntermediateDirectories: true
    )
    let names = ["step-1.safetensors", "step--00000001.safetensors", "step-x.safetensors", "notes"]
    for name in names {
      try Data().write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }
    #expect(folder.steps.isEmpty)
    try write(steps: 3)
    let found = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(names).isSubset(of: found))
    #expect(folder.steps == [2, 3])
  }
}
