import Recurrent
import RecurrentData
import Testing

struct CopyTaskTests {
  @Test(arguments: [2, 30])
  func `the symbols are asked for in their order after the mark`(lag: Int) {
    let dataset = MemoryTask.copy.dataset(0..<50, lag: lag, seed: 2, split: .training)
    #expect(dataset.steps == lag + 20)
    guard case .classesOfSteps(let labels) = dataset.targets else {
      Issue.record("copying asks for a class at each step")
      return
    }
    let (blank, mark) = (8, 9)
    for example in 0..<dataset.count {
      let values = dataset.values(ofExample: example)
      let symbols = (0..<dataset.steps).map { step in
        values[step * 10..<(step + 1) * 10].enumerated().filter { $0.element == 1 }.map(\.offset)
      }
      #expect(symbols.allSatisfy { $0.count == 1 })
      let read = symbols.map { $0[0] }
      #expect(read[..<10].allSatisfy { $0 < blank })
      #expect(read[10..<lag + 9].allSatisfy { $0 == blank })
      #expect(read[lag + 9] == mark)
      #expect(read[(lag + 10)...].allSatisfy { $0 == blank })
      let asked = labels[example * dataset.steps..<(example + 1) * dataset.steps].map(Int.init)
      #expect(asked == Array(repeating: -1, count: lag + 10) + read[..<10])
    }
  }
}
