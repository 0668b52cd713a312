import Testing

@testable import RecurrentReports

struct SeriesTraceTests {
  private func points(_ values: [Double]) -> [LineChart.Point] {
    values.enumerated().map { LineChart.Point(x: Double($0.offset), y: $0.element) }
  }

  @Test func `a value that is not a number leaves a gap`() {
    let trace = SeriesTrace(points([1, 2, .nan, 4, .infinity, 6, 7]), limit: 100) {
      $0.y.isFinite
    }
    #expect(trace.runs.map { $0.map(\.y) } == [[1, 2], [4], [6, 7]])
    #expect(trace.isolatedPoints.map(\.y) == [4])
  }

  @Test func `a long series keeps its ends and its extremes`() {
    var values = (0..<10_000).map { Double($0 % 7) }
    values[4_321] = 99
    values[8_765] = -99
    let trace = SeriesTrace(points(values), limit: 400) { $0.y.isFinite }
    let kept = trace.runs.flatMap { $0 }
    #expect(kept.count <= 400)
    #expect(kept.first?.x == 0 && kept.last?.x == 9_999)
    #expect(kept.contains { $0.y == 99 } && kept.contains { $0.y == -99 })
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.x < $1.x })
  }
}
