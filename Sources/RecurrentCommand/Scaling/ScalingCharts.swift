import RecurrentReports

/// Pictures of what a scaling model gave.
struct ScalingCharts {
  let record: ScalingRecord

  /// How many times as fast each batch is with more processes.
  var strong: LineChart {
    var series = record.plan.batches.map { batch in
      LineChart.Series(
        name: "\(batch) rows",
        points: record.strong.filter { $0.batch == batch }.map {
          LineChart.Point(x: Double($0.processes), y: $0.speedup)
        }
      )
    }
    let processes = record.plan.processes.map(Double.init)
    series.append(
      LineChart.Series(name: "ideal", points: processes.map { LineChart.Point(x: $0, y: $0) })
    )
    let values = series.flatMap(\.points).map(\.y)
    let (least, most) = (values.min() ?? 1, values.max() ?? 1)
    return LineChart(
      title: "Strong scaling by the model: the same batch, more processes",
      xLabel: "processes",
      yLabel: "speedup over one process",
      series: series,
      yRange: least < most ? min(1, least)...most : nil,
      verticalScale: .logarithmic,
      horizontalScale: .logarithmic
    )
  }

  /// How much of its speed each process keeps where every one has as many rows.
  var weak: LineChart {
    let series = record.weak.map { scaling in
      LineChart.Series(
        name: "\(scaling.rowsPerProcess) rows for each process",
        points: scaling.rows.map { LineChart.Point(x: Double($0.processes), y: $0.efficiency) }
      )
    }
    let most = series.flatMap(\.points).map(\.y).max() ?? 1
    return LineChart(
      title: "Weak scaling by the model: more processes, each with as many rows",
      xLabel: "processes",
      yLabel: "efficiency",
      series: series,
      yRange: 0...max(1, most),
      horizontalScale: .logarithmic,
      valueStyle: .percent
    )
  }
}
