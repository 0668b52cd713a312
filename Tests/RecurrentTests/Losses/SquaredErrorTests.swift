import Recurrent
import RecurrentTestSupport
import Testing

struct SquaredErrorTests {
  @Test(arguments: [[1], [7], [3, 5], [2, 3, 4]] as [Shape])
  func `the loss is the mean of squared differences over all elements`(shape: Shape) {
    var numbers = SeededNumbers(22)
    expect(
      { meanSquaredError($0[0], $0[1]) },
      at: [numbers.tensor(shape), numbers.tensor(shape)],
      shape: []
    ) { [Reference.meanSquaredError($0[0], $0[1])] }
  }

  @Test func `equal tensors cost nothing`() {
    let x = Tensor([1, 2, 3])
    #expect(meanSquaredError(x, x) == Tensor(0))
  }
}
