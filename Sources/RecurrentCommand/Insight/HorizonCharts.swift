import RecurrentReports

extension HorizonRecord {
  /// What a change of the state comes to, by steps.
  var normChart: LineChart {
    var series = layers.map { layer in
      LineChart.Series(
        name: layer.name,
        points: layer.norms.enumerated().compactMap { distance, norm in
          norm.map { LineChart.Point(x: Double(distance), y: $0) }
        }
      )
    }
    let last = Double(max(steps - 1, 1))
    series.append(
      LineChart.Series(
        name: "forgotten below",
        points: [LineChart.Point(x: 0, y: leastNorm), LineChart.Point(x: last, y: leastNorm)]
      )
    )
    let norms = series.flatMap(\.points).map(\.y).filter { $0 > 0 }
    let (least, most) = (norms.min() ?? leastNorm, norms.max() ?? 1)
    return LineChart(
      title: "\(data): how far back the state reaches the end",
      xLabel: "steps back from the end",
      yLabel: "what a change of size 1 comes to",
      series: series,
      yRange: least < 1e-9 ? 1e-9...max(10, most) : nil,
      verticalScale: .logarithmic
    )
  }

  /// How many units have which time constants; nil where no cell has gates that forget.
  var timeChart: BarChart? {
    let groups = layers.flatMap { layer in
      layer.timeConstants.map { times in
        BarChart.Group(
          name: "\(layer.name), \(times.part): units by time constant",
          bars: Self.intervals(of: times.values).map {
            BarChart.Bar(name: $0.name, value: Double($0.count), text: "\($0.count)")
          }
        )
      }
    }
    return groups.isEmpty
      ? nil : BarChart(title: "\(data): how long units remember", groups: groups)
  }

  /// How many values there are within doubling numbers of steps, up to the largest.
  static func intervals(of values: [Double?]) -> [(name: String, count: Int)] {
    let most = 1 << 20
    let largest = values.compactMap(\.self).max() ?? 0
    var intervals: [(name: String, count: Int)] = []
    var (lower, upper) = (0, 1)
    while upper <= most {
      let count = values.count { value in
        value.map { Double(lower) <= $0 && $0 < Double(upper) } ?? false
      }
      intervals.append((lower == 0 ? "below 1 step" : "\(lower) to \(upper)", count))
      (lower, upper) = (upper, 2 * upper)
      if largest < Double(lower) { break }
    }
    let rest = values.count { value in value.map { $0 >= Double(lower) } ?? true }
    if rest > 0 { intervals.append(("\(lower) or more", rest)) }
    return intervals
  }
}
