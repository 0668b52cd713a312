import Recurrent

/// What a value of a program is while it runs.
struct ProgramTensor {
  /// The elements, row by row.
  enum Elements {
    case floats([Float])
    case integers([Int])
    case truths([Bool])
    case texts([String])

    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .integers(let values): values.count
      case .truths(let values): values.count
      case .texts(let values): values.count
      }
    }
  }

  let shape: [Int]
  let elements: Elements

  /// No tensor of a program has more elements.
  static let limit = 1 << 26

  /// Creates a tensor; nil if the elements are not as many as the shape says.
  init?(_ shape: [Int], _ elements: Elements) {
    guard Self.count(of: shape) == elements.count else { return nil }
    self.shape = shape
    self.elements = elements
  }

  /// The number of elements of a shape; nil if it is none, or they are too many.
  static func count(of shape: [Int]) -> Int? {
    // Beside an extent of 0 the others must not be too large either.
    var (count, largest) = (1, 1)
    for extent in shape {
      let (product, isTooLarge) = largest.multipliedReportingOverflow(by: max(extent, 1))
      guard extent >= 0, !isTooLarge, product <= limit else { return nil }
      largest = product
      count *= extent
    }
    return shape.count <= 8 ? count : nil
  }

  var floats: [Float]? {
    if case .floats(let values) = elements { return values }
    return nil
  }
  var integers: [Int]? {
    if case .integers(let values) = elements { return values }
    return nil
  }
  var truths: [Bool]? {
    if case .truths(let values) = elements { return values }
    return nil
  }
  var texts: [String]? {
    if case .texts(let values) = elements { return values }
    return nil
  }
}

extension ProgramTensor {
  /// The same kind of elements, those at the given places.
  func gathering(_ places: [Int], as shape: [Int]) -> ProgramTensor? {
    let elements: Elements =
      switch elements {
      case .floats(let values): .floats(places.map { values[$0] })
      case .integers(let values): .integers(places.map { values[$0] })
      case .truths(let values): .truths(places.map { values[$0] })
      case .texts(let values): .texts(places.map { values[$0] })
      }
    return ProgramTensor(shape, elements)
  }

  /// How far apart neighbours are along each axis.
  static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// For each element of a shape, row by row, the place that `start` and a stride for each axis say.
  static func places(of shape: [Int], start: Int = 0, strides: [Int]) -> [Int] {
    var places = [start]
    for (extent, stride) in zip(shape, strides) {
      places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
    }
    return places
  }

  /// The shape to which two stretch, and where in each an element of it lies; nil if they do not fit.
  static func stretched(
    _ a: [Int],
    _ b: [Int]
  ) -> (shape: [Int], first: [Int], second: [Int])? {
    let rank = max(a.count, b.count)
    func padded(_ shape: [Int]) -> [Int] {
      [Int](repeating: 1, count: rank - shape.count) + shape
    }
    let (first, second) = (padded(a), padded(b))
    let shape = zip(first, second).map { $0 == 1 ? $1 : $0 }
    guard zip(shape, zip(first, second)).allSatisfy({ $1.1 == 1 || $1.1 == $0 }),
      count(of: shape) != nil
    else { return nil }
    func places(in own: [Int]) -> [Int] {
      let strides = zip(Self.strides(of: own), own).map { $1 == 1 ? 0 : $0 }
      return Self.places(of: shape, strides: strides)
    }
    return (shape, places(in: first), places(in: second))
  }
}
