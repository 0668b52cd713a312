import Recurrent
import RecurrentData
import Testing

struct ParityTests {
  @Test func `the parity of the bits so far is asked for at each step`() {
    let dataset = MemoryTask.parity.dataset(0..<40, lag: 25, seed: 4, split: .training)
    guard case .classesOfSteps(let labels) = dataset.targets else {
      Issue.record("parity asks for a class at each step")
      return
    }
    for example in 0..<dataset.count {
      var ones = 0
      for (step, bit) in dataset.values(ofExample: example).enumerated() {
        #expect(bit == 0 || bit == 1)
        ones += Int(bit)
        #expect(labels[example * 25 + step] == Int32(ones % 2))
      }
    }
  }

  @Test func `the final parity is that of the same bits`() {
    let dataset = MemoryTask.finalParity.dataset(0..<40, lag: 25, seed: 4, split: .training)
    let running = MemoryTask.parity.dataset(0..<40, lag: 25, seed: 4, split: .training)
    for example in 0..<dataset.count {
      let bits = dataset.values(ofExample: example)
      #expect(bits == running.values(ofExample: example))
      #expect(dataset.labels[example] == Int(bits.reduce(0, +)) % 2)
    }
  }
}
