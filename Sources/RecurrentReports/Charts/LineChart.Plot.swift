extension LineChart {
  /// Where the parts of a chart go: the axes and the rectangle between them.
  struct Plot {
    var x: ChartAxis
    var y: ChartAxis
    var left: Double
    var top: Double
    var width: Double
    var height: Double

    var right: Double { left + width }
    var bottom: Double { top + height }

    /// The distance between the frame and the first and last point.
    static let inset: Double = 8

    /// The drawing's horizontal coordinate of a value.
    func horizontal(_ value: Double) -> Double {
      left + Self.inset + x.fraction(of: value) * (width - 2 * Self.inset)
    }

    /// The drawing's vertical coordinate of a value, kept within reach of the frame.
    func vertical(_ value: Double) -> Double {
      let fraction = min(max(y.fraction(of: value), -4), 5)
      return bottom - fraction * height
    }

    /// Whether a value lies between the ends of the vertical axis.
    func shows(_ value: Double) -> Bool { (-1e-9...1 + 1e-9).contains(y.fraction(of: value)) }

    /// A point's place in the drawing, as path data.
    func place(of point: Point) -> String {
      NumberText.coordinate(horizontal(point.x)) + "," + NumberText.coordinate(vertical(point.y))
    }
  }

  /// Chooses axes for the points that can be drawn and places the plot in a drawing.
  func plot(top: Double, width: Double, height: Double, labelSize: Double) -> Plot {
    let points = series.flatMap { $0.points.filter(isDrawable) }
    let values = points.map(\.y)
    let y =
      switch verticalScale {
      case .linear:
        ChartAxis.vertical(values: values, range: yRange, style: valueStyle, tickLimit: 5)
      case .logarithmic:
        ChartAxis.logarithmic(values: values, range: yRange, style: valueStyle, tickLimit: 5)
      }
    let widest = y.ticks.map { TextWidth.estimate($0.label, fontSize: labelSize) }.max() ?? 0
    let left = (widest + 10).rounded(.up)
    return Plot(
      x: ChartAxis.horizontal(values: points.map(\.x), tickLimit: 8),
      y: y,
      left: left,
      top: top,
      width: width - left - 8,
      height: height
    )
  }
}
