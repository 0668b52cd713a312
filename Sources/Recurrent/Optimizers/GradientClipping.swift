#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
import RecurrentKernels

extension Gradient {
  /// The Euclidean norm over all parameters together, summed in double precision.
  public var norm: Double { squaredNorm.squareRoot() }

  /// The sum of the squares over all parameters together.
  var squaredNorm: Double {
    tensors.reduce(0.0) { $0 + $1.sumOfSquares }
  }

  /// Returns (Σ|g|ᵖ)^(1/p) over all parameters together; for p = ∞ the largest |g|.
  ///
  /// Orders other than 1, 2 and ∞ use the platform's power function.
  ///
  /// - Precondition: The order is above 0.
  public func norm(ofOrder order: Double) -> Double {
    require(order > 0, "a norm has an order above 0, got \(order)")
    switch order {
    case 2: return norm
    case 1: return sumOfMagnitudes(\.self)
    case .infinity:
      return tensors.reduce(0.0) { largest, tensor in
        tensor.elements.reduce(largest) { $1.isNaN ? .nan : Swift.max($0, Double($1.magnitude)) }
      }
    default: return pow(sumOfMagnitudes { pow($0, order) }, 1 / order)
    }
  }

  private func sumOfMagnitudes(_ function: (Double) -> Double) -> Double {
    tensors.reduce(0.0) { total, tensor in
      tensor.elements.reduce(total) { $0 + function(Double($1.magnitude)) }
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
  public mutating func clip(toNorm bound: Float, order: Double = 2) -> Double {
    let norm = norm(ofOrder: order)
    clip(norm, toNorm: bound)
    return norm
  }

  /// Moves every number that is larger than `bound` to it, and every one below -`bound` to that.
  ///
  /// NaN stays NaN.
  ///
  /// Source: T. Mikolov, "Statistical language models based on neural networks", 2012, section 3.2.
  ///
  /// - Precondition: The bound is not below 0.
  public mutating func clip(toValue bound: Float) {
    require(bound >= 0, "values are clipped to a bound from 0 up, got \(bound)")
    for index in tensors.indices {
      unsafe tensors[index].withUnsafeMutableElements { elements in
        guard let base = elements.baseAddress else { return }
        unsafe kernels.pointee.clamp(elements.count, -bound, bound, base)
      }
    }
  }

  /// Scales the gradient, whose norm is known.
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
