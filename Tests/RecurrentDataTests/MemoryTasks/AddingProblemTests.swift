import Recurrent
import RecurrentData
import Testing

struct AddingProblemTests {
  @Test(arguments: [2, 3, 50])
  func `the sum is that of the two marked numbers, one in each half`(lag: Int) {
    let dataset = MemoryTask.adding.dataset(0..<200, lag: lag, seed: 3, split: .training)
    guard case .numbers(let sums) = dataset.targets else {
      Issue.record("the adding problem asks for numbers")
      return
    }
    for example in 0..<dataset.count {
      let values = dataset.values(ofExample: example)
      let marked = (0..<lag).filter { values[2 * $0 + 1] == 1 }
      #expect(marked.count == 2 && marked[0] < lag / 2 && marked[1] >= lag / 2)
      #expect((0..<lag).allSatisfy { 0..<1 ~= values[2 * $0] })
      #expect(sums[example] == values[2 * marked[0]] + values[2 * marked[1]])
    }
  }

  @Test func `answering 1 has a mean squared error of a sixth`() {
    let dataset = MemoryTask.adding.dataset(0..<5_000, lag: 10, seed: 1, split: .test)
    guard case .numbers(let sums) = dataset.targets else { return }
    let mean = sums.reduce(0) { $0 + Double($1) } / 5_000
    let error = sums.reduce(0) { $0 + (Double($1) - 1) * (Double($1) - 1) } / 5_000
    // Their standard errors are 0.006 and 0.003.
    #expect(abs(mean - 1) < 0.025)
    #expect(abs(error - MemoryTask.adding.guessing) < 0.012)
  }

  @Test func `marks stand everywhere in their halves`() {
    let dataset = MemoryTask.adding.dataset(0..<400, lag: 10, seed: 1, split: .training)
    var found = Set<Int>()
    for example in 0..<dataset.count {
      let values = dataset.values(ofExample: example)
      found.formUnion((0..<10).filter { values[2 * $0 + 1] == 1 })
    }
    #expect(found == Set(0..<10))
  }
}
