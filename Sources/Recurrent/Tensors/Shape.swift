/// The extent of a tensor along each of its axes, outermost first.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extents, outermost axis first.
  public let dimensions: [Int]

  /// Creates a shape from extents, outermost axis first.
  public init(_ dimensions: [Int]) {
    require(
      dimensions.allSatisfy { $0 >= 0 },
      "a shape has no negative extent, got \(dimensions)"
    )
    self.dimensions = dimensions
  }

  /// Creates a shape from a list of extents.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  /// The extent along one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The shape as it is written in Swift, such as `[128, 28, 28]`.
  public var description: String { "\(dimensions)" }
}

// The rules by which shapes combine. Each is a pure function that returns nil where there is none.
extension Shape {
  /// The shape that two operands of an element-wise operation are stretched to.
  ///
  /// Axes are aligned at the end; an extent of 1, or a missing axis, is repeated.
  static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    let rank = max(a.rank, b.rank)
    var result: [Int] = []
    for axis in 0..<rank {
      let m = axis < rank - a.rank ? 1 : a[axis - rank + a.rank]
      let n = axis < rank - b.rank ? 1 : b[axis - rank + b.rank]
      guard m == n || m == 1 || n == 1 else { return nil }
      result.append(m == 1 ? n : m)
    }
    return Shape(result)
  }

  /// The shape of a matrix product: [..., m, k] times [k, n] gives [..., m, n].
  static func matrixProduct(_ a: Shape, _ b: Shape) -> Shape? {
    guard a.rank >= 1, b.rank == 2, a[a.rank - 1] == b[0] else { return nil }
    return Shape(a.dimensions.dropLast() + [b[1]])
  }

  /// The shape of tensors joined along `axis`.
  static func concatenation(_ shapes: [Shape], axis: Int) -> Shape? {
    guard let first = shapes.first, axis >= 0, axis < first.rank else { return nil }
    var extent = 0
    for shape in shapes {
      guard shape.rank == first.rank else { return nil }
      for other in 0..<shape.rank where other != axis {
        guard shape[other] == first[other] else { return nil }
      }
      extent += shape[axis]
    }
    return first.replacing(axis: axis, with: extent)
  }

  /// The indices of the element at a place in row-major order, one for each axis.
  func indices(of place: Int) -> [Int] {
    var rest = place
    var indices: [Int] = []
    for extent in dimensions.reversed() {
      indices.insert(rest % extent, at: 0)
      rest /= extent
    }
    return indices
  }

  /// This shape with another extent along `axis`.
  func replacing(axis: Int, with extent: Int) -> Shape {
    var dimensions = dimensions
    dimensions[axis] = extent
    return Shape(dimensions)
  }

  /// This shape without `axis`.
  func removing(axis: Int) -> Shape {
    var dimensions = dimensions
    dimensions.remove(at: axis)
    return Shape(dimensions)
  }

  /// The product of the extents before `axis`, and of those after it.
  func extents(around axis: Int) -> (outer: Int, inner: Int) {
    (dimensions[..<axis].reduce(1, *), dimensions[(axis + 1)...].reduce(1, *))
  }
}
