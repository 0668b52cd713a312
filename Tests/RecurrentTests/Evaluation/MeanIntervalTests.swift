import Testing

@testable import Recurrent

struct MeanIntervalTests {
  /// Values of `scipy.stats.t.ppf(0.975, ν)`.
  static let quantiles: [(Int, Double)] = [
    (1, 12.706204736174694), (2, 4.302652729749462), (3, 3.1824463052837078),
    (4, 2.7764451051977934), (9, 2.262157162798205), (29, 2.045229642132703),
    (30, 2.0422724563012378), (999, 1.9623414611334493),
  ]

  @Test(arguments: quantiles)
  func `Student's t has SciPy's quantiles`(degrees: Int, value: Double) {
    let found = MeanInterval.quantile(within: 0.95, degreesOfFreedom: degrees)
    #expect(abs(found - value) < 1e-12 * value)
  }

  @Test func `the interval is as worked by hand`() throws {
    let interval = try #require(MeanInterval(of: [1, 2, 3, 6]))
    #expect(interval.mean == 3 && interval.degreesOfFreedom == 3)
    // Squares 4 + 1 + 0 + 9 over 3.
    #expect(interval.deviation == (14.0 / 3).squareRoot())
    let half = 3.1824463052837078 * interval.deviation / 2
    let found = try #require(interval.halfWidth)
    #expect(abs(found - half) < 1e-12)
  }

  @Test func `one measurement has no interval, equal ones one of no width`() throws {
    #expect(MeanInterval(of: []) == nil)
    #expect(try #require(MeanInterval(of: [0.5])).halfWidth == nil)
    #expect(try #require(MeanInterval(of: [0.5, 0.5])).halfWidth == 0)
  }
}
