import Recurrent
import Testing

struct SignTestTests {
  private func test(_ first: Int, _ second: Int, equal: Int = 5) -> SignTest {
    SignTest(
      first: Array(repeating: 1, count: first) + Array(repeating: 0, count: second + equal)
        + [.nan],
      second: Array(repeating: 0, count: first) + Array(repeating: 1, count: second)
        + Array(repeating: 0, count: equal + 1)
    )
  }

  @Test func `who was better more often is counted`() {
    let some = test(4, 7)
    #expect(some.firstBetter == 4 && some.secondBetter == 7)
  }

  @Test func `few or balanced differences are not clear`() {
    // (|5 - 0| - 1)² / 5 = 3.2 is below 3.84, (|6 - 0| - 1)² / 6 = 4.17 above.
    #expect(!test(5, 0).isClear && test(6, 0).isFirstClearlyBetter)
    #expect(!test(0, 0).isClear && !test(50, 45).isClear)
    #expect(test(0, 6).isClear && !test(0, 6).isFirstClearlyBetter)
  }
}
