import RecurrentKernels

extension Parameterized {
  /// The Euclidean norm of all parameters together, summed in double precision; 0 without any.
  public var parameterNorm: Double {
    var copy = self
    var sum = 0.0
    copy.visitParameters { sum += $1.sumOfSquares }
    return sum.squareRoot()
  }
}

extension Tensor {
  /// The sum of the squares of all elements, in double precision.
  var sumOfSquares: Double {
    unsafe withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return 0 }
      return unsafe kernels.pointee.sum_of_squares(elements.count, base)
    }
  }
}
