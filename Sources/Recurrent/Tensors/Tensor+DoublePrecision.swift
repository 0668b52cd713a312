// A slow and exact way to compute: tensors in double precision. An operation that reads one gives
// one, forward and backward, in plain loops; floats that meet it are exact as doubles. The elements
// of a tensor as floats are the rounded ones.
extension Tensor {
  /// Creates a tensor in double precision from its elements in row-major order.
  ///
  /// - Precondition: `elements` has as many elements as `shape` says.
  public init(doublePrecision elements: [Double], shape: Shape) {
    require(
      elements.count == shape.count,
      "a tensor of shape \(shape) has \(shape.count) elements, got \(elements.count)"
    )
    self.init(shape: shape, storage: Storage(elements))
  }

  /// Whether the elements are 64-bit numbers, with which every operation computes in plain loops.
  public var isDoublePrecision: Bool { storage.doubles != nil }

  /// The elements in row-major order, exact where the tensor is in double precision.
  public var doubleElements: [Double] { storage.doubles ?? elements.map(Double.init) }

  /// The tensor in double precision, with the same elements.
  public var inDoublePrecision: Tensor {
    if isDoublePrecision { return self }
    return Tape.operation([self]) { inputs, _ in
      (Tensor(doublePrecision: inputs[0].doubleElements, shape: inputs[0].shape), { [$0] })
    }
  }
}

extension Parameterized {
  /// The same with parameters in double precision, so that whatever is computed from them is too.
  ///
  /// For checks, not for training: the loops are plain and many times slower.
  public var inDoublePrecision: Self {
    var copy = self
    copy.visitParameters { $1 = $1.inDoublePrecision }
    return copy
  }
}
