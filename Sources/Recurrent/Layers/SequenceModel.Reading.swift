extension SequenceModel {
  /// In which way a model reads a sequence `[time, features]`: a grid, such as an image, can be read
  /// across its rows or across its columns.
  public enum Reading: String, Sendable, Codable, CaseIterable {
    /// Row by row, as it is given: step t is row t.
    case rows
    /// Column by column: step t is column t. All rows of a batch have all their steps.
    case columns
    /// Both at once, of a square grid: step t is row t and, after it, column t.
    case rowsAndColumns
  }
}

extension SequenceModel.Reading {
  /// The steps and the features that are read of `steps` steps of `features` features; nil where
  /// this way of reading does not fit them.
  package func size(steps: Int, features: Int) -> (steps: Int, features: Int)? {
    switch self {
    case .rows: (steps, features)
    case .columns: (features, steps)
    case .rowsAndColumns:
      steps == features && features <= .max / 2 ? (steps, 2 * features) : nil
    }
  }

  /// What is read of sequences `[batch, time, features]`.
  func of(_ input: Tensor, lengths: [Int]?) -> Tensor {
    if self == .rows { return input }
    requireWhole(lengths?.allSatisfy { $0 == input.shape[1] } ?? true)
    guard self == .rowsAndColumns else { return input.transposed() }
    require(
      input.shape.rank == 3 && input.shape[1] == input.shape[2],
      "reading rows and columns needs as many steps as features, got an input \(input.shape)"
    )
    return .concatenated([input, input.transposed()], along: 2)
  }

  /// Traps if columns are read of sequences of unequal length.
  func requireWhole(_ isWhole: Bool) {
    require(isWhole, "columns can only be read of sequences that all have all steps")
  }

  /// Writes what is read of `rows` sequences to `target`, `[row][step][feature]`.
  func read(
    _ source: FusedSequence.Steps,
    rows: Int,
    steps: Int,
    features: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    guard let size = size(steps: steps, features: features) else { return }
    for row in 0..<rows {
      let sequence = unsafe source.base + row * source.rowStride
      var place = unsafe target + row * size.steps * size.features
      for step in 0..<size.steps {
        if self == .rowsAndColumns {
          unsafe place.update(from: sequence + step * source.stepStride, count: features)
          unsafe place += features
        }
        for other in 0..<steps { unsafe place[other] = sequence[other * source.stepStride + step] }
        unsafe place += steps
      }
    }
  }
}
