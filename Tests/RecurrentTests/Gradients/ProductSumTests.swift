import Recurrent
import RecurrentTestSupport
import Testing

/// Gradients of weights that many products read, and the packed form products remember.
struct ProductSumTests {
  /// Σ over steps of the weighted sum of a product by one weight, and its gradient by hand.
  private func check(
    _ rows: [Int],
    depth: Int,
    columns: Int,
    transposing: [Bool],
    at location: SourceLocation = #_sourceLocation
  ) {
    var numbers = SeededNumbers(30)
    let isSquare = depth == columns
    let weight = numbers.tensor(
      transposing[0] && !isSquare ? [columns, depth] : [depth, columns]
    )
    let inputs = rows.map { numbers.tensor([$0, depth]) }
    let factors = rows.map { numbers.tensor([$0, columns]) }
    let report = checkGradients(of: weight) { weight in
      var sum = Tensor(0)
      for step in rows.indices {
        let product = matmul(
          inputs[step],
          weight,
          transposingSecond: transposing[step % transposing.count]
        )
        sum = sum + (product * factors[step]).sum()
      }
      return sum
    }
    #expect(report.passes, "\(report)", sourceLocation: location)
  }

  @Test(arguments: [[1], [16], [16, 16, 16], [7, 7, 3, 3, 5], [130], [64, 64, 64, 1]], [1, 65])
  func `a weight's gradient sums the products of all steps`(rows: [Int], columns: Int) {
    check(rows, depth: 5, columns: columns, transposing: [false])
    check(rows, depth: 5, columns: columns, transposing: [true])
    check([Int](repeating: 16, count: 20), depth: 3, columns: 9, transposing: [true])
  }

  @Test func `a weight read both ways has both gradients`() {
    check([3, 4, 4, 3, 5, 2], depth: 6, columns: 6, transposing: [true, false])
  }

  @Test func `a weight that was written to is packed again`() {
    let x = Tensor([1, 2], shape: [1, 2])
    var weight = Tensor([1, 2, 3, 4], shape: [2, 2])
    let old = weight
    for transposing in [false, true] {
      weight = old
      let before = matmul(x, weight, transposingSecond: transposing)
      weight[0, 0] = 10
      let after = matmul(x, weight, transposingSecond: transposing)
      #expect(after[0, 0] == before[0, 0] + 9)
      #expect(matmul(x, old, transposingSecond: transposing) == before)
    }
    // The same elements under another shape are another matrix.
    let tall = Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2])
    #expect(matmul(Tensor([1, 0, 0]), tall) == Tensor([1, 2]))
    #expect(matmul(Tensor([1, 0]), tall.reshaped(to: [2, 3])) == Tensor([1, 2, 3]))
    #expect(matmul(Tensor([1, 0]), tall, transposingSecond: true) == Tensor([1, 3, 5]))
  }

  @Test func `slices of one tensor add up in place`() {
    var numbers = SeededNumbers(31)
    let x = numbers.tensor([3, 6, 2])
    let report = checkGradients(of: x) { x in
      var sum = Tensor(0)
      for step in [0, 2, 2, 5] { sum = sum + exp(x.slice(at: step, along: 1)).sum() }
      let parts = x.slice(1..<4, along: 1).split(into: 3, along: 1)
      return sum + (parts[0] * parts[2]).sum() + x.slice(0..<1, along: 0).sum()
    }
    #expect(report.passes, "\(report)")
  }
}
