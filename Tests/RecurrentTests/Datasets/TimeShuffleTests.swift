import Recurrent
import Testing

struct TimeShuffleTests {
  /// Two features a step: the example and a number of the step.
  private func dataset(_ targets: SequenceDataset.Targets? = nil) -> SequenceDataset {
    let elements = (0..<3).flatMap { example in
      (0..<20).flatMap { [Float(example), Float(100 * example + $0)] }
    }
    return SequenceDataset(
      elements: .floats(elements),
      count: 3,
      steps: 20,
      features: 2,
      targets: targets ?? .classes([0, 1, 0]),
      outputNames: ["a", "b"],
      lengths: [20, 1, 12]
    )
  }

  @Test func `an example keeps its steps, its length and what is past its end`() {
    let (whole, shuffled) = (dataset(), dataset().shuffledInTime(seed: 1))
    #expect(shuffled.lengths == [20, 1, 12] && shuffled.labels == [0, 1, 0])
    for example in 0..<3 {
      let (before, after) = (
        whole.values(ofExample: example), shuffled.values(ofExample: example)
      )
      #expect(example == 1 ? after == before : after != before)
      let steps = [before, after].map { values in
        stride(from: 0, to: values.count, by: 2).map { [values[$0], values[$0 + 1]] }
          .sorted { $0[1] < $1[1] }
      }
      #expect(steps[0] == steps[1])
    }
    guard case .floats(let old) = whole.elements, case .floats(let new) = shuffled.elements else {
      Issue.record("floats became something else")
      return
    }
    #expect(old[104...] == new[104...])
  }

  @Test func `the seed decides the order, and another seed another`() {
    let orders = [1, 1, 2].map { dataset().shuffledInTime(seed: $0).values(ofExample: 0) }
    #expect(orders[0] == orders[1] && orders[0] != orders[2])
  }

  @Test func `what is to be answered of a step goes with it`() {
    let labels = (0..<60).map { Int32($0 % 20 % 2) }
    let shuffled = dataset(.classesOfSteps(labels)).shuffledInTime(seed: 3)
    guard case .classesOfSteps(let moved) = shuffled.targets else {
      Issue.record("labels became something else")
      return
    }
    let values = shuffled.values(ofExample: 0)
    #expect((0..<20).allSatisfy { Int(moved[$0]) == Int(values[2 * $0 + 1]) % 2 })
    let numbers = (0..<120).map { Float($0 % 40 / 2) }
    let others = dataset(.numbersOfSteps(numbers)).shuffledInTime(seed: 3)
    guard case .numbersOfSteps(let movedNumbers) = others.targets else {
      Issue.record("numbers became something else")
      return
    }
    #expect((0..<20).allSatisfy { movedNumbers[2 * $0] == values[2 * $0 + 1] })
  }

  @Test func `bytes and tokens are shuffled alike`() {
    let bytes = SequenceDataset(
      elements: .bytes((0..<24).map(UInt8.init), scale: 0.5),
      labels: [0, 0],
      steps: 12,
      features: 1,
      classNames: ["a"]
    )
    let text = TokenText((0..<30).map(UInt16.init), vocabulary: (0..<30).map { "\($0)" })
    let tokens = SequenceDataset(
      elements: .tokens(TokenWindows(of: text, startingAt: [4, 10])),
      labels: [0, 0],
      steps: 12,
      features: 30,
      classNames: ["a"]
    )
    let (first, second) = (bytes.shuffledInTime(seed: 5), tokens.shuffledInTime(seed: 5))
    for example in 0..<2 {
      let order = first.values(ofExample: example).map { Int(2 * $0) - 12 * example }
      #expect(order.sorted() == Array(0..<12) && order != Array(0..<12))
      let rows = second.values(ofExample: example)
      let found = (0..<12).map { step in
        (0..<30).first { rows[30 * step + $0] == 1 } ?? -1
      }
      #expect(found == order.map { $0 + [4, 10][example] })
    }
  }
}
