import Foundation
import Recurrent
import Testing

struct TokenFrequenciesTests {
  private let vocabulary = ["a", "b", "c"]

  private func text(_ tokens: [UInt16]) -> TokenText { TokenText(tokens, vocabulary: vocabulary) }

  @Test func `probabilities are as worked by hand`() {
    // a b a b a c: a 3 times, b twice, c once; a is followed by b twice and by c once.
    let frequencies = TokenFrequencies(of: text([0, 1, 0, 1, 0, 2]))
    let single: [Double] = [4 / 9, 3 / 9, 2 / 9]
    #expect((0..<3).map { frequencies.probability(of: $0) } == single)
    // After a: 3 times something, 2 kinds.
    let afterA: [Double] = (0..<3).map { frequencies.probability(of: $0, after: 0) }
    let expected: [Double] = [2 * single[0] / 5, (2 + 2 * single[1]) / 5, (1 + 2 * single[2]) / 5]
    #expect(zip(afterA, expected).allSatisfy { abs($0 - $1) < 1e-15 })
    // After c nothing ever came.
    #expect(frequencies.probability(of: 0, after: 2) == single[0])
    for first in 0..<3 {
      let sum: Double = (0..<3).reduce(0) { $0 + frequencies.probability(of: $1, after: first) }
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  @Test func `the costs are means over every token that follows a step`() throws {
    let frequencies = TokenFrequencies(of: text([0, 1, 0, 1, 0, 2]))
    let judged: [UInt16] = [1, 0, 2, 2, 0, 1, 1]
    let dataset = try #require(SequenceDataset.nextTokens(of: text(judged), window: 2, lanes: 2))
    let costs = try #require(frequencies.costs(on: dataset))
    let follows = zip(judged, judged.dropFirst()).map { (Int($0), Int($1)) }
    var (unigram, bigram) = (0.0, 0.0)
    for (first, second) in follows {
      unigram -= log(frequencies.probability(of: second)) / 6
      bigram -= log(frequencies.probability(of: second, after: first)) / 6
    }
    #expect(abs(costs.unigram - unigram) < 1e-12)
    #expect(abs(costs.bigram - bigram) < 1e-12)
    #expect(frequencies.costs(on: .random(count: 3)) == nil)
  }

  // Pairs are kept otherwise from 2,049 tokens on.
  @Test(arguments: [37, 2049])
  func `pairs are counted in small and in large vocabularies`(size: Int) {
    let tokens = (0..<3000).map { $0 * $0 % 37 }
    let frequencies = TokenFrequencies(
      of: TokenText(tokens.map(UInt16.init), vocabulary: (0..<size).map { "\($0)" })
    )
    let follows = zip(tokens, tokens.dropFirst())
    for (first, second) in [(0, 1), (1, 4), (36, 36)] {
      let after = follows.filter { $0.0 == first }.map(\.1)
      let kinds = Double(Set(after).count)
      let single = Double(tokens.count { $0 == second } + 1) / Double(3000 + size)
      let expected =
        after.isEmpty
        ? single
        : (Double(after.count { $0 == second }) + kinds * single) / (Double(after.count) + kinds)
      #expect(abs(frequencies.probability(of: second, after: first) - expected) < 1e-12)
    }
  }
}
