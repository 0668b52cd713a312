import RecurrentKernels

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

// Functions of one number, applied to every element. The C loops state their accuracy: at most
// 2 units in the last place, the same bits on every processor.

/// Returns the logistic function 1 / (1 + e⁻ˣ) of every element.
public func sigmoid(_ x: Tensor) -> Tensor { x.mapped(by: RECURRENT_SIGMOID) }

/// Returns the hyperbolic tangent of every element.
public func tanh(_ x: Tensor) -> Tensor { x.mapped(by: RECURRENT_TANH) }

/// Returns the larger of each element and 0; its derivative at 0 is 0.
public func relu(_ x: Tensor) -> Tensor { x.mapped(by: RECURRENT_RELU) }

/// Returns e to the power of every element.
public func exp(_ x: Tensor) -> Tensor { x.mapped(by: RECURRENT_EXP) }

/// Returns the natural logarithm of every element; -∞ for 0, NaN below.
public func log(_ x: Tensor) -> Tensor { x.mapped(by: RECURRENT_LOG) }

extension Tensor {
  fileprivate func mapped(by function: RecurrentFunction) -> Tensor {
    Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      let y = x.values(of: function)
      // Each derivative is a function of the value, the logarithm's of the argument.
      let known = function == RECURRENT_LOG ? x : y
      return (y, { [known.gradient(of: function, arriving: $0)] })
    }
  }

  private func values(of function: RecurrentFunction) -> Tensor {
    if isDoublePrecision {
      return Tensor(doublePrecision: doubleElements.map(function.value), shape: shape)
    }
    return unsafe Tensor(uninitialized: shape) { y in
      unsafe withUnsafeElements { x in
        guard let source = x.baseAddress, let target = y.baseAddress else { return }
        unsafe kernels.pointee.map(function, x.count, source, target)
      }
    }
  }

  /// The gradient of the argument, where these elements are what the derivative is known from.
  private func gradient(of function: RecurrentFunction, arriving gradient: Tensor) -> Tensor {
    if isDoublePrecision {
      return Tensor(
        doublePrecision: zip(doubleElements, gradient.doubleElements).map {
          $1 * function.derivative($0)
        },
        shape: shape
      )
    }
    return unsafe Tensor(uninitialized: shape) { dx in
      unsafe withUnsafeElements { known in
        unsafe gradient.withUnsafeElements { dy in
          guard let y = known.baseAddress, let dy = dy.baseAddress, let target = dx.baseAddress
          else { return }
          unsafe kernels.pointee.map_gradient(function, known.count, y, dy, target)
        }
      }
    }
  }
}

// The same functions in double precision.
extension RecurrentFunction {
  fileprivate func value(_ x: Double) -> Double {
    switch self {
    case RECURRENT_SIGMOID: 1 / (1 + exp(-x))
    case RECURRENT_TANH: tanh(x)
    case RECURRENT_RELU: x <= 0 ? 0 : x
    case RECURRENT_EXP: exp(x)
    default: log(x)
    }
  }

  /// The derivative, from the function's value; the logarithm's from its argument.
  fileprivate func derivative(_ known: Double) -> Double {
    switch self {
    case RECURRENT_SIGMOID: known * (1 - known)
    case RECURRENT_TANH: 1 - known * known
    case RECURRENT_RELU: known > 0 ? 1 : 0
    case RECURRENT_EXP: known
    default: 1 / known
    }
  }
}
