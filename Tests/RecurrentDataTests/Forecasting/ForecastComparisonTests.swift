import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct ForecastComparisonTests {
  @Test func `errors are those of their definitions`() {
    var errors = ForecastErrors()
    errors.add([3, 0, 0], actual: [1, 4, .nan], scale: 4)
    #expect(errors.own.count == 2 && errors.own.meanAbsoluteError == 3)
    #expect(errors.own.rootMeanSquaredError == Double(10).squareRoot())
    #expect(errors.meanAbsoluteScaledError == 0.75)
    errors.add([10], actual: [0], scale: nil)
    #expect(errors.own.count == 3 && errors.meanAbsoluteScaledError == 0.75)
    errors.add(errors)
    #expect(errors.own.count == 6 && errors.meanAbsoluteScaledError == 0.75)
    #expect(ForecastErrors().meanAbsoluteScaledError == nil)
  }

  /// A model whose answers are 0, so that a forecast of first differences with mean 0 is the last value.
  private func stillModel() -> SequenceModel {
    var stream = RandomStream(seed: 1, purpose: .initialisation)
    var model = SequenceModel(
      [LSTM(inputSize: 1, hiddenSize: 2, using: &stream)],
      summary: .allOutputs,
      classes: 1,
      initialization: .recommended,
      seed: 1
    )
    model.head.weight = Tensor.zeros([1, 2])
    model.head.bias = Tensor.zeros([1])
    return model
  }

  @Test func `simple forecasts and scales are those counted by hand`() throws {
    // Up by 1 and down by 1: the mean difference is 0, and two times make a season.
    let values: [Float] = [0, 1, 0, 1, 0, 1, 0, 1, 0, 3, 0]
    let series = LongSeries(values: values, variables: 1)
    let preparation = ForecastPreparation(
      of: [LongSeries(values: [0, 1, 0, 1, 0], variables: 1)],
      variables: ["a"],
      season: 2,
      window: 4,
      ForecastPreparation.Choice(differences: .first)
    )
    #expect(preparation.means == [0] && preparation.deviations == [1])
    let comparison = ForecastComparison(
      of: try Forecaster(stillModel(), preparation),
      on: [series],
      from: [8],
      horizon: 2,
      targets: [0]
    )
    // From 8: 0 and 3 come, from 9: 3 and 0.
    #expect(comparison.origins == 2)
    #expect(comparison.lastValue[0].own.meanAbsoluteError == 1.5)
    #expect(comparison.freeRunning == comparison.lastValue)
    #expect(
      comparison.oneStep[0].own.count == 2 && comparison.oneStep[0].own.meanAbsoluteError == 2
    )
    #expect(comparison.seasonalNaive[0].own.meanAbsoluteError == 1)
    // Up to time 8 the series repeats itself, so that there is no scale.
    #expect(comparison.freeRunning[0].meanAbsoluteScaledError == nil)
  }

  @Test func `a season is found where there is one`() {
    var numbers = SeededNumbers(2)
    let noise = numbers.floats(300)
    let wave = (0..<300).map { Float([0, 2, 5, 3, 1, -4, -2][$0 % 7]) + 0.3 * noise[$0] }
    #expect(Season.found(in: wave) == 7)
    #expect(Season.found(in: noise) == 1)
    #expect(Season.found(in: (0..<300).map { Float($0) }) == 1)
    #expect(Season.found(in: []) == 1 && Season.found(in: [1, 2]) == 1)
  }
}
