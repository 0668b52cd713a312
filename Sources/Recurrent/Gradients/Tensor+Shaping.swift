import RecurrentKernels

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
      let whole = inputs[0].shape
      return (
        [inputs[0].copying(range, along: axis)],
        { gradients, sums in
          guard let gradient = gradients[0] else { return }
          sums.add(gradient, toInput: 0, of: whole, at: range.lowerBound, along: axis)
        }
      )
    }[0]
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
      let whole = inputs[0].shape
      let partShape = whole.replacing(axis: axis, with: size)
      let parts = (0..<count).map { inputs[0].copying($0 * size..<($0 + 1) * size, along: axis) }
      return (
        parts,
        { gradients in
          let zeros = gradients.contains { $0 == nil } ? Tensor.zeros(partShape) : nil
          return [.joined(gradients.compactMap { $0 ?? zeros }, along: axis, shape: whole)]
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
      let whole = x.shape
      return (
        [
          .joined(
            indices.map { x.copying($0..<$0 + 1, along: axis) },
            along: axis,
            shape: whole.replacing(axis: axis, with: indices.count)
          )
        ],
        { gradients, sums in
          guard let gradient = gradients[0] else { return }
          for (place, index) in indices.enumerated() {
            let part = gradient.copying(place..<place + 1, along: axis)
            sums.add(part, toInput: 0, of: whole, at: index, along: axis)
          }
        }
      )
    }[0]
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
    return Tape.operation(tensors) { inputs, isTracked in
      let extents = inputs.map { $0.shape[axis] }
      return (
        .joined(inputs, along: axis, shape: shape),
        { gradient in
          var start = 0
          return zip(extents, isTracked).map { extent, isTracked in
            defer { start += extent }
            return isTracked ? gradient.copying(start..<start + extent, along: axis) : nil
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
    let result = shape.replacing(axis: axis, with: range.count)
    let starts = (0..<outer).lazy.map { ($0 * extent + range.lowerBound) * inner }
    if isDoublePrecision {
      let source = doubleElements
      return Tensor(
        doublePrecision: starts.flatMap { source[$0..<$0 + length] },
        shape: result
      )
    }
    return unsafe Tensor(uninitialized: result) { target in
      unsafe withUnsafeElements { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        for (block, start) in starts.enumerated() {
          unsafe (target + block * length).update(from: source + start, count: length)
        }
      }
    }
  }

  /// Tensors one after another along `axis`, which make a tensor of this shape.
  private static func joined(_ parts: [Tensor], along axis: Int, shape: Shape) -> Tensor {
    let (outer, inner) = shape.extents(around: axis)
    let lengths = parts.map { $0.shape[axis] * inner }
    if parts.contains(where: \.isDoublePrecision) {
      let sources = parts.map(\.doubleElements)
      let elements = (0..<outer).flatMap { block in
        zip(sources, lengths).flatMap { $0[block * $1..<(block + 1) * $1] }
      }
      return Tensor(doublePrecision: elements, shape: shape)
    }
    let stride = shape[axis] * inner
    return unsafe Tensor(uninitialized: shape) { target in
      guard let target = target.baseAddress else { return }
      var place = 0
      for (part, length) in zip(parts, lengths) {
        unsafe part.withUnsafeElements { source in
          guard let source = source.baseAddress else { return }
          for block in 0..<outer {
            unsafe (target + block * stride + place).update(
              from: source + block * length,
              count: length
            )
          }
        }
        place += length
      }
    }
  }

  /// Adds `part` to the elements from `place` along `axis`.
  mutating func add(_ part: Tensor, at place: Int, along axis: Int) {
    let (outer, inner) = shape.extents(around: axis)
    let stride = shape[axis] * inner
    let length = part.shape[axis] * inner
    if isDoublePrecision || part.isDoublePrecision {
      var (target, source) = (doubleElements, part.doubleElements)
      for n in source.indices {
        target[n / length * stride + place * inner + n % length] += source[n]
      }
      self = Tensor(doublePrecision: target, shape: shape)
      return
    }
    unsafe withUnsafeMutableElements { target in
      unsafe part.withUnsafeElements { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        for block in 0..<outer {
          unsafe kernels.pointee.add_scaled(
            length,
            1,
            source + block * length,
            target + block * stride + place * inner
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
    func exchange<Number>(_ source: (Int) -> Number, _ write: (Int, Number) -> Void) {
      for matrix in 0..<matrices {
        for row in 0..<rows {
          for column in 0..<columns {
            write(
              matrix * size + column * rows + row,
              source(matrix * size + row * columns + column)
            )
          }
        }
      }
    }
    if isDoublePrecision {
      let source = doubleElements
      var target = source
      exchange({ source[$0] }, { target[$0] = $1 })
      return Tensor(doublePrecision: target, shape: result)
    }
    return unsafe Tensor(uninitialized: result) { target in
      unsafe withUnsafeElements { source in
        exchange({ unsafe source[$0] }, { unsafe target[$0] = $1 })
      }
    }
  }
}
