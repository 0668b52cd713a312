import RecurrentKernels

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
      let y = unsafe Tensor(uninitialized: x.shape) { y in
        unsafe x.withUnsafeElements { x in
          guard let source = x.baseAddress, let target = y.baseAddress else { return }
          unsafe kernels.pointee.map(function, x.count, source, target)
        }
      }
      // Each derivative is a function of the value, the logarithm's of the argument.
      let known = function == RECURRENT_LOG ? x : y
      return (
        y,
        { gradient in
          [
            unsafe Tensor(uninitialized: known.shape) { dx in
              unsafe known.withUnsafeElements { known in
                unsafe gradient.withUnsafeElements { dy in
                  guard let y = known.baseAddress, let dy = dy.baseAddress,
                    let target = dx.baseAddress
                  else { return }
                  unsafe kernels.pointee.map_gradient(function, known.count, y, dy, target)
                }
              }
            }
          ]
        }
      )
    }
  }
}
