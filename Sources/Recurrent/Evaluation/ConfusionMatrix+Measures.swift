extension ConfusionMatrix {
  /// How well one class is told from all others.
  public struct ClassMeasures: Sendable, Equatable {
    /// The number of examples of the class.
    public let count: Int
    /// The share of those read as the class that are of it; 0 when nothing was read as it.
    public let precision: Double
    /// The share of the class's examples that were read as it; 0 when there is none.
    public let recall: Double

    /// The harmonic mean of precision and recall; 0 when both are.
    public var f1: Double {
      precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    }
  }

  /// How well each class is told from all others, in the order of the classes.
  public var classMeasures: [ClassMeasures] {
    counts.indices.map { label in
      let right = Double(counts[label][label])
      let count = counts[label].reduce(0, +)
      let told = counts.reduce(0) { $0 + $1[label] }
      return ClassMeasures(
        count: count,
        precision: told > 0 ? right / Double(told) : 0,
        recall: count > 0 ? right / Double(count) : 0
      )
    }
  }

  /// The mean recall of the classes that there are examples of; 0 when there is no example.
  ///
  /// It is what the accuracy would be if all classes were equally frequent.
  public var balancedAccuracy: Double {
    Self.mean(classMeasures.filter { $0.count > 0 }.map(\.recall))
  }

  /// The mean F1 of the classes that there are examples of, or that were told; 0 when there is none.
  public var macroF1: Double {
    let measures = classMeasures
    let present = measures.indices.filter { label in
      measures[label].count > 0 || counts.contains { $0[label] > 0 }
    }
    return Self.mean(present.map { measures[$0].f1 })
  }

  private static func mean(_ numbers: [Double]) -> Double {
    numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
  }
}
