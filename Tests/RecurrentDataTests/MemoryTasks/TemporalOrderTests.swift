import Recurrent
import RecurrentData
import Testing

struct TemporalOrderTests {
  @Test(arguments: [10, 100])
  func `a class is the order of two symbols among distractors`(lag: Int) {
    let dataset = MemoryTask.temporalOrder.dataset(0..<300, lag: lag, seed: 2, split: .training)
    var lengths = Set<Int>()
    for example in 0..<dataset.count {
      let length = dataset.length(ofExample: example)
      lengths.insert(length)
      let values = dataset.values(ofExample: example)
      let symbols = (0..<length).compactMap { step in
        values[step * 8..<(step + 1) * 8].firstIndex(of: 1).map { $0 - step * 8 }
      }
      #expect(values.reduce(0, +) == Float(length) && symbols.count == length)
      #expect(symbols[0] == 6 && symbols[length - 1] == 7)
      let places = symbols.indices.filter { 4...5 ~= symbols[$0] }
      #expect(places.count == 2)
      #expect(lag / 10...lag / 5 ~= places[0] && lag / 2...lag * 6 / 10 ~= places[1])
      #expect(symbols.indices.dropFirst().dropLast().allSatisfy { symbols[$0] < 6 })
      let name = places.map { symbols[$0] == 4 ? "X" : "Y" }.joined()
      #expect(dataset.classNames[dataset.labels[example]] == name)
    }
    #expect(lengths == Set(lag...lag + lag / 10))
  }
}
