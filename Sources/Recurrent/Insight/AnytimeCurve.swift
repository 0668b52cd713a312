/// How right and how sure a model is after it has read so many steps, and when it could have decided.
///
/// An example that is shorter counts with its last answer once it has been read.
public struct AnytimeCurve: Sendable, Equatable {
  /// What it has come to after some steps, over all examples.
  public struct Point: Sendable, Equatable {
    /// The number of steps read, at most.
    public let steps: Int
    /// The share of examples told rightly.
    public let accuracy: Double
    /// The mean calibrated probability of the class told.
    public let confidence: Double
    /// The temperature of answers after so many steps.
    public let temperature: Double
    /// How far calibrated probabilities are from shares of right answers, as
    /// `expectedCalibrationError(confidences:isRight:intervals:)` has it.
    public let calibrationError: Double
    /// The same of the model's own probabilities.
    public let uncalibratedError: Double
  }

  /// What comes of deciding as soon as the class told has a certain probability, and otherwise at the
  /// end.
  public struct Decision: Sendable, Equatable {
    /// The calibrated probability that is enough.
    public let threshold: Double
    /// The share of examples told rightly when decided.
    public let accuracy: Double
    /// The mean number of steps read.
    public let meanSteps: Double
    /// The share of all examples' steps that are not read.
    public let savedShare: Double
    /// The share of examples that come to be so sure, if only at the end.
    public let sureShare: Double
    /// The share of examples that are so sure after one step or before, after two, and so on.
    public let sureShares: [Double]
  }

  /// What one step of an example comes to.
  private struct Answer: Sendable, Equatable {
    var confidence: Float
    var isRight: Bool
  }

  /// After one step, after two, and so on up to the longest example's.
  public let points: [Point]
  /// The answers to each example after each of its steps.
  private let answers: [[Answer]]

  /// The number of examples.
  public var count: Int { answers.count }

  /// The mean number of steps of an example.
  public var meanSteps: Double { Double(answers.reduce(0) { $0 + $1.count }) / Double(count) }

  /// Puts together the answers to examples, with probabilities by a calibration that was fitted to
  /// others.
  ///
  /// - Precondition: The answers are finite.
  public init(of answers: StepAnswers, calibratedBy calibration: StepCalibration) {
    let steps = answers.steps
    let byStep = (1...steps).map { step in
      let logits = answers.logits.slice(at: step - 1, along: 1)
      let temperature = calibration.temperature(afterSteps: step)
      return [temperature.probabilities(of: logits), softmax(logits)].map {
        Self.answers($0, answers.labels)
      }
    }
    let counts = answers.stepCounts
    let calibrated = counts.indices.map { row in (0..<counts[row]).map { byStep[$0][0][row] } }
    let plain = counts.indices.map { row in (0..<counts[row]).map { byStep[$0][1][row] } }
    self.answers = calibrated
    points = (1...steps).map { step in
      func after(_ answers: [[Answer]]) -> [Answer] {
        answers.map { $0[min(step, $0.count) - 1] }
      }
      let (now, before) = (after(calibrated), after(plain))
      let count = Double(now.count)
      return Point(
        steps: step,
        accuracy: Double(now.count(where: \.isRight)) / count,
        confidence: now.reduce(0) { $0 + Double($1.confidence) } / count,
        temperature: calibration.temperature(afterSteps: step).value,
        calibrationError: Self.error(of: now),
        uncalibratedError: Self.error(of: before)
      )
    }
  }

  /// The class told of each example, by the probabilities `[example, class]`: the first on a tie.
  private static func answers(_ probabilities: Tensor, _ labels: [Int]) -> [Answer] {
    let (classes, elements) = (probabilities.shape[1], probabilities.elements)
    return labels.enumerated().map { example, label in
      let row = elements[example * classes..<(example + 1) * classes]
      let greatest = row.max() ?? 0
      let told = row.firstIndex(of: greatest).map { $0 - row.startIndex }
      // Rounding may leave a certain answer just above 1.
      return Answer(confidence: min(greatest, 1), isRight: told == label)
    }
  }

  private static func error(of answers: [Answer]) -> Double {
    expectedCalibrationError(
      confidences: answers.map(\.confidence),
      isRight: answers.map(\.isRight)
    )
  }

  /// What comes of deciding at the first step after which the class told has this probability, or a
  /// greater one; at the end where none has.
  public func decision(whenSure threshold: Double) -> Decision {
    var sure = [Int](repeating: 0, count: points.count)
    var (right, steps) = (0, 0)
    for answers in answers {
      let place = answers.firstIndex { Double($0.confidence) >= threshold }
      if let place { sure[place] += 1 }
      right += answers[place ?? answers.count - 1].isRight ? 1 : 0
      steps += (place ?? answers.count - 1) + 1
    }
    let examples = Double(answers.count)
    var (sum, sureShares) = (0, [Double]())
    for number in sure {
      sum += number
      sureShares.append(Double(sum) / examples)
    }
    let all = answers.reduce(0) { $0 + $1.count }
    return Decision(
      threshold: threshold,
      accuracy: Double(right) / examples,
      meanSteps: Double(steps) / examples,
      savedShare: Double(all - steps) / Double(all),
      sureShare: Double(sum) / examples,
      sureShares: sureShares
    )
  }
}
