import RecurrentTestSupport
import Testing

@testable import Recurrent

struct NonFiniteForwardTests {
  private static let rnn = NonFiniteOrigin.Layer(index: 0, name: "RNN")

  /// The origin in a layer's state, of unit 0 unless said.
  private static func state(
    _ name: String = "hidden state",
    _ value: NonFiniteOrigin.Value = .infinity,
    in layer: NonFiniteOrigin.Layer = rnn,
    unit: Int = 0,
    place: Int? = nil,
    step: Int,
    of steps: Int,
    example: Int
  ) -> NonFiniteOrigin {
    NonFiniteOrigin(
      stage: .state(name),
      value: value,
      layer: layer,
      unit: unit,
      place: place,
      step: step,
      steps: steps,
      example: example
    )
  }

  /// One unit that grows by 10¹⁰ at each step once it is not 0.
  private static let growing = RNN.relu(input: [[1]], recurrent: [1e10])

  @Test(
    arguments: [
      (Float.nan, NonFiniteOrigin.Value.notANumber), (.infinity, .infinity),
      (-.infinity, .negativeInfinity),
    ]
  )
  func `a parameter comes before all else, the first listed first`(
    number: Float,
    value: NonFiniteOrigin.Value
  ) throws {
    var model = SequenceModel.stack([4, 5], classes: 2)
    model.head.bias[1] = number
    let dataset = SequenceDataset.blank(steps: 2, features: 3, [(0, 0, 0, .nan)])
    func origin(_ name: String, _ indices: [Int]) -> NonFiniteOrigin {
      NonFiniteOrigin(
        stage: .parameter,
        value: value,
        parameter: .init(name: name, indices: indices)
      )
    }
    #expect(model.nonFiniteOrigin(in: dataset, at: 0..<3) == origin("head.bias", [1]))
    var layer = try #require(model.layers[1] as? LSTM)
    layer.weights.recurrent[13, 2] = number
    layer.weights.recurrent[13, 4] = .nan
    layer.weights.bias[0] = .nan
    model.layers[1] = layer
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<3) == origin("lstm.weight_hh_l1", [13, 2])
    )
  }

  @Test func `the input comes next, in the order of the batch`() {
    let model = SequenceModel.stack([4], classes: 2)
    let dataset = SequenceDataset.blank(
      count: 6,
      steps: 4,
      features: 3,
      lengths: [4, 4, 4, 4, 4, 3],
      [(1, 0, 0, .nan), (5, 2, 1, -.infinity), (5, 2, 2, .nan), (4, 0, 0, .nan)]
    )
    #expect(
      model.nonFiniteOrigin(in: dataset, at: [3, 5, 1])
        == NonFiniteOrigin(
          stage: .input,
          value: .negativeInfinity,
          unit: 1,
          step: 2,
          steps: 3,
          example: 5
        )
    )
    #expect(model.nonFiniteOrigin(in: dataset, at: [0, 2, 3]) == nil)
  }

  @Test func `a hidden state overflows at the first step, then in the first example of the batch`()
  {
    let model = SequenceModel.of([
      RNN.relu(input: [[1], [1], [1]], recurrent: [0.5, 1e10, 1e10])
    ])
    // 1, 10¹⁰, 10²⁰, 10³⁰, then more than a float: at step 4.
    let late = SequenceDataset.blank(steps: 6, [(0, 0, 0, 1), (1, 0, 0, 1)])
    #expect(
      model.nonFiniteOrigin(in: late, at: [2, 1, 0])
        == Self.state(unit: 1, step: 4, of: 6, example: 1)
    )
    // Example 1 begins with 10¹⁵ and is there one step sooner, although it comes last.
    let early = SequenceDataset.blank(steps: 6, [(0, 0, 0, 1), (1, 0, 0, 1e15)])
    #expect(
      model.nonFiniteOrigin(in: early, at: [2, 0, 1])
        == Self.state(unit: 1, step: 3, of: 6, example: 1)
    )
    #expect(model.nonFiniteOrigin(in: late, at: [2]) == nil)
  }

  @Test func `a unit that sees only itself overflows by itself`() {
    let layer = IndRNN(
      IndRNNCell(
        input: Tensor([1, -1], shape: [2, 1]),
        recurrent: Tensor([1e20, 1e20]),
        bias: Tensor([0, 0]),
        activation: .relu
      )
    )
    let dataset = SequenceDataset.blank(steps: 5, [(2, 1, 0, -1)])
    #expect(
      SequenceModel.of([layer]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.state(
          in: .init(index: 0, name: "IndRNN"),
          unit: 1,
          step: 3,
          of: 5,
          example: 2
        )
    )
  }

  @Test func `a part of the state that the hidden state comes of is named before it`() {
    // The input gate's sum of unit 1 is ∞ from the input and, from step 1 on, -∞ from the state.
    var lstm = RecurrentWeights(
      input: .zeros([8, 1]),
      recurrent: .zeros([8, 2]),
      bias: Tensor([0, 0, 0, 0, 9, 9, 9, 9])
    )
    lstm.input[1, 0] = 1e30
    for unit in 0..<2 { lstm.recurrent[1, unit] = -3e38 }
    let dataset = SequenceDataset.blank(
      steps: 3,
      (0..<3).map { (example: 2, step: $0, feature: 0, value: Float(1e30)) }
    )
    #expect(
      SequenceModel.of([LSTM(lstm)]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.state(
          "cell state",
          .notANumber,
          in: .init(index: 0, name: "LSTM"),
          unit: 1,
          step: 1,
          of: 3,
          example: 2
        )
    )

    // m = f + m' grows by 2·10³⁸ at each step after the first.
    var sLSTM = RecurrentWeights.zeros(gates: 4)
    sLSTM.bias[1] = 2e38
    #expect(
      SequenceModel.of([SLSTM(SLSTMCell(sLSTM, forgetGate: .exponential))])
        .nonFiniteOrigin(in: .blank(steps: 4), at: [1])
        == Self.state(
          "stabiliser",
          in: .init(index: 0, name: "SLSTM"),
          step: 2,
          of: 4,
          example: 1
        )
    )

    // z = (1 - Δt/2) z' + Δt/2 tanh(1) with a step of 10²⁰; y stays 0.
    var lem = RecurrentWeights.zeros(gates: 4)
    lem.bias[2] = 1
    #expect(
      SequenceModel.of([LEM(LEMCell(lem, timeStep: 1e20))])
        .nonFiniteOrigin(in: .blank(steps: 4), at: [1])
        == Self.state(
          "memory",
          .negativeInfinity,
          in: .init(index: 0, name: "LEM"),
          step: 1,
          of: 4,
          example: 1
        )
    )
  }

  @Test func `a layer from the end begins at each row's own last step`() {
    var reversed = Self.growing
    reversed.isReversed = true
    let alone = SequenceModel.of([reversed])
    let both = SequenceModel.of([
      Bidirectional(forward: .relu(input: [[0]], recurrent: [0]), backward: Self.growing)
    ])
    // Beyond a float at the fourth step that is read: step 0 of 4, but step 2 of 6 is read before.
    let dataset = SequenceDataset.blank(
      steps: 6,
      lengths: [4, 6, 6],
      [(0, 3, 0, 1e10), (1, 5, 0, 1e10)]
    )
    let layer = NonFiniteOrigin.Layer(index: 0, name: "RNN", direction: .reverse)
    for model in [alone, both] {
      #expect(
        model.nonFiniteOrigin(in: dataset, at: [0, 2])
          == Self.state(in: layer, step: 0, of: 4, example: 0)
      )
      #expect(
        model.nonFiniteOrigin(in: dataset, at: [0, 1])
          == Self.state(in: layer, step: 2, of: 6, example: 1)
      )
      #expect(model.nonFiniteOrigin(in: dataset, at: [2]) == nil)
    }
  }

  @Test func `the forward direction comes before the other`() {
    let model = SequenceModel.of([Bidirectional(forward: Self.growing, backward: Self.growing)])
    let dataset = SequenceDataset.blank(steps: 5, [(0, 0, 0, 1e10), (1, 4, 0, 1e10)])
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<2)
        == Self.state(
          in: .init(index: 0, name: "RNN", direction: .forward),
          step: 3,
          of: 5,
          example: 0
        )
    )
  }

  @Test func `a layer further up has its own number`() {
    let small = RNN(
      RecurrentWeights(
        input: Tensor([1], shape: [1, 1]),
        recurrent: .zeros([1, 1]),
        bias: .zeros([1])
      )
    )
    let model = SequenceModel.of([small, small, RNN.relu(input: [[1e15]], recurrent: [1e10])])
    let dataset = SequenceDataset.blank(steps: 5, [(1, 1, 0, 1)])
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.state(in: .init(index: 2, name: "RNN"), step: 4, of: 5, example: 1)
    )
  }

  @Test func `an output can overflow where its parts do not`() {
    let copying = RNN.relu(input: [[1]], recurrent: [0])
    let residual = NonFiniteOrigin(
      stage: .output,
      value: .infinity,
      layer: .init(index: 0, name: "Residual RNN"),
      unit: 0,
      step: 1,
      steps: 3,
      example: 2
    )
    let dataset = SequenceDataset.blank(steps: 3, [(2, 1, 0, 2e38)])
    #expect(
      SequenceModel.of([Residual(copying)]).nonFiniteOrigin(in: dataset, at: 0..<3) == residual
    )

    // From the end, the later of two steps is read first.
    var reversed = copying
    reversed.isReversed = true
    let twice = SequenceDataset.blank(steps: 3, [(2, 1, 0, 2e38), (2, 0, 0, 2e38)])
    #expect(
      SequenceModel.of([Residual(reversed)]).nonFiniteOrigin(in: twice, at: 0..<3) == residual
    )

    let large = SequenceDataset.blank(steps: 3, [(2, 1, 0, 1e20)])
    var product = residual
    product.layer?.name = "Bidirectional RNN"
    #expect(
      SequenceModel.of([Bidirectional(forward: copying, backward: copying, merge: .product)])
        .nonFiniteOrigin(in: large, at: 0..<3) == product
    )
  }

  @Test func `what was read last in both directions can overflow where no step does`() {
    // Forward ends with feature 0 of the last step, backward with feature 1 of the first.
    let layer = Bidirectional(
      forward: RNN.relu(input: [[1, 0]], recurrent: [0]),
      backward: RNN.relu(input: [[0, 1]], recurrent: [0]),
      merge: .product
    )
    let dataset = SequenceDataset.blank(
      steps: 2,
      features: 2,
      [(1, 0, 1, 1e20), (1, 1, 0, 1e20)]
    )
    #expect(
      SequenceModel.of([layer]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == NonFiniteOrigin(
          stage: .output,
          value: .infinity,
          layer: .init(index: 0, name: "Bidirectional RNN"),
          unit: 0,
          example: 1
        )
    )
    // Nobody reads it where the steps' mean is what counts.
    #expect(
      SequenceModel.of([layer], summary: .meanOutput)
        .nonFiniteOrigin(in: dataset, at: 0..<3) == nil
    )
  }

  @Test func `in a sweep the place is named too`() {
    let dataset = SequenceDataset.blank(
      steps: 4,
      features: 3,
      lengths: [2, 4, 4],
      [(0, 1, 0, 1e20), (2, 0, 1, 1e20)]
    )
    let layer = RNN.relu(input: [[1]], recurrent: [1e10])
    #expect(
      SequenceModel.of([Sweep(layer, .across, places: 3)])
        .nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.state(place: 2, step: 1, of: 2, example: 0)
    )
    #expect(
      SequenceModel.of([Sweep(layer, .down, places: 3)]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.state(place: 1, step: 2, of: 4, example: 2)
    )
  }

  @Test func `steps are those of the model's way of reading`() {
    let model = SequenceModel.of(
      [RNN.relu(input: [[1, 0]], recurrent: [1e20])],
      reading: .columns
    )
    let dataset = SequenceDataset.blank(steps: 2, features: 4, [(1, 0, 1, 1)])
    #expect(
      model.nonFiniteOrigin(in: dataset, at: 0..<3) == Self.state(step: 3, of: 4, example: 1)
    )
  }

  @Test(arguments: [Float.nan, .infinity])
  func `what lies past a row's end does not count`(number: Float) {
    let dataset = SequenceDataset.blank(
      count: 6,
      steps: 4,
      features: 2,
      labels: [0, 1, 0, 1, 0, 1],
      lengths: [2, 4, 3, 1, 4, 2],
      [(0, 2, 0, number), (0, 3, 1, number), (2, 3, 0, number), (3, 1, 1, number)]
    )
    var stream = RandomStream(seed: 9, purpose: .testing)
    let lstm = LSTM(inputSize: 2, hiddenSize: 2, using: &stream)
    let narrow = GRU(inputSize: 1, hiddenSize: 1, using: &stream)
    let cases: [any RecurrentLayer] = [
      lstm, Bidirectional(forward: lstm, backward: lstm), Residual(lstm),
      Sweep(narrow, .across, places: 2), Sweep(narrow, .down, places: 2), Recurrence(lstm.cell),
    ]
    for layer in cases {
      for summary in [SequenceModel.Summary.lastOutput, .meanOutput, .maxOutput] {
        let model = SequenceModel.of([layer], summary: summary)
        #expect(model.nonFiniteOrigin(in: dataset, at: 0..<6) == nil, "\(layer), \(summary)")
      }
    }
    // A row that is read on past its end would overflow there.
    let growing = SequenceDataset.blank(steps: 6, lengths: [3, 6, 6], [(0, 0, 0, 1)])
    #expect(SequenceModel.of([Self.growing]).nonFiniteOrigin(in: growing, at: 0..<3) == nil)
  }

  @Test func `what the head reads, logits and losses follow`() {
    let copying = RNN.relu(input: [[1], [1]], recurrent: [0, 0])
    let dataset = SequenceDataset.blank(steps: 2, [(2, 0, 0, 2e38), (2, 1, 0, 2e38)])
    #expect(
      SequenceModel.of([copying], summary: .meanOutput).nonFiniteOrigin(in: dataset, at: 0..<3)
        == NonFiniteOrigin(stage: .summary, value: .infinity, unit: 0, example: 2)
    )
    for (sign, value) in [(1, .infinity), (-1, .negativeInfinity)]
      as [(Float, NonFiniteOrigin.Value)]
    {
      for smoothing in [0, 0.1] as [Float] {
        #expect(
          SequenceModel.of([copying], head: [[0, 1], [0, sign * 2]])
            .nonFiniteOrigin(in: dataset, at: 0..<3, labelSmoothing: smoothing)
            == NonFiniteOrigin(stage: .logits, value: value, unit: 1, example: 2)
        )
      }
    }
  }

  @Test func `a loss can overflow where the logits do not`() {
    // The difference of the logits is more than a float. It counts where the lesser is the label's,
    // or gets a share of the target.
    let model = SequenceModel.of([Self.growing], bias: [3e38, -3e38])
    let dataset = SequenceDataset.blank(steps: 2, labels: [0, 1, 1])
    func loss(of example: Int) -> NonFiniteOrigin {
      NonFiniteOrigin(stage: .loss, value: .infinity, example: example)
    }
    #expect(model.nonFiniteOrigin(in: dataset, at: [0, 2, 1]) == loss(of: 2))
    #expect(model.nonFiniteOrigin(in: dataset, at: [0]) == nil)
    #expect(model.nonFiniteOrigin(in: dataset, at: [0], labelSmoothing: 0.1) == loss(of: 0))
  }
}
