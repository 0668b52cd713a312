import Testing

@testable import Recurrent

struct MatrixProductTrialTests {
  @Test(arguments: [1, 65, 130, 300], [1, 2, 3])
  func `every element is the sum of its products`(size: Int, threads: Int) {
    let trial = MatrixProductTrial(size: size, threads: threads)
    trial.run()
    func value(_ row: Int, _ column: Int) -> Float { Float((row * size + column) % 31 - 15) / 16 }
    for (row, column) in [(0, 0), (size - 1, size - 1), (size / 2, size / 3), (size / 3, 0)] {
      let sum = (0..<size).reduce(Float(0)) { $0 + value(row, $1) * value($1, column) }
      // The products are small multiples of 1/256, whose sums have no rounding.
      #expect(trial.element(row, column) == sum)
    }
  }
}
