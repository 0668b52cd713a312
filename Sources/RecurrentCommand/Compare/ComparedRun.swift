import Foundation
import Recurrent
import RecurrentData

/// A run that is compared with others, as its record has it.
struct ComparedRun {
  let folder: RunFolder
  let record: RunRecord
  /// What tells it from the others.
  var name: String

  /// Reads a run given by its name or its folder; it need not have come to its end.
  init(_ name: String) throws {
    folder = try RunFolder(existing: name)
    record = try RunRecord(of: folder)
    self.name = folder.name
  }

  /// Where it lies, whatever it was called by.
  var place: String { URL(filePath: folder.path).resolvingSymlinksInPath().standardized.path }

  /// Whether it came to its end.
  var isFinished: Bool { record.test != nil }

  /// The epoch with the lowest validation cost, the earliest of equals; nil without validation.
  var bestEpoch: RunRecord.Epoch? {
    var best: RunRecord.Epoch?
    for epoch in record.epochs {
      guard let cost = epoch.validationCost else { continue }
      if let lowest = best?.validationCost, lowest <= cost { continue }
      best = epoch
    }
    return best
  }

  /// The number of its trained numbers, by its model's file; nil if that cannot be read.
  var parameterCount: Int? {
    (try? SequenceModel(contentsOf: folder.model))?.parameterCount
  }

  /// The interval of the share told rightly in the test; nil where answers depend on one another.
  var testInterval: ShareInterval? {
    guard record.data.task == .classify, let test = record.test, let share = test.accuracy else {
      return nil
    }
    return ShareInterval(share: share, count: test.count)
  }

  /// Whether costs and accuracies of another are of the same examples and the same question.
  func isComparable(with other: ComparedRun) -> Bool {
    let (own, others) = (record, other.record)
    return own.dataFingerprint == others.dataFingerprint && own.data.task == others.data.task
      && (own.validationCount, own.testCount) == (others.validationCount, others.testCount)
      && own.data.splitSeed == others.data.splitSeed
  }
}
