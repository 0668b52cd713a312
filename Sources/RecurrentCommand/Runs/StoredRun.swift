import Recurrent

/// What a run's folder says of the run, the newest whole checkpoint before anything else.
struct StoredRun {
  /// The record; that of the checkpoint if there is one.
  let record: RunRecord
  /// The checkpoint; nil if none is whole, or the run has none.
  let checkpoint: CheckpointFolder.Found?
  /// What was found damaged, and what is used instead, a line each.
  var remarks: [String] = []
  /// Whether the run came to its end.
  let isFinished: Bool

  /// Reads the newest checkpoint of those after at most `last` steps.
  ///
  /// - Throws: `CommandFailure` when neither a checkpoint nor the record can be read, or they are of
  ///   different runs.
  init(_ folder: RunFolder, atMost last: Int = .max) throws {
    var damages: [FileError] = []
    do throws(FileError) {
      checkpoint = try CheckpointFolder(folder.checkpoints).newest(atMost: last)
      damages = checkpoint?.damages ?? []
    } catch {
      checkpoint = nil
      damages = [error]
    }
    for damage in damages {
      remarks.append("\(damage); going on from \(Self.words(for: checkpoint))")
    }
    let own = Result { try RunRecord(of: folder) }
    isFinished = (try? own.get())?.test != nil
    guard let checkpoint else {
      var first = try own.get()
      first.epochs = []
      first.test = nil
      first.assessment = nil
      first.bestEpoch = nil
      record = first
      return
    }
    record = try RunCheckpoints.record(of: checkpoint.checkpoint, at: checkpoint.path)
    switch own {
    case .failure(let error):
      remarks.append("\(error); the checkpoint's is used")
    case .success(let own):
      let differences = record.differences(from: own)
      guard differences.isEmpty else {
        throw CommandFailure(
          """
          \(folder.record): is not the record of \(checkpoint.path): \
          \(differences.joined(separator: ", ")); put the record back that was there
          """
        )
      }
    }
    if record.version != Version.text {
      remarks.append(
        "The run was begun with version \(record.version); version \(Version.text) may round otherwise."
      )
    }
  }

  /// Takes what another process read.
  init(_ record: RunRecord, _ checkpoint: Checkpoint?, path: String) {
    self.record = record
    self.checkpoint = checkpoint.map { CheckpointFolder.Found(checkpoint: $0, path: path) }
    isFinished = false
  }

  private static func words(for checkpoint: CheckpointFolder.Found?) -> String {
    checkpoint.map { "the checkpoint before, of step \($0.checkpoint.state.step)" }
      ?? "the beginning"
  }
}
