/// A dense array of 32-bit floats with a shape, in row-major order.
///
/// A tensor is a value: a copy is independent of the original, and shares its memory until one of
/// the two changes. Inside `valueWithGradient(at:in:)` a tensor also remembers how it was computed.
public struct Tensor: Sendable {
  /// The extent along each axis, outermost first.
  public let shape: Shape
  private(set) var storage: Storage
  /// Where the tensor stands on a tape, if it depends on something a gradient is wanted for.
  var node: Tape.Node?

  init(shape: Shape, storage: Storage) {
    self.shape = shape
    self.storage = storage
  }

  /// Creates a tensor whose elements `fill` must all write.
  init(
    uninitialized shape: Shape,
    fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    self.init(shape: shape, storage: Storage(uninitialized: shape.count))
    unsafe try fill(storage.elements)
  }

  /// Creates a tensor from its elements in row-major order.
  ///
  /// - Precondition: `elements` has as many elements as `shape` says.
  public init(_ elements: [Float], shape: Shape) {
    require(
      elements.count == shape.count,
      "a tensor of shape \(shape) has \(shape.count) elements, got \(elements.count)"
    )
    unsafe self.init(uninitialized: shape) { target in
      _ = unsafe target.initialize(from: elements)
    }
  }

  /// Creates a tensor of rank 1 from its elements.
  public init(_ elements: [Float]) { self.init(elements, shape: [elements.count]) }

  /// Creates a tensor of rank 0 from its one element.
  public init(_ element: Float) { self.init([element], shape: []) }

  /// Creates a tensor whose elements are all `element`.
  public init(repeating element: Float, shape: Shape) {
    unsafe self.init(uninitialized: shape) { unsafe $0.initialize(repeating: element) }
  }

  /// Returns a tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// The number of elements.
  public var count: Int { storage.count }

  /// The elements in row-major order.
  public var elements: [Float] { unsafe withUnsafeElements { unsafe Array($0) } }

  /// The one element of a tensor that has just one.
  ///
  /// - Precondition: The tensor has one element.
  public var scalar: Float {
    require(count == 1, "scalar needs a tensor of one element, got shape \(shape)")
    return unsafe withUnsafeElements { unsafe $0[0] }
  }

  /// The element at these indices, one for each axis.
  public subscript(indices: Int...) -> Float {
    get { unsafe withUnsafeElements { unsafe $0[offset(of: indices)] } }
    set {
      let place = offset(of: indices)
      unsafe withUnsafeMutableElements { unsafe $0[place] = newValue }
    }
  }

  /// The same elements without a memory of how they were computed.
  public var detached: Tensor {
    var copy = self
    copy.node = nil
    return copy
  }

  /// The same elements in the same order under another shape of as many elements.
  func sharingElements(as shape: Shape) -> Tensor { Tensor(shape: shape, storage: storage) }

  /// Calls `body` with the elements; the pointer is valid during the call only.
  package func withUnsafeElements<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try unsafe body(UnsafeBufferPointer(storage.elements))
  }

  /// Calls `body` with the elements for writing, after making them this tensor's own.
  ///
  /// The result no longer knows how it was computed, since `body` may change it; a tensor in
  /// double precision becomes one of floats.
  package mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    node = nil
    makeElementsOwn()
    return try unsafe body(storage.elements)
  }

  private mutating func makeElementsOwn() {
    if !isKnownUniquelyReferenced(&storage) || isDoublePrecision {
      storage = Storage(copying: storage)
    }
    storage.forgetPackedMatrices()
  }

  /// The elements for the kernels; valid while this tensor is held and not written to.
  var unsafeElements: UnsafePointer<Float> { unsafe UnsafePointer(storage.base) }

  /// The elements for the kernels to write, made this tensor's own; valid while it is held alone.
  var unsafeMutableElements: UnsafeMutablePointer<Float> {
    mutating get {
      node = nil
      makeElementsOwn()
      return unsafe storage.base
    }
  }

  private func offset(of indices: [Int]) -> Int {
    require(
      indices.count == shape.rank && zip(indices, shape.dimensions).allSatisfy { 0..<$1 ~= $0 },
      "index \(indices) lies outside a tensor of shape \(shape)"
    )
    return zip(indices, shape.dimensions).reduce(0) { $0 * $1.1 + $1.0 }
  }
}

extension Tensor: Equatable {
  /// Whether both tensors have the same shape and equal elements; NaN equals nothing.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && (a.isDoublePrecision || b.isDoublePrecision
        ? a.doubleElements == b.doubleElements : a.elements == b.elements)
  }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// Creates a tensor of rank 0, so that `1 - x` can be written.
  public init(floatLiteral value: Float) { self.init(value) }

  /// Creates a tensor of rank 0, so that `1 - x` can be written.
  public init(integerLiteral value: Int) { self.init(Float(value)) }
}

extension Tensor: CustomStringConvertible {
  /// The shape and the first elements.
  public var description: String {
    let shown = elements.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape): \(shown)\(count > 8 ? ", ..." : "")"
  }
}
