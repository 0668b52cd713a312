import RecurrentTestSupport
import Testing

@testable import Recurrent

struct NonFiniteBackwardTests {
  private static func gradient(
    _ stage: NonFiniteOrigin.Stage,
    _ value: NonFiniteOrigin.Value,
    in layer: NonFiniteOrigin.Layer = .init(index: 0, name: "RNN"),
    unit: Int = 0,
    place: Int? = nil,
    step: Int? = nil,
    of steps: Int? = nil,
    example: Int
  ) -> NonFiniteOrigin {
    NonFiniteOrigin(
      stage: stage,
      value: value,
      layer: layer,
      unit: unit,
      place: place,
      step: step,
      steps: steps,
      example: example
    )
  }

  // h = relu(2²⁰ h' + x) with x = 1 - 2²⁰ stays at 1, but a change of it grows by 2²⁰ at each step.
  // With a gradient of -0.27 or 0.73 at the last step, 2¹⁴⁰ times as much seven steps before is
  // more than a float, 2¹²⁰ times is not.
  private static let exploding = RNN.relu(input: [[1]], recurrent: [0x1p20])

  private static func steady(
    steps: Int = 10,
    examples: [Int],
    of count: Int = 3,
    labels: [Int]? = nil,
    lengths: [Int]? = nil,
    isReversed: Bool = false
  ) -> SequenceDataset {
    SequenceDataset.blank(
      count: count,
      steps: steps,
      labels: labels,
      lengths: lengths,
      examples.flatMap { example in
        (0..<steps).map { step in
          (
            example: example, step: isReversed ? steps - 1 - step : step, feature: 0,
            value: step == 0 ? 1 : 1 - 0x1p20
          )
        }
      }
    )
  }

