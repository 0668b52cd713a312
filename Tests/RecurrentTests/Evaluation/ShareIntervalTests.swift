import Recurrent
import Testing

struct ShareIntervalTests {
  // The bounds of 7 right of 10 are Wilson's own formula by hand:
  // (0.7 + 0.19207 ± 1.95996 √(0.021 + 0.00960)) / 1.38415.
  @Test func `the bounds are Wilson's`() throws {
    let seven = try #require(ShareInterval(share: 0.7, count: 10))
    #expect(abs(seven.bounds.lowerBound - 0.396_778) < 1e-6)
    #expect(abs(seven.bounds.upperBound - 0.892_209) < 1e-6)
    let many = try #require(ShareInterval(share: 0.98, count: 10_000))
    #expect(abs(many.bounds.lowerBound - 0.977_066) < 1e-6)
    #expect(abs(many.bounds.upperBound - 0.982_565) < 1e-6)
  }

  @Test func `all or none right leave room on one side`() throws {
    let all = try #require(ShareInterval(share: 1, count: 20))
    #expect(all.bounds.upperBound == 1 && abs(all.bounds.lowerBound - 0.838_875) < 1e-6)
    let none = try #require(ShareInterval(share: 0, count: 20))
    #expect(none.bounds.lowerBound == 0 && abs(none.bounds.upperBound - 0.161_125) < 1e-6)
  }

  @Test func `what is no share of anything has no interval`() {
    #expect(ShareInterval(share: 0.5, count: 0) == nil)
    #expect(ShareInterval(share: .nan, count: 5) == nil)
    #expect(ShareInterval(share: 1.01, count: 5) == nil)
  }
}
