import Foundation
import RecurrentReports

func pictures() throws {
  let costs = [2.197, 1.412, 0.987, 0.731, 0.562]

  let chart = LineChart(
    title: "Cost by epoch",
    xLabel: "epoch",
    yLabel: "cost",
    series: [
      LineChart.Series(
        name: "training",
        points: costs.enumerated().map { LineChart.Point(x: Double($0 + 1), y: $1) }
      )
    ]
  )
  try chart.svg.write(toFile: "cost.svg", atomically: true, encoding: .utf8)

  print("a chart of \(costs.count) points")
}
