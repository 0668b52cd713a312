extension SequenceModel {
  /// The steps and features that are hidden together.
  public struct OcclusionWindow: Sendable, Hashable {
    /// How many steps are hidden.
    public let steps: Int
    /// How many features are hidden at each of them; nil for all.
    public let features: Int?

    /// Hides so many steps, and so many features of each.
    ///
    /// - Precondition: There is at least one of each.
    public init(steps: Int = 1, features: Int? = nil) {
      require(
        steps > 0 && features ?? 1 > 0,
        "a window that hides something has at least one step and one feature"
      )
      (self.steps, self.features) = (steps, features)
    }
  }

  /// Tells by how much a score falls when a part of a sequence `[time, features]` is hidden.
  ///
  /// The part is the window around a step and a feature, as far as it lies in the sequence; hidden numbers
  /// are those of the baseline, zeros unless it is given. There is a number for each step and feature,
  /// `[time, features]`; for a window of all features one for each step, `[time, 1]`. What the model needed
  /// has large ones; where they are below 0, it does better without.
  ///
  /// Source: M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", 2014,
  /// section 4.2.
  ///
  /// - Precondition: The model reads such sequences, and the baseline has the sequence's shape.
  /// - Complexity: That of reading the sequence once for each number.
  public func occlusion(
    of input: Tensor,
    window: OcclusionWindow,
    baseline: Tensor? = nil,
    explaining score: AnswerScore
  ) -> Tensor {
    require(input.shape.rank == 2, "one sequence is [time, features], got \(input.shape)")
    let baseline = baseline ?? .zeros(input.shape)
    require(
      baseline.shape == input.shape,
      "a baseline of shape \(baseline.shape) is not one of a sequence of shape \(input.shape)"
    )
    let (steps, features) = (input.shape[0], input.shape[1])
    let (values, hidden) = (input.elements, baseline.elements)
    let columns = window.features == nil ? 1 : features
    let whole = scores(of: [values], shape: input.shape, score)[0]
    var falls: [Float] = []
    falls.reserveCapacity(steps * columns)
    for range in (0..<steps * columns).split(by: Self.copiesAtOnce) {
      let copies = range.map { place in
        var copy = values
        let (step, column) = place.quotientAndRemainder(dividingBy: columns)
        let columns = window.features.map { Self.span($0, around: column, of: features) }
        for step in Self.span(window.steps, around: step, of: steps) {
          for feature in columns ?? 0..<features {
            copy[step * features + feature] = hidden[step * features + feature]
          }
        }
        return copy
      }
      falls += scores(of: copies, shape: input.shape, score).map { Float(whole - $0) }
    }
    return Tensor(falls, shape: [steps, columns])
  }

  /// So many places around one, as far as they are among `count`.
  private static func span(_ size: Int, around place: Int, of count: Int) -> Range<Int> {
    let first = place - (size - 1) / 2
    return max(first, 0)..<min(first + size, count)
  }
}
