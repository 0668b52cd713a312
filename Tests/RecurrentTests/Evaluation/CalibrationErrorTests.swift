import Recurrent
import Testing

@Suite("The expected calibration error")
struct CalibrationErrorTests {
  @Test("It is the mean distance of intervals, weighted by their answers")
  func byHand() {
    // Two intervals: {0.25, 0.5} with one right of two, {0.75, 1, 1} with two right of three.
    let error = expectedCalibrationError(
      confidences: [0.25, 0.5, 0.75, 1, 1],
      isRight: [true, false, true, false, true],
      intervals: 2
    )
    #expect(abs(error - ((0.5 - 0.375) * 2 + (2.75 / 3 - 2.0 / 3) * 3) / 5) < 1e-12)
  }

  @Test("Over- and underconfidence within an interval cancel, those of two do not")
  func intervals() {
    let (confidences, isRight) = ([Float(0.25), 0.75], [true, false])
    #expect(expectedCalibrationError(confidences: confidences, isRight: isRight, intervals: 1) == 0)
    let two = expectedCalibrationError(confidences: confidences, isRight: isRight, intervals: 2)
    #expect(two == 0.75)
  }

  @Test("A probability between two intervals is of the lower one, and 0 of the first")
  func bounds() {
    // With 0.5 in the lower of two the distances are |0.5 - 0| and |0.75 - 1|.
    #expect(
      expectedCalibrationError(confidences: [0.5, 0.75], isRight: [false, true], intervals: 2)
        == 0.375
    )
    #expect(expectedCalibrationError(confidences: [0], isRight: [false]) == 0)
  }

  @Test("Without answers it is 0")
  func empty() { #expect(expectedCalibrationError(confidences: [], isRight: []) == 0) }
}
