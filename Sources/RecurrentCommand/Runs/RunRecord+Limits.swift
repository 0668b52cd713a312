import Recurrent
import RecurrentData

// A record is a file, and may hold any number; only what a run can have had is taken, so that
// nothing that is computed from a record traps or asks for memory without end.
extension RunRecord {
  /// Whether a run can have had these numbers; its recipe is checked on its own.
  var isPossible: Bool {
    let sizes = 1...65_536
    // Names of classes are printed as they are, and may hold no terminal codes; those of tokens never
    // are.
    let characters = classNames.joined().unicodeScalars
    return sizes.contains(steps) && sizes.contains(features) && sizes.contains(classNames.count)
      && (data.task == .languageModel
        || !characters.contains { $0.properties.generalCategory == .control })
      && trainingCount > 0 && validationCount >= 0 && testCount >= 0
      && (testCount > 0 || data.task == .languageModel && validationCount > 0)
      && (validationCount > 0 || recipe.patience == nil && epochs.allSatisfy(\.isUnvalidated))
      && data.name.isFile == (data.path != nil)
      && (data.name != .text || features == classNames.count)
      && data.validationShare.map { $0 > 0 && $0 < 1 } ?? true
      && (1...1024).contains(threads)
      && hasPossibleLag
      && data.drawnCount.map(DataSelection.drawnCounts.contains) ?? true
      && epochs.count <= recipe.epochs
      && epochs.allSatisfy {
        ($0.validationCost?.isFinite ?? true) && $0.cost.isFinite && $0.hasPossibleMeasures
      }
      && data.choice.map { 1...65_536 ~= $0.timesPerStep } ?? true
  }
}

extension RunRecord {
  /// Whether the data have a lag if, and only if, they are a task for the memory, and one it has.
  private var hasPossibleLag: Bool {
    guard let task = data.name.memoryTask else { return data.lag == nil }
    return data.lag.map { task.leastLag...DataSelection.mostLag ~= $0 } ?? false
  }
}

extension RunRecord.Epoch {
  /// Whether there was nothing to validate.
  fileprivate var isUnvalidated: Bool { validationCost == nil && validationAccuracy == nil }
}
