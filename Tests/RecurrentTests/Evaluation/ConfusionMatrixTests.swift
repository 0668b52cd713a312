import Recurrent
import Testing

struct ConfusionMatrixTests {
  @Test func `examples are counted by truth and prediction`() {
    var matrix = ConfusionMatrix(classNames: ["a", "b", "c"])
    #expect(matrix.total == 0 && matrix.accuracy == 0 && matrix.confusions.isEmpty)
    for (truth, predicted) in [(0, 0), (0, 1), (1, 1), (2, 0), (2, 0), (2, 2), (1, 2), (0, 1)] {
      matrix.add(true: truth, predicted: predicted)
    }
    #expect(matrix.counts == [[1, 2, 0], [0, 1, 1], [2, 0, 1]])
    #expect(matrix.total == 8)
    #expect(matrix.accuracy == 3.0 / 8)
    #expect(
      matrix.confusions.map { [$0.truth, $0.predicted, $0.count] } == [
        [0, 1, 2], [2, 0, 2], [1, 2, 1],
      ]
    )
  }
}
