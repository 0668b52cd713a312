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
  /// into stretches, each integrated by Gauss and Legendre's rule of four points. What the score changes
  /// by on a stretch is known, so those that are furthest from it are halved, until all together are
  /// within the tolerance, a share of the difference of the scores, or some `limit` points are reached:
  /// look at `completenessError`.
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
    let way = Way(from: baseline, to: input)
    let ends = scores(of: [way.point(0), way.point(1)], shape: input.shape, score)
    let allowed = tolerance * (ends[1] - ends[0]).magnitude
    var stretches: [Stretch] = []
    var new = (0..<8).map { Double($0) / 8...Double($0 + 1) / 8 }
    while true {
      stretches += integrated(new, of: way, shape: input.shape, score)
      let errors = stretches.map(\.error)
      let points = stretches.count * Self.rule.count
      if errors.reduce(0, +) <= allowed || points >= limit { break }
      // Only where the gradient changes much is there something to be gained.
      let largest = errors.reduce(0, max)
      new = stretches.filter { $0.error >= largest / 4 }.flatMap(\.halves)
      stretches.removeAll { $0.error >= largest / 4 }
    }
    var sums = [Double](repeating: 0, count: input.count)
    for stretch in stretches.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      for (index, share) in stretch.shares.enumerated() { sums[index] += share }
    }
    return IntegratedGradients(
      contributions: Tensor(sums.map { Float($0) }, shape: input.shape),
      score: ends[1],
      baselineScore: ends[0],
      points: stretches.count * Self.rule.count
    )
  }

  /// The straight way from one sequence to another.
  private struct Way {
    let start: [Double]
    let direction: [Double]

    init(from first: Tensor, to last: Tensor) {
      start = first.elements.map(Double.init)
      direction = zip(last.elements, start).map { Double($0) - $1 }
    }

    /// The sequence at a place of the way, from 0 to 1.
    func point(_ place: Double) -> [Float] {
      zip(start, direction).map { Float($0 + place * $1) }
    }
  }

  /// What was found about a stretch of the way.
  private struct Stretch {
    let range: ClosedRange<Double>
    /// What each number contributes on it.
    let shares: [Double]
    /// How far these are from what the score changes by.
    let error: Double

    var halves: [ClosedRange<Double>] {
      let middle = (range.lowerBound + range.upperBound) / 2
      return [range.lowerBound...middle, middle...range.upperBound]
    }
  }

  /// Integrates the gradient over stretches of the way, by four points each.
  private func integrated(
    _ ranges: [ClosedRange<Double>],
    of way: Way,
    shape: Shape,
    _ score: AnswerScore
  ) -> [Stretch] {
    let places = ranges.flatMap { range in
      let half = (range.upperBound - range.lowerBound) / 2
      return Self.rule.map { range.lowerBound + half * ($0.node + 1) }
    }
    let slopes = gradients(at: places.map(way.point), shape: shape, score)
    let ends = scores(
      of: ranges.flatMap { [way.point($0.lowerBound), way.point($0.upperBound)] },
      shape: shape,
      score
    )
    return ranges.enumerated().map { index, range in
      let half = (range.upperBound - range.lowerBound) / 2
      let first = index * Self.rule.count
      let shares = way.direction.indices.map { place in
        let mean = Self.rule.indices.reduce(0) {
          $0 + Self.rule[$1].weight * Double(slopes[first + $1][place])
        }
        return half * mean * way.direction[place]
      }
      let change = ends[2 * index + 1] - ends[2 * index]
      let error = (shares.reduce(0, +) - change).magnitude
      return Stretch(range: range, shares: shares, error: error)
    }
  }

  /// The score's gradients with respect to sequences of one shape `[time, features]`.
  private func gradients(
    at sequences: [[Float]],
    shape: Shape,
    _ score: AnswerScore
  ) -> [[Float]] {
    (0..<sequences.count).split(by: Self.copiesAtOnce).flatMap { range in
      let batch = Tensor(
        range.flatMap { sequences[$0] },
        shape: [range.count, shape[0], shape[1]]
      )
      let found = valueWithGradient(at: batch) { score.of(self($0)).sum() }
      let elements = found.gradient.tensors[0].elements
      return (0..<range.count).map { Array(elements[$0 * shape.count..<($0 + 1) * shape.count]) }
    }
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
