import Testing

@testable import Recurrent

struct AreaUnderROCTests {
  /// Every pair of a positive and a negative example, counted.
  private func counted(_ scores: [Float], _ isPositive: [Bool]) -> Double {
    var (sum, pairs) = (0.0, 0.0)
    for positive in scores.indices where isPositive[positive] {
      for negative in scores.indices where !isPositive[negative] {
        pairs += 1
        if scores[positive] > scores[negative] { sum += 1 }
        if scores[positive] == scores[negative] { sum += 0.5 }
      }
    }
    return sum / pairs
  }

  @Test func `probabilities give scikit-learn's areas`() throws {
    let two = try #require(MeasureCase(count: 50, classes: 2).evaluation.areaUnderROC)
    #expect(abs(two - 0.8149688149688149) < 1e-14)
    let four = try #require(MeasureCase(count: 60, classes: 4).evaluation.areaUnderROC)
    #expect(abs(four - 0.8204780884266227) < 1e-14)
  }

  @Test func `the area is the share of pairs in the right order, equal ones half`() throws {
    let sample = MeasureCase(count: 60, classes: 4)
    for label in 0..<4 {
      let scores = sample.labels.indices.map { sample.probabilities[4 * $0 + label] }
      let signs = sample.labels.map { $0 == label }
      let area = try #require(areaUnderROC(scores: scores, isPositive: signs))
      #expect(abs(area - counted(scores, signs)) < 1e-14)
    }
    // Pairs: 0.8 over 0.4 and 0.1, 0.4 beside 0.4 and over 0.1: 3.5 of 4.
    #expect(
      areaUnderROC(scores: [0.1, 0.4, 0.4, 0.8], isPositive: [false, false, true, true]) == 0.875
    )
  }

  @Test func `equal scores tell nothing, and without both signs there is no area`() {
    #expect(areaUnderROC(scores: [1, 1, 1], isPositive: [true, false, true]) == 0.5)
    #expect(areaUnderROC(scores: [2, 1], isPositive: [false, true]) == 0)
    #expect(areaUnderROC(scores: [1, 2], isPositive: [true, true]) == nil)
    #expect(areaUnderROC(scores: [], isPositive: []) == nil)
  }
}