  @Test func `a gradient explodes through time where the states do not`() {
    let model = SequenceModel.of([Self.exploding], head: [[1], [0]])
    func arriving(_ value: NonFiniteOrigin.Value, _ example: Int) -> NonFiniteOrigin {
      Self.gradient(.stateGradient("hidden state"), value, step: 2, of: 10, example: example)
    }
    let dataset = Self.steady(examples: [0, 2], labels: [0, 0, 1])
    #expect(
      model.nonFiniteOrigin(in: dataset, at: [1, 0]) == arriving(.negativeInfinity, 0)
    )
    #expect(model.nonFiniteOrigin(in: dataset, at: [1, 2, 0]) == arriving(.infinity, 2))
    #expect(model.nonFiniteOrigin(in: dataset, at: [1]) == nil)
    #expect(model.nonFiniteOrigin(in: Self.steady(steps: 7, examples: [0]), at: [0]) == nil)
  }

  @Test func `the earliest in a whole batch is found, whichever part of it is met first`() {
    // 8 examples are cut in two parts. Example 1, in the first, ends a step before the other.
    let count = 8
    let model = SequenceModel.of([Self.exploding], head: [[1], [0]])
    let dataset = Self.steady(
      examples: [1, 6],
      of: count,
      lengths: [10, 9, 10, 10, 10, 10, 10, 10]
    )
    func origin(step: Int, of steps: Int, example: Int) -> NonFiniteOrigin {
      Self.gradient(
        .stateGradient("hidden state"),
        .negativeInfinity,
        step: step,
        of: steps,
        example: example
      )
    }
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<count) == origin(step: 2, of: 10, example: 6)
    )
    #expect(
      model.nonFiniteOrigin(in: dataset, at: [0, 1, 2, 3, 4, 5, 7, 0])
        == origin(step: 1, of: 9, example: 1)
    )
    // Equally early ones: the first of the batch.
    let both = Self.steady(examples: [2, 7], of: count)
    let order = [0, 7, 1, 3, 4, 2, 5, 6]
    #expect(model.nonFiniteOrigin(in: both, at: order)?.example == 7)
    #expect(model.nonFiniteOrigin(in: both, at: Array(order.reversed()))?.example == 2)
  }

  @Test func `a layer from the end is gone through from its beginning`() {
    var layer = Self.exploding
    layer.isReversed = true
    let model = SequenceModel.of([layer], head: [[1], [0]])
    #expect(
      model.nonFiniteOrigin(in: Self.steady(examples: [0], isReversed: true), at: 0..<3)
        == Self.gradient(
          .stateGradient("hidden state"),
          .negativeInfinity,
          in: .init(index: 0, name: "RNN", direction: .reverse),
          step: 7,
          of: 10,
          example: 0
        )
    )
  }

  @Test func `in a sweep the place is named too`() {
    // The steps of the other tests as places of one step.
    let numbers = (0..<10).map {
      (example: 1, step: 1, feature: $0, value: $0 == 0 ? Float(1) : 1 - 0x1p20)
    }
    let dataset = SequenceDataset.blank(steps: 3, features: 10, lengths: [2, 2, 3], numbers)
    let zeros = [Float](repeating: 0, count: 9)
    let model = SequenceModel.of(
      [Sweep(Self.exploding, .across, places: 10)],
      head: [zeros + [1], zeros + [0]]
    )
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.gradient(
          .stateGradient("hidden state"),
          .negativeInfinity,
          place: 2,
          step: 1,
          of: 2,
          example: 1
        )
    )
  }

  @Test func `a gradient overflows on its way to the layer below`() {
    // 10⁻³⁰ times 10³⁰ is 1; back, 10¹⁰ times 10³⁰ is too much.
    let below = RNN.relu(input: [[0], [1e-30]], recurrent: [0, 0])
    let above = RNN.relu(input: [[0, 1e30]], recurrent: [0])
    let model = SequenceModel.of([below, above], head: [[1e10], [0]])
    let dataset = SequenceDataset.blank(steps: 3, labels: [0, 1, 0], [(1, 2, 0, 1)])
    #expect(
      model.nonFiniteOrigin(in: dataset, at: [0, 1])
        == Self.gradient(.outputGradient, .infinity, unit: 1, step: 2, of: 3, example: 1)
    )
  }

  @Test func `a gradient overflows on its way from the head`() {
    // Logits of ±3.4; back, both weights times nearly 1 add up to more than a float.
    let layer = RNN.relu(input: [[0], [1e-38]], recurrent: [0, 0])
    let head: [[Float]] = [[0, 3.4e38], [0, -3.4e38]]
    let dataset = SequenceDataset.blank(
      steps: 3,
      labels: [0, 1, 0],
      lengths: [3, 2, 3],
      (0..<2).map { (1, $0, 0, 1) }
    )
    #expect(
      SequenceModel.of([layer], head: head).nonFiniteOrigin(in: dataset, at: [1])
        == Self.gradient(.outputGradient, .infinity, unit: 1, example: 1)
    )
    // The mean is over two steps; the later is met first.
    #expect(
      SequenceModel.of([layer], summary: .meanOutput, head: head)
        .nonFiniteOrigin(in: dataset, at: [1])
        == Self.gradient(.outputGradient, .infinity, unit: 1, step: 1, of: 2, example: 1)
    )
  }

  @Test func `a parameter's gradient can overflow where what arrives does not`() {
    // The gradient that arrives is 10¹⁰, times an input of 10³⁰.
    let layer = RNN.relu(input: [[0, 0], [0, 1e-30]], recurrent: [0, 0])
    let model = SequenceModel.of([layer], head: [[0, 1e10], [0, 0]])
    let dataset = SequenceDataset.blank(
      steps: 1,
      features: 2,
      labels: [1, 1, 1],
      [(2, 0, 1, 1e30)]
    )
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<3)
        == NonFiniteOrigin(
          stage: .parameterGradient,
          value: .infinity,
          parameter: .init(name: "rnn.weight_ih_l0", indices: [1, 1])
        )
    )
    #expect(model.nonFiniteOrigin(in: dataset, at: 0..<2) == nil)
  }
}
