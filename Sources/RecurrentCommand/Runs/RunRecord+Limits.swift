import Recurrent

// A record is a file, and may hold any number; only what a run can have had is taken, so that
// nothing that is computed from a record traps or asks for memory without end.
extension RunRecord {
  /// Whether a run can have had these numbers; its recipe is checked on its own.
  var isPossible: Bool {
    let sizes = 1...65_536
    // Names are printed as they are, and may hold no terminal codes.
    let characters = classNames.joined().unicodeScalars
    return sizes.contains(steps) && sizes.contains(features) && !classNames.isEmpty
      && !characters.contains { $0.properties.generalCategory == .control }
      && [trainingCount, validationCount, testCount].allSatisfy { $0 > 0 }
      && (1...1024).contains(threads)
      && data.drawnCount.map(DataSelection.drawnCounts.contains) ?? true
      && epochs.count <= recipe.epochs
      && epochs.allSatisfy { $0.validationCost.isFinite && $0.cost.isFinite }
  }
}
