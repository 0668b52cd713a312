import Foundation
import Recurrent
import RecurrentData
import Testing

struct SeriesPreparationTests {
  private typealias Choice = SeriesPreparation.Choice

  @Test func `variables get mean 0 and deviation 1, of the training series alone`() throws {
    let preparation = SeriesPreparation(of: [[1, 10, 3, 10], [5, 10, 7, 10]], variables: 2)
    #expect(preparation.means == [4, 10] && preparation.deviations == [Float(5).squareRoot(), 1])
    let read = preparation.prepared([4, 11, 9, 8])
    #expect(read == [0, 1, 5 / Float(5).squareRoot(), -2])
    #expect(preparation.features == 2 && !preparation.marksMissing)
    #expect(
      SeriesPreparation.constantVariables(of: [[1, 10, 3, 10], [5, 10, 7, 10]], variables: 2) == [1]
    )
  }

  @Test func `a missing number is the last before it, or the mean, and is told`() {
    let preparation = SeriesPreparation(of: [[0, .nan, 2, 4]], variables: 1)
    #expect(preparation.marksMissing && preparation.means == [2] && preparation.features == 2)
    let deviation = preparation.deviations[0]
    #expect(preparation.prepared([.nan, 4, .nan]) == [0, 1, 2 / deviation, 0, 2 / deviation, 1])
    let whole = SeriesPreparation(of: [[0, 2, 4]], variables: 1)
    #expect(!whole.marksMissing && whole.prepared([.nan]) == [0])
  }

  @Test func `differences stand beside what they are of, several times make a step`() {
    let choice = Choice(timesPerStep: 2, hasDifferences: true)
    let preparation = SeriesPreparation(of: [[0, 2, 6], [3, 1, 0]], variables: 1, choice)
    #expect(preparation.features == 4 && preparation.steps(times: 3) == 2)
    let (level, change) = (preparation.deviations[0], preparation.differenceDeviations[0])
    #expect(change != 1)
    // The last step is filled up with the last time, which no longer changes.
    #expect(
      preparation.prepared([2, 4, 5]) == [
        0, 0, 2 / level, 2 / change, 3 / level, 1 / change, 3 / level, 0,
      ]
    )
  }

  @Test func `series of unequal length become a data set with their lengths`() {
    let series = LabelledSeries(
      name: "a",
      variables: 1,
      outputNames: ["x", "y"],
      series: [.init(values: [1, 2, 3], label: 1), .init(values: [4], label: 0)]
    )
    let preparation = SeriesPreparation(
      of: series.series.map(\.values),
      variables: 1,
      Choice(timesPerStep: 2)
    )
    let dataset = preparation.dataset(of: series)
    #expect(dataset.steps == 2 && dataset.features == 2 && dataset.lengths == [2, 1])
    #expect(dataset.labels == [1, 0] && dataset.outputNames == ["x", "y"])
    #expect(dataset.values(ofExample: 1) == preparation.prepared([4]))
  }

  @Test func `a preparation comes back from a file`() throws {
    let preparation = InputPreparation.series(
      SeriesPreparation(of: [[0.1, .nan, 2.5]], variables: 1, Choice(hasDifferences: true))
    )
    let data = try JSONEncoder().encode(preparation)
    #expect(try JSONDecoder().decode(InputPreparation.self, from: data) == preparation)
  }
}
