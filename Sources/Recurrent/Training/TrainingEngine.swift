import RecurrentKernels

/// Computes the gradient of a model's mean loss over a batch, shard by shard.
protocol TrainingEngine: AnyObject {
  /// Computes loss and gradient of the examples of `dataset` at `indices`.
  ///
  /// `gradient` has one tensor for each parameter and is overwritten.
  func run(
    _ parameters: ParameterList,
    on dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    gradient: inout Gradient
  ) -> BatchResult
}

/// What came of one batch.
struct BatchResult: Sendable {
  /// The sum of the examples' losses.
  var lossSum = 0.0
  /// The number of examples whose largest logit was the right one.
  var correct = 0
  /// The sum of the squares of the gradient, over all parameters together.
  var squaredNorm = 0.0
}

extension SequenceDataset {
  /// Writes the elements of the examples at `indices` to `target`, one after another.
  ///
  /// `target` has room for `indices.count * steps * features` floats.
  func gather(_ indices: ArraySlice<Int>, into target: UnsafeMutablePointer<Float>) {
    let size = steps * features
    switch elements {
    case .bytes(let bytes, let scale):
      unsafe bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          unsafe kernels.pointee.scale_bytes(size, base + index * size, scale, target + row * size)
        }
      }
    case .floats(let values):
      unsafe values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          unsafe (target + row * size).update(from: base + index * size, count: size)
        }
      }
    }
  }
}

/// The place of the largest of `count` numbers, the first one on a tie.
func indexOfLargest(_ numbers: UnsafePointer<Float>, count: Int) -> Int {
  var best = 0
  for n in 1..<max(count, 1) where unsafe numbers[n] > numbers[best] { best = n }
  return best
}
