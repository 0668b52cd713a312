import Recurrent
import Testing

struct ClassBaselineTests {
  @Test func `the most frequent class is told, the first of equals`() throws {
    let majority = try #require(MajorityClass(of: [2, 0, 2, 1, 1, -1]))
    #expect(majority.label == 1 && majority.share == 0.4)
    #expect(majority.accuracy(on: [1, 1, 0, -1]) == 2.0 / 3)
    #expect(majority.accuracy(on: []) == 0)
    #expect(MajorityClass(of: [-1]) == nil)
  }

  @Test func `lengths are told by the nearest ones`() {
    // Nine sequences: three neighbours, and others as near.
    let lengths = [3, 3, 4, 4, 5, 10, 10, 11, 20]
    let labels = [0, 0, 0, 1, 1, 2, 2, 1, 3]
    let classifier = LengthClassifier(lengths: lengths, labels: labels)
    #expect(classifier.label(ofLength: 1) == 0)  // 3, 3, then both of 4
    #expect(classifier.label(ofLength: 5) == 1)  // 5, then both of 4
    #expect(classifier.label(ofLength: 9) == 2)  // 10, 10, 11
    #expect(classifier.label(ofLength: 100) == 2)  // 20, 11, then both of 10
  }

  @Test func `lengths equally far to both sides vote together`() {
    // Two neighbours of 5: one sequence of 4, and two of 6 as near.
    let classifier = LengthClassifier(lengths: [4, 6, 6, 9], labels: [0, 1, 1, 0])
    #expect(classifier.label(ofLength: 5) == 1)
    #expect(LengthClassifier(lengths: [7], labels: [2]).label(ofLength: 1) == 2)
  }
}
