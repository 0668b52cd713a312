import Recurrent
import Testing

struct EarlyStoppingTests {
  @Test func `patience counts the epochs since the best`() {
    var stopping = EarlyStopping(patience: 2)
    let values: [Double] = [3, 1, 2, .nan]
    let isBest = values.map { stopping.observe($0) }
    #expect(isBest == [true, true, false, false])
    #expect(stopping.shouldStop)
    #expect(stopping.best == 1 && stopping.bestEpoch == 2 && stopping.epoch == 4)
  }

  @Test func `training goes on while there is something better`() {
    var stopping = EarlyStopping(patience: 1, goal: .highest)
    for value in [0.1, 0.2, 0.3] {
      let isBest = stopping.observe(value)
      #expect(isBest)
      #expect(!stopping.shouldStop)
    }
    // As good is not better.
    let isBest = stopping.observe(0.3)
    #expect(!isBest)
    #expect(stopping.shouldStop)
  }

  @Test func `a change may be too small to count`() {
    var stopping = EarlyStopping(patience: 5, smallestChange: 0.5)
    let isBest = [3, 2.6, 2.4].map { stopping.observe($0) }
    #expect(isBest == [true, false, true])
  }

  @Test func `nothing but NaN stops as well`() {
    var stopping = EarlyStopping(patience: 2)
    let isBest = [Double.nan, .nan].map { stopping.observe($0) }
    #expect(isBest == [false, false])
    #expect(stopping.shouldStop && stopping.best == nil && stopping.bestEpoch == 0)
  }
}
