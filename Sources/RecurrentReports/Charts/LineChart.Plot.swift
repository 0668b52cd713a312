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

    /// The line from the least to the greatest of a point's values, as path data; nil for one value.
    func range(of point: Point, values: [Double]) -> String? {
      guard let least = values.min(), let greatest = values.max(), least < greatest else {
        return nil
      }
      let (top, bottom) = (vertical(greatest), vertical(least))
      return "M\(NumberText.coordinate(horizontal(point.x))),\(NumberText.coordinate(top))"
        + "V\(NumberText.coordinate(bottom))"
    }

    /// The line through points, as path data.
    func path(_ points: [Point]) -> String { "M" + points.map(place).joined(separator: " ") }

    /// A point's place in the drawing, as path data.
    func place(of point: Point) -> String {
      NumberText.coordinate(horizontal(point.x)) + "," + NumberText.coordinate(vertical(point.y))
    }
  }

  /// Chooses axes for the points that can be drawn and places the plot in a drawing.
  func plot(top: Double, width: Double, height: Double, labelSize: Double) -> Plot {
    let points = series.flatMap { $0.points.filter(isDrawable) }
    let values = points.flatMap(values(of:))
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
      x: ChartAxis.horizontal(
        values: points.map(\.x),
        tickLimit: 8,
        isLogarithmic: horizontalScale == .logarithmic
      ),
      y: y,
      left: left,
      top: top,
      width: width - left - 8,
      height: height
    )
  }
}
