import Recurrent
import RecurrentTestSupport
import Testing

struct LeakageTests {
  private func dataset(
    _ elements: SequenceDataset.Elements,
    _ lengths: [Int],
    steps: Int = 3
  ) -> SequenceDataset {
    SequenceDataset(
      elements: elements,
      labels: lengths.map { _ in 0 },
      steps: steps,
      features: 1,
      classNames: ["a"],
      lengths: lengths
    )
  }

  @Test func `the same numbers of the same length are found, padding means nothing`() {
    let training = dataset(.floats([1, 2, 3, 1, 2, 0, 4, 5, 6]), [3, 2, 3])
    let test = dataset(.floats([1, 2, 9, 4, 5, 7, 1, 2, 3, 1, 2, 8]), [2, 3, 3, 2])
    #expect(test.examples(alsoIn: training) == [0, 2, 3])
    #expect(dataset(.floats([1]), [1], steps: 1).examples(alsoIn: training) == [])
  }

  @Test func `numbers may be kept as bytes or floats, in longer or shorter rows`() {
    let bytes = dataset(.bytes([2, 4, 6, 8], scale: 0.5), [2, 2], steps: 2)
    let floats = dataset(.floats([3, 4, 0, 7, 7, 7]), [2, 3])
    #expect(bytes.examples(alsoIn: floats) == [1])
    #expect(floats.examples(alsoIn: bytes) == [0])
    #expect(bytes.examples(alsoIn: bytes) == [0, 1])
  }

  @Test func `other features share nothing`() {
    #expect(
      SequenceDataset.random(count: 3, features: 2)
        .examples(alsoIn: .random(count: 3, features: 3)).isEmpty
    )
  }

  @Test func `windows that share a place are found, those that touch are not`() {
    let training = [0..<10, 5..<15, 40..<50]
    let test = [15..<25, 14..<16, 30..<41, 20..<40, 50..<51, 0..<100, 7..<7]
    #expect(windows(test, overlapping: training) == [1, 2, 5])
    #expect(windows(test, overlapping: []) == [])
    #expect(windows([], overlapping: training) == [])
    var numbers = SeededNumbers(9)
    for _ in 0..<50 {
      let ranges = (0..<2).map { _ in
        (0..<6).map { _ in
          let first = numbers.integer(in: 0...40)
          return first..<first + numbers.integer(in: 0...6)
        }
      }
      let expected = ranges[0].indices.filter { place in
        ranges[1].contains { $0.overlaps(ranges[0][place]) }
      }
      #expect(windows(ranges[0], overlapping: ranges[1]) == expected)
    }
  }

  @Test func `padding is counted in the batches of the first epoch`() {
    let unequal = dataset(.floats([1, 0, 0, 1, 2, 3]), [1, 3])
    #expect(unequal.paddingShare(batchSize: 2, seed: 1) == 2.0 / 6)
    #expect(unequal.paddingShare(batchSize: 1, seed: 1) == 0)
    #expect(dataset(.floats([1, 1, 1]), [3]).paddingShare(batchSize: 1, seed: 1) == 0)
  }
}
