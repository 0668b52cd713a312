import Recurrent

/// Looks for the largest hidden size whose steps are in time, by measuring.
struct HiddenSizeSearch {
  /// A size that was measured.
  struct Trial: Codable, Equatable {
    let hidden: Int
    let times: StepTimes
  }

  /// What was found.
  struct Result: Codable, Equatable {
    /// The largest size that is in time; nil where none is.
    let largest: Trial?
    /// The smallest size that was measured and is not; nil where all are.
    let tooLarge: Trial?
  }

  /// The sizes to choose from, the smallest first.
  let sizes: [Int]
  let deadline: StepDeadline

  /// All sizes that are asked about: multiples of 16.
  static let all = Array(stride(from: 16, through: 4096, by: 16))

  /// Measures ever larger sizes until one is too large, then halves the range between.
  ///
  /// Larger sizes are taken to be slower.
  func result(_ measure: (_ hidden: Int) throws -> StepTimes) rethrows -> Result {
    var (largest, tooLarge): (Trial?, Trial?)
    // Places in `sizes`: all below `first` are in time, all from `end` on are not.
    var (first, end, stride) = (0, sizes.count, 1)
    while first < end {
      let place = tooLarge == nil ? min(first + stride - 1, end - 1) : (first + end) / 2
      stride *= 2
      let trial = Trial(hidden: sizes[place], times: try measure(sizes[place]))
      if deadline.holds(trial.times) {
        (largest, first) = (trial, place + 1)
      } else {
        (tooLarge, end) = (trial, place)
      }
    }
    return Result(largest: largest, tooLarge: tooLarge)
  }
}

extension [LayerDescription] {
  /// The same layers with other numbers of hidden units, the first reading the same input; nil where
  /// there are none, since an input is added to an output of another size or a projection is too large.
  func resized(to hidden: Int) -> [LayerDescription]? {
    guard var size = first?.directions.first?.inputSize else { return nil }
    var layers = self
    for index in layers.indices {
      guard layers[index].directions.count == 1 else { return nil }
      layers[index].directions[0].inputSize = size
      layers[index].directions[0].hiddenSize = hidden
      let projection = layers[index].directions[0].options?.projectionSize
      let output = projection ?? hidden
      if projection.map({ $0 >= hidden }) ?? false { return nil }
      if layers[index].isResidual && output != size { return nil }
      size = output
    }
    return layers
  }

  /// The numbers in the layers' matrices.
  var matrixElements: Double {
    OperationCount.layers(of: self).reduce(0) { $0 + Double($1.ofStep) }
  }
}
