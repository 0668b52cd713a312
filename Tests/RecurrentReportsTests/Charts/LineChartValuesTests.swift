import Foundation
import Testing

@testable import RecurrentReports

/// The values that lie over a chart on a page.
struct LineChartValuesTests {
  private func chart(_ values: [[Double]]) -> LineChart {
    LineChart(
      title: "Cost & <more>",
      xLabel: "epoch",
      yLabel: "cost",
      series: values.enumerated().map { index, values in
        LineChart.Series(
          name: "run \(index)",
          points: values.enumerated().map {
            LineChart.Point(x: Double($0.offset + 1), y: $0.element)
          }
        )
      },
      isSmoothed: true
    )
  }

  /// A length in a style, such as `left:12.5%`.
  private func share(_ name: String, in style: String?) throws -> Double {
    let parts = try #require(style).split(separator: ";")
    let part = try #require(parts.first { $0.hasPrefix("\(name):") })
    return try #require(Double(part.dropFirst(name.count + 1).dropLast()))
  }

  @Test func `every point has its values in words, in one group for the keyboard`() {
    let values = [[2.5, 1, 0.5], [3, .nan, 0.25]]
    let html = chart(values).valuesHTML(identifier: "cost")
    let markup = WellFormedMarkup(html)
    #expect(markup.problem == nil)
    #expect(markup.count(of: "input") == 3 && markup.count(of: "label") == 3)
    #expect(Set(markup.values(of: "name")) == ["cost-at"])
    #expect(markup.attributes.first?["role"] == "radiogroup")
    #expect(markup.attributes.first?["aria-label"] == "Values: Cost & <more>")
    let texts = markup.text.split(separator: "\n").map(String.init)
    #expect(
      texts == [
        "epoch 1● run 0: 2.5● run 1: 3", "epoch 2● run 0: 1", "epoch 3● run 0: 0.5● run 1: 0.25",
      ]
    )
  }

  @Test func `positions fill the plot from end to end, and dots lie on the line`() throws {
    let chart = chart([[4, 1, 3, 0]])
    let markup = WellFormedMarkup(chart.valuesHTML(identifier: "a"))
    let labels = zip(markup.elements, markup.attributes).filter { $0.0 == "label" }.map(\.1)
    var end = 0.0
    for label in labels {
      #expect(abs(try share("left", in: label["style"]) - end) < 0.02)
      end += try share("width", in: label["style"])
    }
    #expect(abs(end - 100) < 0.05)
    // The axis goes from 0 to 4.
    let dots = zip(markup.elements, markup.attributes)
      .filter { $0.0 == "span" && $0.1["class"] == "s0" }
    #expect(try dots.map { try share("top", in: $0.1["style"]) } == [0, 75, 25, 100])
    #expect(labels.map { $0["class"] } == [nil, nil, "end", "end"])
  }

  @Test func `a smoothed series tells both numbers`() throws {
    let values = (0..<30).map { Double($0 * 7 % 11) }
    let chart = chart([values])
    let smooth = try #require(chart.smoothed(chart.series[0]))
    let text = WellFormedMarkup(chart.valuesHTML(identifier: "a")).text
    for place in [0, 1, 17, 29] {
      let average = NumberText.significant(smooth[place].y)
      let value = NumberText.significant(values[place])
      #expect(text.contains("epoch \(place + 1)● run 0: \(value), smoothed \(average)"))
    }
  }

  @Test(arguments: [1, 2, 7, 20])
  func `many long curves stay small`(count: Int) {
    var values = (0..<count).map { run in (0..<1_000).map { Double(($0 * 37 + run) % 101) } }
    values[0][523] = 1e6
    let chart = chart(values)
    let html = chart.valuesHTML(identifier: "a")
    let drawing = chart.markup(for: .embedded(identifier: "a"))
    #expect(html.utf8.count < 110_000, "\(html.utf8.count)")
    #expect(drawing.utf8.count < 130_000, "\(drawing.utf8.count)")
    let shown = WellFormedMarkup(html).count(of: "input")
    #expect(shown >= 30 && shown == chart.shownPositions?.shown)
    #expect(chart.shownPositions?.all == 1_000)
    // Peaks are found where the curves are few.
    if count <= 7 { #expect(html.contains("1,000,000")) }
  }

  @Test func `a chart without values has nothing to point at`() {
    #expect(chart([[.nan]]).valuesHTML(identifier: "a") == "")
    #expect(chart([]).valuesHTML(identifier: "a") == "")
    #expect(chart([[1, 2]]).shownPositions == nil)
  }

  @Test func `values far apart get an axis of ratios, others do not`() {
    #expect(chart([[1, 100]]).spreadByRatio().verticalScale == .logarithmic)
    #expect(chart([[1, 29]]).spreadByRatio().verticalScale == .linear)
    #expect(chart([[0, 1_000]]).spreadByRatio().verticalScale == .linear)
    #expect(chart([[]]).spreadByRatio().verticalScale == .linear)
  }
}
