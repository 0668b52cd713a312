import Testing

@testable import RecurrentReports

struct ChartAxisTests {
  @Test(arguments: [
    ([0.2728, 2.1419], ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]),
    ([0.97, 0.995], ["0.970", "0.975", "0.980", "0.985", "0.990", "0.995"]),
    ([-3, 4], ["−4", "−2", "0", "2", "4"]),
    ([0, 12_000], ["0", "5,000", "10,000", "15,000"]),
    ([5, 5], ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"]),
    ([0, 0], ["−0.6", "−0.4", "−0.2", "0.0", "0.2", "0.4", "0.6"]),
    ([], []),
  ])
  func `vertical ticks are round and enclose the values`(values: [Double], labels: [String]) {
    let axis = ChartAxis.vertical(values: values, range: nil, style: .number, tickLimit: 5)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(values.allSatisfy { $0 >= axis.lower && $0 <= axis.upper })
  }

  @Test(arguments: [
    ([0.26, 0.93], ["0%", "20%", "40%", "60%", "80%", "100%"]),
    ([0.991, 0.996], ["99.1%", "99.2%", "99.3%", "99.4%", "99.5%", "99.6%"]),
    ([1, 1], ["90%", "92%", "94%", "96%", "98%", "100%"]),
  ])
  func `a share's axis never passes 100 percent`(values: [Double], labels: [String]) {
    let axis = ChartAxis.vertical(values: values, range: nil, style: .percent, tickLimit: 5)
    #expect(axis.ticks.map(\.label) == labels)
  }

  @Test(arguments: [
    ([1, 38], ["5", "10", "15", "20", "25", "30", "35"]),
    ([1, 3], ["1", "2", "3"]),
    ([1, 2], ["1", "2"]),
    ([7, 7], ["7"]),
    ([1, 1000], ["200", "400", "600", "800", "1,000"]),
    ([0, 0.5], ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
    ([], []),
  ])
  func `whole positions have whole ticks`(values: [Double], labels: [String]) {
    let axis = ChartAxis.horizontal(values: values, tickLimit: 8)
    #expect(axis.ticks.map(\.label) == labels)
  }

  @Test func `few positions on a logarithmic axis are its ticks`() {
    let axis = ChartAxis.horizontal(values: [25, 400, 50], tickLimit: 8, isLogarithmic: true)
    #expect(axis.ticks.map(\.label) == ["25", "50", "400"])
    #expect(axis.fraction(of: 25) == 0 && abs(axis.fraction(of: 100) - 0.5) < 1e-12)
    let many = ChartAxis.horizontal(
      values: (1...100).map(Double.init),
      tickLimit: 8,
      isLogarithmic: true
    )
    #expect(many.ticks.map(\.label) == ["1", "2", "5", "10", "20", "50", "100"])
    #expect(ChartAxis.horizontal(values: [], tickLimit: 8, isLogarithmic: true).ticks == [])
  }

  @Test(arguments: [
    ([0.003, 20], ["0.001", "0.01", "0.1", "1", "10", "100"]),
    ([0.3, 4], ["0.2", "0.5", "1", "2", "5"]),
    ([3, 3], ["2", "5"]),
    ([1e-8, 1e4], ["1e−8", "0.00001", "0.01", "10", "10,000"]),
  ])
  func `logarithmic ticks lie at powers of ten`(values: [Double], labels: [String]) {
    let axis = ChartAxis.logarithmic(values: values, range: nil, style: .number, tickLimit: 5)
    #expect(axis.ticks.map(\.label) == labels)
    #expect(values.allSatisfy { (-1e-9...1 + 1e-9).contains(axis.fraction(of: $0)) })
  }

  @Test func `a fixed range is kept and a useless one ignored`() {
    let fixed = ChartAxis.vertical(values: [7], range: 0.05...1, style: .number, tickLimit: 5)
    #expect(fixed.lower == 0.05 && fixed.upper == 1)
    #expect(fixed.ticks.map(\.label) == ["0.2", "0.4", "0.6", "0.8", "1.0"])
    for useless in [1.0...1.0, -.infinity ... .infinity] {
      let axis = ChartAxis.vertical(values: [0, 2], range: useless, style: .number, tickLimit: 5)
      #expect(axis.lower == 0 && axis.upper == 2)
    }
  }
}
