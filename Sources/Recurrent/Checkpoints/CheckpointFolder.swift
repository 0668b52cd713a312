#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The checkpoints of a training in a folder of their own: the latest few, and one that is kept.
///
///     let folder = CheckpointFolder("checkpoint", keeping: 3)
///     try folder.write(Checkpoint(trainer.state))
///     ...
///     if let found = try folder.newest() { try trainer.restore(found.checkpoint.state) }
///
/// A checkpoint's file has its step's number in its name; no clock decides which is newer.
public struct CheckpointFolder: Sendable {
  /// The folder's path.
  public let path: String
  /// How many of the latest checkpoints stay.
  public let count: Int

  /// A checkpoint that was found whole.
  public struct Found: Sendable {
    /// The checkpoint.
    public let checkpoint: Checkpoint
    /// Its file.
    public let path: String
    /// What was wrong with the newer ones, the newest first.
    public let damages: [FileError]

    package init(checkpoint: Checkpoint, path: String, damages: [FileError] = []) {
      self.checkpoint = checkpoint
      self.path = path
      self.damages = damages
    }
  }

  private static let (prefix, suffix) = ("step-", ".safetensors")

  /// Names a folder, which is made when the first checkpoint is written.
  ///
  /// - Precondition: At least one checkpoint is kept.
  public init(_ path: String, keeping count: Int = 3) {
    require(count > 0, "a CheckpointFolder keeps at least one checkpoint, got \(count)")
    self.path = path
    self.count = count
  }

  /// Writes a checkpoint and removes those that are too many.
  ///
  /// The old ones are there until the new one is whole and flushed. The checkpoint of step `best`
  /// stays beside the latest ones, and so do those of later steps than the new one's.
  ///
  /// - Throws: `FileError` when it cannot be written; the others are then there still.
  public func write(_ checkpoint: Checkpoint, best: Int? = nil) throws(FileError) {
    try? FileManager.default.createDirectory(
      atPath: path,
      withIntermediateDirectories: true
    )
    try checkpoint.write(to: path(ofStep: checkpoint.state.step))
    // Later ones are of a training that went further, which is gone through again: they count for
    // nothing, but may still be whole.
    let past = steps.filter { $0 <= checkpoint.state.step }
    for step in past.dropLast(count) where step != best {
      try? FileManager.default.removeItem(atPath: path(ofStep: step))
    }
  }

  /// The steps after which there are checkpoints, in order.
  public var steps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
      let digits = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
      return Int(digits).flatMap { Self.name(ofStep: $0) == name ? $0 : nil }
    }
    .sorted()
  }

  /// The file of the checkpoint after so many steps.
  public func path(ofStep step: Int) -> String { "\(path)/\(Self.name(ofStep: step))" }

  /// Reads the newest checkpoint that is whole, of those after at most `last` steps; nil if there is
  /// none.
  ///
  /// - Throws: `FileError`, the newest one's, when there are checkpoints but none is whole.
  public func newest(atMost last: Int = .max) throws(FileError) -> Found? {
    var damages: [FileError] = []
    for step in steps.reversed() where step <= last {
      let path = path(ofStep: step)
      do throws(FileError) {
        let checkpoint = try Checkpoint(contentsOf: path)
        guard checkpoint.state.step == step else {
          throw FileError("is the checkpoint of step \(checkpoint.state.step)", file: path)
        }
        return Found(checkpoint: checkpoint, path: path, damages: damages)
      } catch {
        damages.append(error)
      }
    }
    if let first = damages.first { throw first }
    return nil
  }

  private static func name(ofStep step: Int) -> String {
    let digits = "\(step)"
    return prefix + String(repeating: "0", count: max(0, 9 - digits.count)) + digits + suffix
  }
}
