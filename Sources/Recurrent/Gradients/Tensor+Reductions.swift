import RecurrentKernels

extension Tensor {
  /// Returns the sum of all elements, a tensor of rank 0.
  ///
  /// Sixteen sums of every sixteenth element are added pairwise: an order fixed by the size alone.
  public func sum() -> Tensor {
    Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      return (x.total(), { [$0.stretched(to: x.shape)] })
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
      return (
        x.totals(along: axis),
        { gradient in
          let kept = gradient.sharingElements(as: x.shape.replacing(axis: axis, with: 1))
          return [kept.stretched(to: x.shape)]
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

// The same without recording.
extension Tensor {
  private func total() -> Tensor {
    if isDoublePrecision {
      return Tensor(doublePrecision: [doubleElements.reduce(0, +)], shape: [])
    }
    return unsafe withUnsafeElements { x in
      guard let base = x.baseAddress else { return 0 }
      return unsafe Tensor(kernels.pointee.sum(x.count, base))
    }
  }

  private func totals(along axis: Int) -> Tensor {
    let (outer, inner) = shape.extents(around: axis)
    let extent = shape[axis]
    let result = shape.removing(axis: axis)
    if isDoublePrecision {
      let x = doubleElements
      let sums = (0..<outer * inner).map { place in
        (0..<extent).reduce(0.0) {
          $0 + x[(place / inner * extent + $1) * inner + place % inner]
        }
      }
      return Tensor(doublePrecision: sums, shape: result)
    }
    return unsafe Tensor(uninitialized: result) { target in
      unsafe withUnsafeElements { x in
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
  }

  /// The elements repeated along axes of extent 1.
  private func stretched(to shape: Shape) -> Tensor { self + Tensor.zeros(shape) }
}
