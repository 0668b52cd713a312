import RecurrentKernels

extension Tensor {
  /// Returns the sum of all elements, a tensor of rank 0.
  ///
  /// Sixteen sums of every sixteenth element are added pairwise: an order fixed by the size alone.
  public func sum() -> Tensor {
    Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      let total = unsafe x.withUnsafeElements { x in
        guard let base = x.baseAddress else { return Float(0) }
        return unsafe kernels.pointee.sum(x.count, base)
      }
      return (Tensor(total), { [Tensor(repeating: $0.scalar, shape: x.shape)] })
    }
  }

  /// Returns the sums along `axis`, from first to last, without that axis.
  ///
  /// - Precondition: The tensor has that axis.
  public func sum(along axis: Int) -> Tensor {
    require(
      axis >= 0 && axis < shape.rank,
      "sum(along: \(axis)): a tensor of shape \(shape) has no such axis"
    )
    return Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      let (outer, inner) = x.shape.extents(around: axis)
      let extent = x.shape[axis]
      let sums = unsafe Tensor(uninitialized: x.shape.removing(axis: axis)) { target in
        unsafe x.withUnsafeElements { x in
          guard let x = x.baseAddress, let y = target.baseAddress else { return }
          for block in 0..<outer {
            unsafe kernels.pointee.sum_rows(
              extent,
              inner,
              x + block * extent * inner,
              y + block * inner
            )
          }
        }
      }
      return (
        sums,
        { gradient in
          let kept = gradient.reshaped(to: x.shape.replacing(axis: axis, with: 1))
          return [kept + Tensor.zeros(x.shape)]
        }
      )
    }
  }

  /// Returns the mean of all elements, a tensor of rank 0.
  public func mean() -> Tensor { sum() / Tensor(Float(count)) }

  /// Returns the means along `axis`, without that axis.
  ///
  /// - Precondition: The tensor has that axis.
  public func mean(along axis: Int) -> Tensor { sum(along: axis) / Tensor(Float(shape[axis])) }
}
