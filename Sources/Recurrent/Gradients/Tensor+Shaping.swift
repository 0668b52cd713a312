// Operations that move elements without arithmetic.
extension Tensor {
  /// Returns the same elements in the same order under another shape.
  ///
  /// - Precondition: The shapes have the same number of elements.
  public func reshaped(to shape: Shape) -> Tensor {
    require(
      shape.count == count,
      "cannot reshape \(self.shape) to \(shape): \(count) elements"
    )
    return Tape.operation([self]) { inputs, _ in
      let original = inputs[0].shape
      return (inputs[0].sharingElements(as: shape), { [$0.sharingElements(as: original)] })
    }
  }

  /// Returns the tensor with its last two axes exchanged.
  ///
  /// - Precondition: The rank is at least 2.
  public func transposed() -> Tensor {
    require(shape.rank >= 2, "transposed() needs a rank of at least 2, got shape \(shape)")
    return Tape.operation([self]) { inputs, _ in
      (inputs[0].exchangingLastAxes(), { [$0.exchangingLastAxes()] })
    }
  }

  /// Returns the elements from `range` along `axis`.
  ///
  /// - Precondition: The range lies inside the tensor.
  public func slice(_ range: Range<Int>, along axis: Int) -> Tensor {
    require(
      axis >= 0 && axis < shape.rank && range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice \(range) along axis \(axis) lies outside a tensor of shape \(shape)"
    )
    return Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      return (
        x.copying(range, along: axis),
        { gradient in
          var whole = Tensor.zeros(x.shape)
          whole.write(gradient, at: range.lowerBound, along: axis)
          return [whole]
        }
      )
    }
  }

  /// Returns the step, row or column at `index` along `axis`, without that axis.
  ///
  /// - Precondition: The index lies inside the tensor.
  public func slice(at index: Int, along axis: Int) -> Tensor {
    slice(index..<index + 1, along: axis).reshaped(to: shape.removing(axis: axis))
  }

  /// Cuts the tensor along `axis` into `count` parts of equal size.
  ///
  /// - Precondition: `count` divides the extent along `axis`.
  public func split(into count: Int, along axis: Int) -> [Tensor] {
    require(
      axis >= 0 && axis < shape.rank && count > 0 && shape[axis] % count == 0,
      "cannot split shape \(shape) along axis \(axis) into \(count) equal parts"
    )
    let size = shape[axis] / count
    return Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      let parts = (0..<count).map { x.copying($0 * size..<($0 + 1) * size, along: axis) }
      return (
        parts,
        { gradients in
          var whole = Tensor.zeros(x.shape)
          for (part, gradient) in gradients.enumerated() {
            if let gradient { whole.write(gradient, at: part * size, along: axis) }
          }
          return [whole]
        }
      )
    }
  }

  /// Returns the slices at `indices` along `axis`, in that order; an index may come repeatedly.
  ///
  /// - Precondition: Every index lies inside the tensor.
  public func gathered(at indices: [Int], along axis: Int = 0) -> Tensor {
    require(
      axis >= 0 && axis < shape.rank && indices.allSatisfy { 0..<shape[axis] ~= $0 },
      "gathered(at:) along axis \(axis) has an index outside a tensor of shape \(shape)"
    )
    return Tape.operation([self]) { inputs, _ in
      let x = inputs[0]
      var result = Tensor.zeros(x.shape.replacing(axis: axis, with: indices.count))
      for (place, index) in indices.enumerated() {
        result.write(x.copying(index..<index + 1, along: axis), at: place, along: axis)
      }
      return (
        result,
        { gradient in
          var whole = Tensor.zeros(x.shape)
          for (place, index) in indices.enumerated() {
            var sum = whole.copying(index..<index + 1, along: axis)
            sum.add(gradient.copying(place..<place + 1, along: axis), scaledBy: 1)
            whole.write(sum, at: index, along: axis)
          }
          return [whole]
        }
      )
    }
  }

  /// Joins tensors along `axis`.
  ///
  /// - Precondition: There is at least one, and their shapes agree along all other axes.
  public static func concatenated(_ tensors: [Tensor], along axis: Int) -> Tensor {
    guard let shape = Shape.concatenation(tensors.map(\.shape), axis: axis) else {
      requirementFailed(
        "cannot concatenate shapes \(tensors.map(\.shape)) along axis \(axis)",
        file: #fileID,
        line: #line
      )
    }
    return Tape.operation(tensors) { inputs, _ in
      let extents = inputs.map { $0.shape[axis] }
      var result = Tensor.zeros(shape)
      var start = 0
      for input in inputs {
        result.write(input, at: start, along: axis)
        start += input.shape[axis]
      }
      return (
        result,
        { gradient in
          var start = 0
          return extents.map { extent in
            defer { start += extent }
            return gradient.copying(start..<start + extent, along: axis)
          }
        }
      )
    }
  }

  /// Joins tensors of one shape along a new axis.
  ///
  /// - Precondition: There is at least one, and all have the same shape.
  public static func stacked(_ tensors: [Tensor], along axis: Int) -> Tensor {
    concatenated(
      tensors.map { tensor in
        var dimensions = tensor.shape.dimensions
        dimensions.insert(1, at: axis)
        return tensor.reshaped(to: Shape(dimensions))
      },
      along: axis
    )
  }
}

// The same without recording.
extension Tensor {
  private func copying(_ range: Range<Int>, along axis: Int) -> Tensor {
    let (outer, inner) = shape.extents(around: axis)
    let extent = shape[axis]
    let length = range.count * inner
    return unsafe Tensor(uninitialized: shape.replacing(axis: axis, with: range.count)) { target in
      unsafe withUnsafeElements { source in
        for block in 0..<outer {
          let start = (block * extent + range.lowerBound) * inner
          _ = unsafe target[block * length..<(block + 1) * length].update(
            fromContentsOf: source[start..<start + length]
          )
        }
      }
    }
  }

  private mutating func write(_ part: Tensor, at place: Int, along axis: Int) {
    let (outer, inner) = shape.extents(around: axis)
    let extent = shape[axis]
    let length = part.shape[axis] * inner
    unsafe withUnsafeMutableElements { target in
      unsafe part.withUnsafeElements { source in
        for block in 0..<outer {
          let start = (block * extent + place) * inner
          _ = unsafe target[start..<start + length].update(
            fromContentsOf: source[block * length..<(block + 1) * length]
          )
        }
      }
    }
  }

  private func exchangingLastAxes() -> Tensor {
    let rank = shape.rank
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let size = rows * columns
    let matrices = size == 0 ? 0 : count / size
    let result = Shape(shape.dimensions.dropLast(2) + [columns, rows])
    return unsafe Tensor(uninitialized: result) { target in
      unsafe withUnsafeElements { source in
        for matrix in 0..<matrices {
          for row in 0..<rows {
            for column in 0..<columns {
              unsafe target[matrix * size + column * rows + row] =
                source[matrix * size + row * columns + column]
            }
          }
        }
      }
    }
  }
}
