/// What logits are divided by so that the probabilities they give say how often they are right.
///
/// A trained network is usually surer than it is right. Dividing all its logits by one number above 1
/// makes it less sure and changes no answer.
///
/// Source: C. Guo et al., "On calibration of modern neural networks", 2017, section 4.2.
public struct Temperature: Sendable, Equatable {
  /// The number, above 0: 1 leaves probabilities as they are.
  public let value: Double

  /// What the logits are multiplied by.
  private let factor: Float

  /// How far from 1 a temperature may be, either way.
  private static let limit = 1_024.0

  /// Finds the temperature at which examples with known answers cost the least cross-entropy.
  ///
  /// `logits` is `[examples, classes]`. The examples count as if there were one more, whose logits are
  /// theirs and which is of each class alike: a few examples that are all answered rightly would
  /// otherwise make every answer certain. (Of many examples it changes little.) The cost has one
  /// minimum, found by halving an interval of factors, with the same bits on any machine. Logits that
  /// do not differ within any example have temperature 1.
  ///
  /// - Precondition: There is at least one example, a label for each from 0 to classes - 1, and no
  ///   logit is NaN or beyond ±10³⁰.
  public init(fittedTo logits: Tensor, labels: [Int]) {
    require(
      logits.shape.rank == 2 && logits.shape[0] == labels.count && !labels.isEmpty
        && labels.allSatisfy { 0..<logits.shape[1] ~= $0 } && logits.isCalibratable,
      "a Temperature needs finite logits [examples, classes] with a label each, got \(logits.shape)"
    )
    let (count, classes) = (Double(labels.count), logits.shape[1])
    // From the greatest of each example on, so that nothing is lost by what they have in common.
    var elements = logits.elements
    for row in labels.indices {
      let places = row * classes..<(row + 1) * classes
      let greatest = elements[places].max() ?? 0
      for place in places { elements[place] -= greatest }
    }
    guard elements.contains(where: { $0 != 0 }) else {
      (value, factor) = (1, 1)
      return
    }
    // What the slope of the cost subtracts whatever the factor is.
    let known = labels.enumerated().reduce(0.0) { $0 + Double(elements[$1.0 * classes + $1.1]) }
    let mean = elements.reduce(0.0) { $0 + Double($1) } / Double(classes)
    let offset = known + mean / count
    let differences = Tensor(elements, shape: logits.shape)
    var (low, high) = (1 / Self.limit, Self.limit)
    for _ in 0..<32 {
      let middle = (low * high).squareRoot()
      let probabilities = softmax(differences * Tensor(Float(middle))).elements
      let expected = zip(probabilities, elements).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      if expected * (1 + 1 / count) > offset { high = middle } else { low = middle }
    }
    factor = Float((low * high).squareRoot())
    value = 1 / Double(factor)
  }

  /// The probabilities of classes, `[..., classes]`, by their logits.
  public func probabilities(of logits: Tensor) -> Tensor { softmax(logits * Tensor(factor)) }
}

extension Tensor {
  /// Whether no element is NaN or so large that a temperature could make it infinite.
  var isCalibratable: Bool { elements.allSatisfy { $0.magnitude <= 1e30 } }
}
