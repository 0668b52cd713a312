import Recurrent
import RecurrentData

extension TrainedRun {
  /// Loads the data that the run was trained beside, from another place if one is named.
  ///
  /// - Throws: `CommandFailure` when they are others than then.
  func ownData(at place: String?) async throws -> RunData {
    let selection = try record.data.moved(to: place)
    let data = try await selection.load(
      for: record.recipe,
      // The run's preparation comes out the same, but that a table names its columns.
      preparedBy: preparation?.table == nil ? nil : preparation
    )
    guard data.fingerprint == record.dataFingerprint else {
      throw CommandFailure(
        """
        the \(selection.title) examples are not those the run was trained beside \
        (SHA-256 \(data.fingerprint.prefix(12))..., then \
        \(record.dataFingerprint.prefix(12))...); put those back, or name where they are with --data
        """
      )
    }
    return data
  }
}

extension RunData {
  /// The examples of a part, by default those a finished model is judged on, and what they are called.
  func part(
    _ part: EvaluateCommand.Part?,
    of title: String
  ) throws -> (examples: SequenceDataset, name: String) {
    let part = part ?? (test == nil ? .validation : .test)
    guard let examples = part == .test ? test : validation else {
      let other = part == .test ? EvaluateCommand.Part.validation : .test
      throw CommandFailure(
        "\(title) has no \(part.rawValue) examples; use --on \(other.rawValue)"
      )
    }
    return (examples, part.rawValue)
  }
}

extension SequenceDataset {
  /// The places of at most so many examples, spread over all.
  func places(atMost limit: Int) -> [Int] {
    let chosen = min(limit, count)
    return (0..<chosen).map { $0 * count / chosen }
  }
}

extension ResultFolder {
  /// The folder that was asked for, made anew; without one that of a run.
  init(new asked: String?, otherwise run: RunFolder) throws {
    if let asked {
      self = try ResultFolder(new: asked, otherwise: asked)
    } else {
      self.init(of: run)
    }
  }
}
