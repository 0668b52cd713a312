import RecurrentData
import RecurrentReports

/// Pictures of what trainings for memory came to.
struct MemoryCharts {
  let record: MemoryRecord

  private var task: MemoryTask { record.plan.task }

  /// Who still solves the task at which lag.
  var byLag: LineChart {
    let lags = record.plan.lags.map(Double.init)
    var series = record.plan.cells.map { cell in
      LineChart.Series(
        name: cell.title,
        points: record.results(cell).compactMap { result in
          result.mean.map { LineChart.Point(x: Double(result.lag), y: $0, range: result.range) }
        }
      )
    }
    series.append(
      LineChart.Series(
        name: "guessing",
        points: lags.map { LineChart.Point(x: $0, y: task.guessing) }
      )
    )
    return LineChart(
      title: "\(task.title): who remembers at which lag",
      xLabel: "lag, steps",
      yLabel: "\(task.measureName) of new examples",
      series: series,
      yRange: task.asksForNumber ? nil : 0...1,
      verticalScale: task.asksForNumber ? .logarithmic : .linear,
      horizontalScale: .logarithmic,
      valueStyle: task.asksForNumber ? .number : .percent
    )
  }

  /// The longest lag at which the gradient of every cell that has one there was measured.
  var gradientLag: Int? {
    let measured = record.trials.filter { $0.gradient != nil }
    return record.plan.lags.last { lag in
      record.plan.cells.allSatisfy { cell in
        measured.contains { $0.cell == cell && $0.lag == lag }
      }
    } ?? measured.map(\.lag).max()
  }

  /// How much of the gradient at the last hidden state comes back how far.
  var gradient: LineChart {
    let lag = gradientLag ?? 0
    let series = record.plan.cells.enumerated().flatMap { index, cell -> [LineChart.Series] in
      let trial = record.trials.first {
        $0.cell == cell && $0.lag == lag && $0.gradient != nil
      }
      guard let part = trial?.gradient?.parts.first else { return [] }
      return [
        LineChart.Series(
          name: "\(cell.title), trained",
          points: Self.shares(part.trained),
          color: index,
          dashes: 0
        ),
        LineChart.Series(
          name: "\(cell.title), before training",
          points: Self.shares(part.atStart),
          color: index,
          dashes: 1
        ),
      ]
    }
    let smallest = series.flatMap(\.points).map(\.y).filter { $0 > 0 }.min() ?? 1
    let largest = series.flatMap(\.points).map(\.y).max() ?? 1
    return LineChart(
      title: "\(task.title), lag \(lag): how far back the gradient comes",
      xLabel: "steps back from the end",
      yLabel: "gradient at the hidden state, of that at the end",
      series: series,
      yRange: smallest < 1e-12 ? 1e-12...max(10, largest) : nil,
      verticalScale: .logarithmic
    )
  }

  /// Norms divided by that at the last step.
  private static func shares(_ norms: [Double]) -> [LineChart.Point] {
    guard let last = norms.first, last > 0 else { return [] }
    return norms.enumerated().map { LineChart.Point(x: Double($0), y: $1 / last) }
  }
}
