import Testing

@testable import RecurrentReports

struct MovingAverageTests {
  private func points(_ values: [Double]) -> [LineChart.Point] {
    values.enumerated().map { LineChart.Point(x: Double($0.offset + 1), y: $0.element) }
  }

  private func chart(_ values: [Double], isSmoothed: Bool = true) -> LineChart {
    LineChart(
      title: "t",
      xLabel: "epoch",
      yLabel: "y",
      series: [.init(name: "a", points: points(values))],
      isSmoothed: isSmoothed
    )
  }

  @Test func `the average is the weighted mean of what came so far`() throws {
    let values = (0..<30).map { Double($0 * 7 % 11) - 3 }
    let average = try #require(MovingAverage(points: 30))
    #expect(average.weight == 0.6)
    let smooth = average.values(of: points(values), counting: { _ in true })
    for (place, point) in smooth.enumerated() {
      var (sum, weights, weight) = (0.0, 0.0, 1.0)
      for back in stride(from: place, through: 0, by: -1) {
        sum += weight * values[back]
        weights += weight
        weight *= 0.6
      }
      #expect(abs(point.y - sum / weights) < 1e-12, "after point \(place + 1)")
      #expect(point.x == Double(place + 1))
    }
    #expect(abs(smooth[0].y - values[0]) < 1e-12)
  }

  @Test func `few points are not smoothed, many more than some`() {
    #expect(MovingAverage(points: 19) == nil)
    #expect(MovingAverage(points: 20)?.weight == 0.6)
    #expect(MovingAverage(points: 100)?.weight == 0.6)
    #expect(MovingAverage(points: 1_000)?.weight == 0.96)
  }

  @Test func `a constant stays what it is`() throws {
    let smooth = try #require(chart(Array(repeating: 0.1, count: 500)).smoothedFirst)
    #expect(smooth.allSatisfy { abs($0.y - 0.1) < 1e-12 })
  }

  @Test func `what cannot be drawn is passed over, and stays a gap`() throws {
    var values = (0..<25).map { Double($0 % 2) }
    values[10] = .nan
    let with = try #require(chart(values).smoothedFirst)
    #expect(with[10].y.isNaN && with.count == 25)
    values.remove(at: 10)
    let without = try #require(chart(values).smoothedFirst)
    #expect(with.filter { !$0.y.isNaN }.map(\.y) == without.map(\.y))
  }

  @Test func `a smoothed curve is two lines, and the chart says how they came to be`() {
    let values = (0..<40).map { Double($0 % 2) }
    let smooth = WellFormedMarkup(chart(values).svg)
    #expect(smooth.values(of: "class").filter { $0 == "raw s0" }.count == 1)
    #expect(smooth.values(of: "class").contains("line s0 d0"))
    #expect(smooth.text.contains("thin: values; thick: their moving average (weight 0.6)"))
    for plain in [chart(values, isSmoothed: false), chart(Array(values.prefix(19)))] {
      let markup = WellFormedMarkup(plain.svg)
      #expect(!markup.values(of: "class").contains { $0.hasPrefix("raw") })
      #expect(!markup.text.contains("moving average"))
    }
  }
}

extension LineChart {
  fileprivate var smoothedFirst: [Point]? { smoothed(series[0]) }
}
