import Recurrent
import Testing

struct NonFiniteOriginTests {
  private static let layer = NonFiniteOrigin.Layer(index: 1, name: "LSTM", direction: .reverse)

  private static let lines: [(NonFiniteOrigin, String)] = [
    (
      NonFiniteOrigin(
        stage: .state("cell state"),
        value: .infinity,
        layer: layer,
        unit: 17,
        step: 5,
        steps: 28,
        example: 20481
      ),
      """
      layer 1 (LSTM, reverse), unit 17, time step 5 of 28, example 20481: \
      the cell state became infinite (counted from 0)
      """
    ),
    (
      NonFiniteOrigin(
        stage: .parameter,
        value: .notANumber,
        parameter: .init(name: "lstm.weight_hh_l0", indices: [3, 7])
      ),
      """
      parameter lstm.weight_hh_l0, row 3, column 7: \
      before the step, the parameter is NaN (counted from 0)
      """
    ),
    (
      NonFiniteOrigin(
        stage: .parameterGradient,
        value: .negativeInfinity,
        parameter: .init(name: "head.bias", indices: [2])
      ),
      "parameter head.bias, element 2: the gradient became minus infinity (counted from 0)"
    ),
    (
      NonFiniteOrigin(stage: .input, value: .notANumber, unit: 4, step: 0, steps: 9, example: 6),
      "feature 4, time step 0 of 9, example 6: the input is NaN (counted from 0)"
    ),
    (
      NonFiniteOrigin(
        stage: .output,
        value: .infinity,
        layer: .init(index: 0, name: "Sweep RNN"),
        unit: 2,
        place: 3,
        step: 1,
        steps: 4,
        example: 0
      ),
      """
      layer 0 (Sweep RNN), unit 2, place 3, time step 1 of 4, example 0: \
      the output became infinite (counted from 0)
      """
    ),
    (
      NonFiniteOrigin(
        stage: .outputGradient,
        value: .notANumber,
        layer: layer,
        unit: 0,
        example: 1
      ),
      """
      layer 1 (LSTM, reverse), unit 0, example 1: \
      the gradient that arrives at the final output became NaN (counted from 0)
      """
    ),
    (
      NonFiniteOrigin(
        stage: .stateGradient("memory"),
        value: .infinity,
        layer: layer,
        unit: 0,
        step: 2,
        steps: 3,
        example: 1
      ),
      """
      layer 1 (LSTM, reverse), unit 0, time step 2 of 3, example 1: \
      the gradient that arrives at the memory became infinite (counted from 0)
      """
    ),
    (
      NonFiniteOrigin(stage: .summary, value: .infinity, unit: 5, example: 1),
      "feature 5, example 1: what the head reads became infinite (counted from 0)"
    ),
    (
      NonFiniteOrigin(stage: .logits, value: .infinity, unit: 9, example: 1),
      "class 9, example 1: the logit became infinite (counted from 0)"
    ),
    (
      NonFiniteOrigin(stage: .loss, value: .infinity, example: 3),
      "example 3: the loss became infinite (counted from 0)"
    ),
    (NonFiniteOrigin(stage: .loss, value: .infinity), "the batch: the loss became infinite"),
  ]

  @Test func `an origin is told in one line`() {
    for (origin, line) in Self.lines { #expect("\(origin)" == line) }
  }

  @Test func `only numbers that are not finite have a value`() {
    typealias Value = NonFiniteOrigin.Value
    #expect(Value(.nan) == .notANumber)
    #expect(Value(.infinity) == .infinity)
    #expect(Value(-.infinity) == .negativeInfinity)
    #expect(Value(.greatestFiniteMagnitude) == nil)
    #expect(Value(0) == nil)
  }
}
