import Testing

@testable import Recurrent

/// Measures held against scikit-learn's, and against a matrix worked by hand.
struct ConfusionMatrixMeasuresTests {
  private func isClose(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-14 }

  @Test func `measures of four classes are scikit-learn's`() {
    let matrix = MeasureCase(count: 60, classes: 4).confusion
    #expect(matrix.counts == [[4, 3, 0, 0], [4, 7, 0, 0], [1, 1, 7, 3], [5, 1, 3, 21]])
    #expect(isClose(matrix.balancedAccuracy, 0.6227813852813853))
    #expect(isClose(matrix.macroF1, 0.600947361816927))
    let measures = matrix.classMeasures
    let precisions = [0.2857142857142857, 0.5833333333333334, 0.7, 0.875]
    let recalls = [0.5714285714285714, 0.6363636363636364, 0.5833333333333334, 0.7]
    let f1s = [0.38095238095238093, 0.6086956521739131, 0.6363636363636364, 0.7777777777777778]
    #expect(zip(measures, precisions).allSatisfy { isClose($0.precision, $1) })
    #expect(zip(measures, recalls).allSatisfy { isClose($0.recall, $1) })
    #expect(zip(measures, f1s).allSatisfy { isClose($0.f1, $1) })
    #expect(measures.map(\.count) == [7, 11, 12, 30])
  }

  @Test func `measures of two classes are scikit-learn's`() {
    let matrix = MeasureCase(count: 50, classes: 2).confusion
    #expect(matrix.counts == [[10, 3], [14, 23]])
    #expect(isClose(matrix.balancedAccuracy, 0.6954261954261954))
    #expect(isClose(matrix.macroF1, 0.6353496353496353))
  }

  @Test func `a class without examples has no recall to count, one never told an F1 of 0`() {
    var matrix = ConfusionMatrix(classNames: ["a", "b", "c", "d"])
    #expect(matrix.balancedAccuracy == 0 && matrix.macroF1 == 0)
    // a: 3 of 4 right, one read as c, of which there is none; b: never read as such; d: nowhere.
    for (truth, predicted) in [(0, 0), (0, 0), (0, 0), (0, 2), (1, 0)] {
      matrix.add(true: truth, predicted: predicted)
    }
    #expect(matrix.balancedAccuracy == (0.75 + 0) / 2)
    // a: precision 3/4, recall 3/4; b and c: 0.
    #expect(isClose(matrix.macroF1, 0.75 / 3))
    #expect(matrix.classMeasures.map(\.f1) == [0.75, 0, 0, 0])
  }
}
