import RecurrentTestSupport
import Testing

@testable import Recurrent

@Suite("The anytime curve")
struct AnytimeCurveTests {
  /// Logits of two classes whose first has the given probability, by example and step.
  private func answers(_ shares: [[Double]], steps: Int, labels: [Int]) -> StepAnswers {
    let logits = shares.flatMap { row in
      (0..<steps).flatMap { step -> [Float] in
        guard step < row.count else { return [.nan, 7] }
        return [log(Tensor(Float(row[step] / (1 - row[step])))).scalar, 0]
      }
    }
    return StepAnswers(
      logits: Tensor(logits, shape: [shares.count, steps, 2]),
      stepCounts: shares.map(\.count),
      labels: labels
    )
  }

  /// A calibration that leaves probabilities as they are: equal logits tell nothing.
  private var none: StepCalibration {
    StepCalibration(
      fittedTo: StepAnswers(logits: .zeros([1, 1, 2]), stepCounts: [1], labels: [0])
    )
  }

  /// Three examples of class 0, of 3, 2 and 1 steps.
  private var example: StepAnswers {
    answers([[0.4, 0.8, 0.95], [0.7, 0.2], [0.99]], steps: 3, labels: [0, 0, 0])
  }

  @Test("A shorter example counts with its last answer")
  func points() {
    let curve = AnytimeCurve(of: example, calibratedBy: none)
    #expect(curve.count == 3 && curve.meanSteps == 2)
    #expect(curve.points.map(\.steps) == [1, 2, 3])
    #expect(curve.points.map { ($0.accuracy * 3).rounded() } == [2, 2, 2])
    let confidences = [0.6 + 0.7 + 0.99, 0.8 + 0.8 + 0.99, 0.95 + 0.8 + 0.99]
    for (point, confidence) in zip(curve.points, confidences) {
      #expect(abs(point.confidence - confidence / 3) < 1e-6)
      #expect(point.temperature == 1 && point.calibrationError == point.uncalibratedError)
    }
    // Each answer in an interval of its own: |0.6 - 0|, |0.7 - 1| and |0.99 - 1|.
    #expect(abs(curve.points[0].calibrationError - (0.6 + 0.3 + 0.01) / 3) < 1e-6)
  }

  @Test("It is decided at the first step that is sure enough, or at the end")
  func decisions() {
    let curve = AnytimeCurve(of: example, calibratedBy: none)
    let early = curve.decision(whenSure: 0.65)
    #expect(early.meanSteps == 4.0 / 3 && early.accuracy == 1)
    #expect(early.savedShare == 1.0 / 3 && early.sureShare == 1)
    #expect(early.sureShares.map { ($0 * 3).rounded() } == [2, 3, 3])
    let late = curve.decision(whenSure: 0.9)
    // The second is never so sure, and wrong at its end.
    #expect(late.meanSteps == 2 && late.accuracy == 2.0 / 3)
    #expect(late.savedShare == 0 && late.sureShare == 2.0 / 3)
    #expect(late.sureShares.map { ($0 * 3).rounded() } == [1, 1, 2])
  }

  @Test("Temperatures are those of each number of steps")
  func temperatures() {
    var numbers = SeededNumbers(51)
    // Logits that are right where they say so after one step, and twice too sure after two.
    let logits = numbers.tensor([400, 1, 2], in: -4...4)
    let labels = (0..<400).map { row in
      let share = softmax(Tensor([logits[row, 0, 0], logits[row, 0, 1]], shape: [2]))[0]
      return numbers.float(in: 0...1) < share ? 0 : 1
    }
    let both = StepAnswers(
      logits: .concatenated([logits, logits * 2], along: 1),
      stepCounts: Array(repeating: 2, count: 400),
      labels: labels
    )
    let calibration = StepCalibration(fittedTo: both)
    let values = calibration.temperatures.map(\.value)
    #expect(values.count == 2 && abs(values[1] / values[0] - 2) < 1e-4)
    #expect(abs(values[0] - 1) < 0.2)
    #expect(calibration.temperature(afterSteps: 9) == calibration.temperatures[1])
    let curve = AnytimeCurve(of: both, calibratedBy: calibration)
    #expect(abs(curve.points[0].confidence - curve.points[1].confidence) < 1e-4)
    #expect(curve.points[1].uncalibratedError > curve.points[1].calibrationError)
  }

  @Test("Few answers are fitted together with those after steps nearby")
  func fewAnswers() {
    var numbers = SeededNumbers(52)
    // 60 examples of one step, 10 of them of two and 3 of three.
    let counts = (0..<60).map { $0 < 3 ? 3 : $0 < 10 ? 2 : 1 }
    let answers = StepAnswers(
      logits: numbers.tensor([60, 3, 2]),
      stepCounts: counts,
      labels: numbers.integers(60, in: 0...1)
    )
    func fitted(_ steps: [Int]) -> Temperature {
      let chosen = steps.flatMap { step in (0..<60).filter { counts[$0] >= step }.map { ($0, step) }
      }
      return Temperature(
        fittedTo: answers.logits.reshaped(to: [180, 2]).gathered(
          at: chosen.map { $0 * 3 + $1 - 1 }
        ),
        labels: chosen.map { answers.labels[$0.0] }
      )
    }
    let found = StepCalibration(fittedTo: answers).temperatures
    #expect(found == [fitted([1]), fitted([2, 1, 3]), fitted([3, 2, 1])])
  }
}
