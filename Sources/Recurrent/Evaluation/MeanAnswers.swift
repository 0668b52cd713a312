/// What tells numbers without looking at a sequence: the mean of each over those learned from.
public struct MeanAnswers: Sendable, Equatable {
  /// The mean of each number that is answered; NaN for one that is never known.
  public let means: [Float]

  /// Learns the means of `[answer, output]`; NaN is not known.
  ///
  /// - Precondition: The numbers are a multiple of the outputs, of which there is at least one.
  public init(of numbers: [Float], outputs: Int) {
    require(
      outputs > 0 && numbers.count.isMultiple(of: outputs),
      "\(numbers.count) numbers are no answers of \(outputs)"
    )
    means = (0..<outputs).map { output in
      var sum = 0.0
      var count = 0
      for place in stride(from: output, to: numbers.count, by: outputs) {
        let number = numbers[place]
        if number.isNaN { continue }
        sum += Double(number)
        count += 1
      }
      return Float(sum / Double(count))
    }
  }

  /// How far the means are from numbers `[answer, output]`.
  ///
  /// - Precondition: The numbers are a multiple of the outputs.
  public func errors(against truths: [Float]) -> NumberErrors {
    require(
      truths.count.isMultiple(of: means.count),
      "\(truths.count) numbers are no answers of \(means.count)"
    )
    return NumberErrors(
      of: truths.indices.map { means[$0 % means.count] },
      against: truths.indices.map { means[$0 % means.count].isNaN ? .nan : truths[$0] }
    )
  }
}
