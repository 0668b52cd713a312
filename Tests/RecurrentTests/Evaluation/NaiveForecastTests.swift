import Recurrent
import Testing

struct NaiveForecastTests {
  private func last(_ history: [Float], _ horizon: Int) -> [Float] {
    NaiveForecast.last(of: history, horizon: horizon)
  }

  private func seasonal(_ history: [Float], season: Int, _ horizon: Int) -> [Float] {
    NaiveForecast.seasonal(of: history, season: season, horizon: horizon)
  }

  private func scale(_ series: [Float], season: Int = 1) -> Double? {
    NaiveForecast.scale(of: series, season: season)
  }

  @Test func `the last known number is repeated`() {
    #expect(last([1, 2, 3], 2) == [3, 3])
    #expect(last([1, 2, .nan], 1) == [2])
    #expect(last([], 1).allSatisfy { $0.isNaN })
  }

  @Test func `a season is repeated at its place`() {
    let history: [Float] = [9, 9, 9, 1, 2, 3, 4]
    // Places 7, 8, 9 and 10 are those of places 4, 5, 6 and 4 again.
    #expect(seasonal(history, season: 3, 4) == [2, 3, 4, 2])
    #expect(seasonal(history, season: 1, 2) == [4, 4])
    #expect(seasonal([1, 2, .nan, 4], season: 2, 2) == [1, 4])
    #expect(seasonal([5], season: 3, 2) == [5, 5])
  }

  @Test func `the scale is the seasonal naive error within the series`() {
    // Two apart: 3 - 1, 5 - 2, 2 - 3.
    #expect(scale([1, 2, 3, 5, 2], season: 2) == 2)
    // Known neighbours: 2 - 1 and 2 - 5.
    #expect(scale([1, 2, .nan, 5, 2]) == 2)
    #expect(scale([1, 2], season: 2) == nil)
    // A forecast as far off as the naive one within the series has a scaled error of 1.
    let history: [Float] = [1, 2, 4, 8]
    let errors = NumberErrors(of: last(history, 1), against: [8 + 7 / 3])
    let scaled = errors.meanAbsoluteScaledError(scale: scale(history) ?? 0) ?? 0
    #expect(abs(scaled - 1) < 1e-6)
  }
}
