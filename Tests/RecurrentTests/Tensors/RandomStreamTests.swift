import Recurrent
import Testing

struct RandomStreamTests {
  // The first block of Philox4x32-10 with a key of zeros and a counter of zeros, from the authors'
  // file of known answers (Random123, tests/kat_vectors).
  @Test func `the generator gives the known answers`() {
    var stream = RandomStream(seed: 0, purpose: .init(rawValue: 0))
    let got = (0..<4).map { _ in stream.nextUInt32() }
    #expect(got == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
  }

  @Test func `streams of one key are equal, of other keys different`() {
    func numbers(
      _ seed: UInt64,
      _ purpose: RandomStream.Purpose,
      _ epoch: UInt32,
      _ index: UInt32
    ) -> [UInt64] {
      var stream = RandomStream(seed: seed, purpose: purpose, epoch: epoch, index: index)
      return (0..<9).map { _ in stream.next() }
    }
    let first = numbers(1, .testing, 0, 0)
    #expect(numbers(1, .testing, 0, 0) == first)
    let others = [
      numbers(2, .testing, 0, 0), numbers(1 << 32 | 1, .testing, 0, 0),
      numbers(1, .shuffling, 0, 0), numbers(1, .testing, 1, 0), numbers(1, .testing, 0, 1),
    ]
    #expect(Set([first] + others).count == 6)
  }

  // Means of 100,000 draws: within five standard deviations of the mean, each the spread of a draw
  // (√(1/12), 1 and √2) over √100,000.
  @Test func `draws have the moments of their distributions`() {
    var stream = RandomStream(seed: 90, purpose: .testing)
    let uniform = (0..<100_000).map { _ in Double(stream.nextUniform()) }
    #expect(uniform.allSatisfy { 0 <= $0 && $0 < 1 })
    #expect(abs(mean(uniform) - 0.5) < 0.0046)
    let normal = (0..<100_000).map { _ in Double(stream.nextNormal()) }
    #expect(abs(mean(normal)) < 0.0158)
    #expect(abs(mean(normal.map { $0 * $0 }) - 1) < 0.0224)
    let ranged = (0..<1_000).map { _ in stream.nextUniform(in: -3...2) }
    #expect(ranged.allSatisfy { -3 <= $0 && $0 <= 2 })
  }

  private func mean(_ numbers: [Double]) -> Double {
    numbers.reduce(0, +) / Double(numbers.count)
  }

  @Test(arguments: [0, 1, 2, 10, 1_000])
  func `a permutation holds every number once`(count: Int) {
    var stream = RandomStream(seed: 91, purpose: .testing)
    #expect(stream.permutation(of: count).sorted() == Array(0..<count))
  }

  @Test func `indices are spread evenly`() {
    var stream = RandomStream(seed: 92, purpose: .testing)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.nextIndex(below: 7)] += 1 }
    // Five standard deviations: √(70,000 · 1/7 · 6/7) is 93.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 465 })
    #expect((0..<100).allSatisfy { _ in stream.nextIndex(below: 1) == 0 })
  }
}
