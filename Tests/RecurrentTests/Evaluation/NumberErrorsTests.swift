import Recurrent
import Testing

struct NumberErrorsTests {
  @Test func `errors are as worked by hand, and unknown numbers do not count`() {
    let errors = NumberErrors(of: [1, 2, 3, 9], against: [2, 2, 7, .nan])
    #expect(errors.count == 3)
    #expect(errors.meanAbsoluteError == 5.0 / 3)
    #expect(errors.rootMeanSquaredError == (17.0 / 3).squareRoot())
    #expect(errors.meanAbsoluteScaledError(scale: 2) == 5.0 / 6)
    #expect(errors.meanAbsoluteScaledError(scale: 0) == nil)
    let none = NumberErrors(of: [], against: [])
    #expect(none.meanAbsoluteError == 0 && none.rootMeanSquaredError == 0)
  }

  @Test func `the mean is learned of each output and judged on others`() {
    let means = MeanAnswers(of: [1, 10, 3, .nan, 5, 30], outputs: 2)
    #expect(means.means == [3, 20])
    let errors = means.errors(against: [4, 20, 1, .nan])
    #expect(errors.count == 3 && errors.meanAbsoluteError == 1)
    let unknown = MeanAnswers(of: [1, .nan], outputs: 2)
    #expect(unknown.errors(against: [2, 5]).count == 1)
  }
}
