/// How much each number of a sequence contributed to an answer, by integrated gradients.
///
/// The contribution of a number is its difference from the baseline times the mean of the score's
/// gradient with respect to it on the straight way from the baseline to the sequence. All of them together
/// are the difference between the two scores: the method is complete.
///
/// Source: M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", 2017, equation 1 and
/// proposition 1.
public struct IntegratedGradients: Sendable {
  /// The contributions, `[time, features]`, in the score's unit.
  public let contributions: Tensor
  /// The score of the sequence.
  public let score: Double
  /// The score of the baseline.
  public let baselineScore: Double
  /// How many points of the way the gradient was taken at.
  public let points: Int

  /// The difference between the two scores.
  public var difference: Double { score - baselineScore }

  /// The sum of the contributions.
  public var total: Double { contributions.elements.reduce(0) { $0 + Double($1) } }

  /// How far the sum of the contributions is from the difference of the scores, as a share of that.
  public var completenessError: Double {
    difference == 0 ? total.magnitude : ((total - difference) / difference).magnitude
  }
}

extension SequenceModel {
  /// The nodes in -1...1, and the weights, of Gauss and Legendre's rule of four points.
  private static let rule: [(node: Double, weight: Double)] = [
    (-0.861_136_311_594_052_6, 0.347_854_845_137_453_8),
    (-0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
    (0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
    (0.861_136_311_594_052_6, 0.347_854_845_137_453_8),
  ]
  /// How many copies of a sequence are read together.
  static let copiesAtOnce = 32

  /// Tells how much each number of a sequence `[time, features]` contributed to a score of the answer.
  ///
  /// The baseline is what nothing looks like; zeros, unless it is given. The way to the sequence is cut
  /// into parts, each integrated by Gauss and Legendre's rule of four points; the parts are halved until
  /// the contributions are complete to within the tolerance, a share of the difference of the scores, or
  /// `limit` points are reached: look at `completenessError`.
  ///
  /// - Precondition: The model reads such sequences; the baseline has the sequence's shape; the tolerance
  ///   is above 0.
  /// - Complexity: That of training on as many sequences as there are points, twice.
  public func integratedGradients(
    of input: Tensor,
    baseline: Tensor? = nil,
    explaining score: AnswerScore,
    tolerance: Double = 0.002,
    limit: Int = 4096
  ) -> IntegratedGradients {
    require(input.shape.rank == 2, "one sequence is [time, features], got \(input.shape)")
    let baseline = baseline ?? .zeros(input.shape)
    require(
      baseline.shape == input.shape,
      "a baseline of shape \(baseline.shape) is not one of a sequence of shape \(input.shape)"
    )
    require(tolerance > 0, "a tolerance is above 0, got \(tolerance)")
    let ends = scores(of: [baseline.elements, input.elements], shape: input.shape, score)
    var parts = 8
    while true {
      let gradient = meanGradient(from: baseline, to: input, parts: parts, score)
      let contributions = input.elements.indices.map {
        Float((Double(input.elements[$0]) - Double(baseline.elements[$0])) * gradient[$0])
      }
      let result = IntegratedGradients(
        contributions: Tensor(contributions, shape: input.shape),
        score: ends[1],
        baselineScore: ends[0],
        points: parts * Self.rule.count
      )
      if result.completenessError <= tolerance || 2 * result.points > limit { return result }
      parts *= 2
    }
  }

  /// The mean gradient of the score on the way from one sequence to another, cut into so many parts.
  private func meanGradient(
    from first: Tensor,
    to last: Tensor,
    parts: Int,
    _ score: AnswerScore
  ) -> [Double] {
    let start = first.elements.map(Double.init)
    let way = zip(last.elements, start).map { Double($0) - $1 }
    var points: [(place: Double, weight: Double)] = []
    for part in 0..<parts {
      for (node, weight) in Self.rule {
        let place: Double = Double(part) + (node + 1) / 2
        points.append((place / Double(parts), weight / Double(2 * parts)))
      }
    }
    var mean = [Double](repeating: 0, count: start.count)
    for range in (0..<points.count).split(by: Self.copiesAtOnce) {
      var copies: [Float] = []
      for point in points[range] {
        copies += zip(start, way).map { Float($0 + point.place * $1) }
      }
      let batch = Tensor(copies, shape: [range.count, first.shape[0], first.shape[1]])
      let gradient = valueWithGradient(at: batch) { score.of(self($0)).sum() }.gradient.tensors[0]
      let elements = gradient.elements
      for (copy, point) in range.enumerated() {
        for index in start.indices {
          mean[index] += points[point].weight * Double(elements[copy * start.count + index])
        }
      }
    }
    return mean
  }

  /// The scores of sequences of one shape `[time, features]`.
  func scores(of sequences: [[Float]], shape: Shape, _ score: AnswerScore) -> [Double] {
    (0..<sequences.count).split(by: Self.copiesAtOnce).flatMap { range in
      let batch = Tensor(
        range.flatMap { sequences[$0] },
        shape: [range.count, shape[0], shape[1]]
      )
      return score.of(self(batch)).elements.map(Double.init)
    }
  }
}
