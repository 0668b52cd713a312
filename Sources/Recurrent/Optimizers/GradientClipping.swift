import RecurrentKernels

extension Gradient {
  /// The Euclidean norm over all parameters together, summed in double precision.
  public var norm: Double { squaredNorm.squareRoot() }

  /// The sum of the squares over all parameters together.
  var squaredNorm: Double {
    tensors.reduce(0.0) { total, tensor in
      unsafe tensor.withUnsafeElements { elements in
        guard let base = elements.baseAddress else { return total }
        return total + (unsafe kernels.pointee.sum_of_squares(elements.count, base))
      }
    }
  }

  /// Scales the whole gradient down to the norm `bound` if it is longer.
  ///
  /// The scale is bound / (norm + 10⁻⁶), as in PyTorch. A norm that is not finite leaves the
  /// gradient as it is. Returns the norm before.
  ///
  /// Source: R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural
  /// networks", 2013, algorithm 1.
  @discardableResult
  public mutating func clip(toNorm bound: Float) -> Double {
    let norm = norm
    clip(norm, toNorm: bound)
    return norm
  }

  /// Does the same where the norm is known.
  mutating func clip(_ norm: Double, toNorm bound: Float) {
    let scale = Double(bound) / (norm + 1e-6)
    guard norm.isFinite && scale < 1 else { return }
    for index in tensors.indices {
      unsafe tensors[index].withUnsafeMutableElements { elements in
        guard let base = elements.baseAddress else { return }
        var factor = Float(scale)
        unsafe kernels.pointee.combine(
          RECURRENT_MULTIPLY,
          elements.count,
          base,
          1,
          &factor,
          0,
          base
        )
      }
    }
  }
}
