public import Recurrent

/// An array of an ONNX graph: a shape, and numbers or truth values in row-major order.
public struct ONNXArray: Sendable, Equatable {
  /// What an array's elements are; the raw value is the format's number for it.
  public enum ElementType: Int, Sendable {
    /// Numbers of 32 bits with a fraction.
    case float = 1
    /// Whole numbers of 32 bits.
    case int32 = 6
    /// Whole numbers of 64 bits.
    case int64 = 7
    /// Truth values.
    case bool = 9
  }

  /// The elements, by what they are.
  enum Elements: Sendable, Equatable {
    case floats([Float])
    case integers([Int])
    case truths([Bool])
  }

  /// What the elements are.
  public let type: ElementType
  /// The extents, outermost first.
  public let shape: [Int]
  let elements: Elements

  /// Creates an array of floats.
  ///
  /// - Precondition: There are as many as the shape says.
  public init(_ elements: [Float], shape: [Int]) {
    require(elements.count == shape.product, "\(elements.count) elements are not of shape \(shape)")
    (type, self.shape, self.elements) = (.float, shape, .floats(elements))
  }

  /// Creates an array of whole numbers, of 64 bits unless said.
  ///
  /// - Precondition: There are as many as the shape says.
  public init(_ elements: [Int], shape: [Int], type: ElementType = .int64) {
    require(
      elements.count == shape.product && (type == .int64 || type == .int32),
      "\(elements.count) whole numbers are not \(type) of shape \(shape)"
    )
    (self.type, self.shape, self.elements) = (type, shape, .integers(elements))
  }

  /// Creates an array of truth values.
  ///
  /// - Precondition: There are as many as the shape says.
  public init(_ elements: [Bool], shape: [Int]) {
    require(elements.count == shape.product, "\(elements.count) elements are not of shape \(shape)")
    (type, self.shape, self.elements) = (.bool, shape, .truths(elements))
  }

  /// Creates an array of a tensor's elements and shape.
  public init(_ tensor: Tensor) { self.init(tensor.elements, shape: tensor.shape.dimensions) }

  /// The number of elements.
  public var count: Int { shape.product }

  /// The elements as floats; nil if they are something else.
  public var floats: [Float]? {
    if case .floats(let floats) = elements { floats } else { nil }
  }

  /// The elements as whole numbers; nil if they are something else.
  public var integers: [Int]? {
    if case .integers(let integers) = elements { integers } else { nil }
  }

  /// The elements as truth values; nil if they are something else.
  public var truths: [Bool]? {
    if case .truths(let truths) = elements { truths } else { nil }
  }

  /// The floats as a tensor; nil if the elements are something else.
  public var tensor: Tensor? { floats.map { Tensor($0, shape: Shape(shape)) } }
}

extension [Int] {
  /// The product of the numbers, 1 if there are none.
  var product: Int { reduce(1, *) }
}
