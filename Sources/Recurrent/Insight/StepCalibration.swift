/// How a model's answers become probabilities that say how often they are right, by the steps read.
///
/// What a model makes of its first steps is sure in another way than what it makes of them all: there
/// is a temperature for each number of steps.
public struct StepCalibration: Sendable, Equatable {
  /// The answers that a temperature is fitted to, at least.
  public static let leastAnswers = 50

  /// The temperatures after one step, two steps and so on.
  public let temperatures: [Temperature]

  /// Finds the temperatures at which answers to examples with known classes cost the least.
  ///
  /// A temperature is fitted to the answers after so many steps to the examples that have them. Where
  /// these are fewer than 50, the answers after one step less and more are added, and so on, until
  /// there are 50 or no others.
  ///
  /// - Precondition: The answers are finite.
  public init(fittedTo answers: StepAnswers) {
    let (steps, width, counts) = (answers.steps, answers.logits.shape[1], answers.stepCounts)
    let rows = answers.logits.reshaped(to: [counts.count * width, answers.logits.shape[2]])
    temperatures = (1...steps).map { step in
      var (first, last) = (step, step)
      func examples(after step: Int) -> [Int] { counts.indices.filter { counts[$0] >= step } }
      var chosen = examples(after: step).map { (example: $0, step: step) }
      while chosen.count < Self.leastAnswers && (first > 1 || last < steps) {
        let further = [first - 1, last + 1].filter { 1...steps ~= $0 }
        for step in further { chosen += examples(after: step).map { ($0, step) } }
        (first, last) = (max(first - 1, 1), min(last + 1, steps))
      }
      return Temperature(
        fittedTo: rows.gathered(at: chosen.map { $0.example * width + $0.step - 1 }),
        labels: chosen.map { answers.labels[$0.example] }
      )
    }
  }

  /// The temperature after so many steps, from 1 on; that after the most steps for more than these.
  public func temperature(afterSteps count: Int) -> Temperature {
    temperatures[min(max(count, 1), temperatures.count) - 1]
  }
}
