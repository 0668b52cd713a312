import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct ForecasterTests {
  private typealias Choice = ForecastPreparation.Choice

  private static let choices: [ForecastPreparation.Choice] = [
    Choice(), Choice(differences: .first), Choice(differences: .seasonal),
    Choice(differences: .seasonal, hasLogarithm: true),
  ]

  private func series(_ times: Int, variables: Int, seed: UInt64) -> LongSeries {
    var numbers = SeededNumbers(seed)
    return LongSeries(
      values: (0..<times * variables).map { 5 + Float($0) / 50 + numbers.floats(1)[0] },
      variables: variables
    )
  }

  private func preparation(
    _ choice: ForecastPreparation.Choice,
    of series: LongSeries,
    window: Int = 6
  ) -> ForecastPreparation {
    ForecastPreparation(
      of: [series],
      variables: ["a", "b"],
      season: 4,
      window: window,
      choice
    )
  }

  private func model(seed: UInt64) -> SequenceModel {
    var stream = RandomStream(seed: seed, purpose: .initialisation)
    return SequenceModel(
      [LSTM(inputSize: 2, hiddenSize: 5, using: &stream)],
      summary: .allOutputs,
      classes: 2,
      initialization: .recommended,
      seed: seed
    )
  }

  /// What is to be answered, `[example, time, output]`; NaN for nothing.
  private func answers(of dataset: SequenceDataset) -> [Float] {
    guard case .windows(let windows) = dataset.elements,
      case .nextRows(let rows, let firstSteps) = dataset.targets
    else { return [] }
    return (0..<dataset.count).flatMap { example in
      (0..<dataset.steps).flatMap { step -> [Float] in
        guard (firstSteps[example]..<dataset.length(ofExample: example)).contains(step) else {
          return [Float](repeating: .nan, count: rows.columns)
        }
        let row = windows.starts[example] + step + 1
        return rows.numbers(in: row..<row + 1)
      }
    }
  }

  @Test(arguments: choices)
  func `a model that runs freely reads what it answered`(
    choice: ForecastPreparation.Choice
  ) throws {
    let history = series(20, variables: 2, seed: 1)
    let preparation = preparation(choice, of: history)
    let model = model(seed: 2)
    let forecast = try Forecaster(model, preparation).forecast(after: history.rows, count: 5)

    // The same by the model's answers about whole sequences, one longer each time.
    var levels = preparation.levels(history.rows)
    var read = Array(preparation.scaled(levels: levels).suffix(6 * 2))
    var expected: [Float] = []
    for _ in 0..<5 {
      let steps = read.count / 2
      let answers = model.logits(Tensor(read, shape: [1, steps, 2]), in: SequencePass()).elements
        .suffix(2)
      for (variable, answer) in answers.enumerated() {
        let before = choice.differences == .none ? 0 : levels[levels.count - preparation.lag * 2]
        let level =
          answer * preparation.deviations[variable] + preparation.means[variable] + before
        levels.append(level)
        expected.append(choice.hasLogarithm ? Float(exp(Double(level))) : level)
      }
      read += answers
    }
    #expect(forecast.count == 10)
    for (own, other) in zip(forecast, expected) {
      #expect(abs(own - other) <= 1e-4 * max(1, abs(other)))
    }
  }

  @Test(arguments: choices)
  func `a window answers with the next time, in the preparation's numbers`(
    choice: ForecastPreparation.Choice
  ) throws {
    let whole = series(30, variables: 2, seed: 3)
    let preparation = preparation(choice, of: whole)
    let dataset = try #require(try preparation.dataset(of: [whole], answeredFrom: [0]))
    let scaled = preparation.scaled(levels: preparation.levels(whole.rows))
    #expect(scaled.count == (30 - preparation.lag) * 2)
    #expect(dataset.steps == 6 && dataset.count == 30 - preparation.lag - 6)
    let targets = answers(of: dataset)
    for example in 0..<dataset.count {
      #expect(dataset.values(ofExample: example) == Array(scaled[example * 2..<(example + 6) * 2]))
      let answers = targets[example * 12..<(example + 1) * 12]
      #expect(answers.elementsEqual(scaled[(example + 1) * 2..<(example + 7) * 2]))
    }
    // The numbers have mean 0 and deviation 1.
    let first = stride(from: 0, to: scaled.count, by: 2).map { Double(scaled[$0]) }
    let mean = first.reduce(0, +) / Double(first.count)
    let variance = first.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(first.count)
    #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-4)
  }

  @Test func `of a series of any length every time is answered`() throws {
    let whole = LongSeries(values: (0..<20_000).map { Float($0 % 10) }, variables: 1)
    let preparation = ForecastPreparation(
      of: [whole],
      variables: ["a"],
      season: 10,
      window: 3
    )
    let dataset = try #require(try preparation.dataset(of: [whole], answeredFrom: [0]))
    guard case .windows(let windows) = dataset.elements else {
      Issue.record("no windows")
      return
    }
    let answered = (0..<dataset.count).reduce(into: Set<Int>()) { times, example in
      let start = windows.starts[example]
      times.formUnion(start + 1...start + dataset.length(ofExample: example))
    }
    #expect(answered == Set(1..<20_000))
  }

  @Test func `times before the first that is answered are only read`() throws {
    let whole = series(40, variables: 2, seed: 4)
    let preparation = preparation(Choice(differences: .first), of: whole, window: 8)
    let dataset = try #require(try preparation.dataset(of: [whole], answeredFrom: [35]))
    let targets = answers(of: dataset)
    // Times 35 to 39 are answered: in the last window all of them, in none another.
    let scaled = preparation.scaled(levels: preparation.levels(whole.rows))
    let known = Set(targets.filter { !$0.isNaN })
    #expect(known == Set(scaled[(34 * 2)...]))
  }

  @Test func `missing numbers are read as the last before them, and not answered`() throws {
    let whole = LongSeries(values: [1, 2, .nan, 4, 5, 7], variables: 1)
    let preparation = ForecastPreparation(
      of: [whole],
      variables: ["a"],
      season: 1,
      window: 5
    )
    #expect(preparation.levels(whole.rows) == [1, 2, 2, 4, 5, 7])
    #expect(preparation.levels(NumberRows([.nan, .nan, 3], columns: 1)) == [3, 3, 3])
    let dataset = try #require(try preparation.dataset(of: [whole], answeredFrom: [0]))
    let targets = answers(of: dataset)
    #expect(targets.map(\.isNaN) == [false, true, false, false, false])
    #expect(preparation.means == [3.8])
  }

  @Test func `a series too short for what is subtracted gives no windows`() throws {
    let short = series(4, variables: 2, seed: 5)
    let preparation = preparation(
      Choice(differences: .seasonal),
      of: series(20, variables: 2, seed: 5)
    )
    #expect(try preparation.dataset(of: [short], answeredFrom: [0]) == nil)
  }

  @Test func `a preparation that was kept is the same, one that none can be is refused`() throws {
    let preparation = preparation(Self.choices[3], of: series(20, variables: 2, seed: 6))
    let text = try JSONEncoder().encode(preparation)
    #expect(try JSONDecoder().decode(ForecastPreparation.self, from: text) == preparation)
    let broken = String(decoding: text, as: UTF8.self).replacing(
      "\"season\":4",
      with: "\"season\":0"
    )
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ForecastPreparation.self, from: Data(broken.utf8))
    }
  }
}
