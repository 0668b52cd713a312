/// One axis of a chart: the values it covers, where its ticks lie and what they say.
struct ChartAxis: Equatable {
  /// A labelled position.
  struct Tick: Equatable {
    var value: Double
    var label: String
  }

  var lower: Double
  var upper: Double
  var ticks: [Tick]
  var isLogarithmic: Bool = false

  /// Values beyond this magnitude cannot be drawn, nor positive ones below its inverse on a
  /// logarithmic axis.
  static let largestMagnitude: Double = 1e100

  /// Where a value lies between the two ends of the axis, 0 at the lower and 1 at the upper.
  func fraction(of value: Double) -> Double {
    guard isLogarithmic else { return (value - lower) / (upper - lower) }
    let low = DecimalLogarithm.of(lower)
    return (DecimalLogarithm.of(value) - low) / (DecimalLogarithm.of(upper) - low)
  }

  /// An axis that ends where the values end, for the quantity a series runs along.
  ///
  /// On a logarithmic one the ticks are the values themselves, if they are few.
  static func horizontal(
    values: [Double],
    tickLimit: Int,
    isLogarithmic: Bool = false
  ) -> ChartAxis {
    let wholeNumbers = values.allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e12 }
    let (lower, upper) = bounds(of: values) ?? (0, 1)
    if isConstant(lower, upper) {
      let margin = wholeNumbers ? 1 : padding(for: lower)
      let label = wholeNumbers ? NumberText.fixed(lower, places: 0) : freeLabel(lower)
      let tick = Tick(value: lower, label: label)
      return ChartAxis(lower: lower - margin, upper: upper + margin, ticks: [tick])
    }
    if isLogarithmic && !values.isEmpty {
      var axis = logarithmic(
        values: values,
        range: lower...upper,
        style: .number,
        tickLimit: tickLimit
      )
      let own = Set(values)
      if own.count <= tickLimit {
        axis.ticks = own.sorted().map { Tick(value: $0, label: freeLabel($0)) }
      }
      return axis
    }
    let step = TickStep(span: upper - lower, atMost: tickLimit, wholeNumbers: wholeNumbers)
    let indices = values.isEmpty ? [] : step.indices(within: lower, upper)
    let ticks = indices.map { tick($0, step: step, style: .number) }
    return ChartAxis(lower: lower, upper: upper, ticks: ticks)
  }

  /// A linear axis whose ends are ticks, or exactly the `range` asked for.
  static func vertical(
    values: [Double],
    range: ClosedRange<Double>?,
    style: LineChart.ValueStyle,
    tickLimit: Int
  ) -> ChartAxis {
    if let range, isUsable(range) {
      let (lower, upper) = (range.lowerBound, range.upperBound)
      let step = TickStep(span: upper - lower, atMost: tickLimit)
      let ticks = step.indices(within: lower, upper).map { tick($0, step: step, style: style) }
      return ChartAxis(lower: lower, upper: upper, ticks: ticks)
    }
    guard !values.isEmpty else { return ChartAxis(lower: 0, upper: 1, ticks: []) }
    let (lower, upper) = comfortableBounds(of: values, style: style)
    let step = TickStep(span: upper - lower, atMost: tickLimit)
    let ticks = step.indices(enclosing: lower, upper).map { tick($0, step: step, style: style) }
    return ChartAxis(
      lower: ticks.first?.value ?? lower,
      upper: ticks.last?.value ?? upper,
      ticks: ticks
    )
  }

  /// A logarithmic axis over positive values.
  ///
  /// Ticks lie at powers of ten and, where those would be few, also at 2 and 5 times them.
  static func logarithmic(
    values: [Double],
    range: ClosedRange<Double>?,
    style: LineChart.ValueStyle,
    tickLimit: Int
  ) -> ChartAxis {
    let fixed = range.flatMap { isUsable($0) && $0.lowerBound > 0 ? $0 : nil }
    guard fixed != nil || !values.isEmpty else { return ChartAxis(lower: 0, upper: 1, ticks: []) }
    let (low, high) = fixed.map { ($0.lowerBound, $0.upperBound) } ?? bounds(of: values) ?? (0.1, 1)
    let firstDecade = DecimalLogarithm.floor(low)
    let lastDecade = DecimalLogarithm.floor(high) + 1
    let isShort = DecimalLogarithm.of(high) - DecimalLogarithm.of(low) <= 2
    let mantissas = isShort ? [1.0, 2, 5] : [1.0]
    let every = isShort ? 1 : (lastDecade - firstDecade - 1) / tickLimit + 1

    var candidates: [Double] = []
    for decade in stride(from: firstDecade, through: lastDecade + every - 1, by: every) {
      candidates += mantissas.map { $0 * DecimalLogarithm.power(decade) }
    }
    let tolerance = 1e-9
    var lower = candidates.last { $0 <= low * (1 + tolerance) } ?? low
    var upper = candidates.first { $0 >= high * (1 - tolerance) && $0 > lower } ?? high
    if let fixed { (lower, upper) = (fixed.lowerBound, fixed.upperBound) }
    let ticks = candidates.filter { $0 >= lower * (1 - tolerance) && $0 <= upper * (1 + tolerance) }
    return ChartAxis(
      lower: lower,
      upper: upper,
      ticks: ticks.map { Tick(value: $0, label: freeLabel($0, style: style)) },
      isLogarithmic: true
    )
  }

  private static func bounds(of values: [Double]) -> (Double, Double)? {
    guard let lower = values.min(), let upper = values.max() else { return nil }
    return (lower, upper)
  }

  /// Bounds with room around a constant, starting at zero when zero is not far below.
  private static func comfortableBounds(
    of values: [Double],
    style: LineChart.ValueStyle
  ) -> (Double, Double) {
    guard var (lower, upper) = bounds(of: values) else { return (0, 1) }
    let isShare = style == .percent && lower >= 0 && upper <= 1
    if isConstant(lower, upper) {
      let margin = padding(for: lower)
      (lower, upper) = (lower - margin, upper + margin)
    } else if lower > 0, lower < 0.4 * upper {
      lower = 0
    }
    return isShare ? (max(0, lower), min(1, upper)) : (lower, upper)
  }

  private static func isConstant(_ lower: Double, _ upper: Double) -> Bool {
    upper - lower <= max(lower.magnitude, upper.magnitude) * 1e-9 || upper - lower < 1e-100
  }

  private static func padding(for value: Double) -> Double {
    value.magnitude < 1e-90 ? 0.5 : value.magnitude * 0.1
  }

  private static func isUsable(_ range: ClosedRange<Double>) -> Bool {
    range.lowerBound.magnitude < largestMagnitude && range.upperBound.magnitude < largestMagnitude
      && !isConstant(range.lowerBound, range.upperBound)
  }

  private static func tick(_ index: Int, step: TickStep, style: LineChart.ValueStyle) -> Tick {
    let value = step.tick(index)
    let isPlain = step.exponent > -6 && value.magnitude < 1e7
    let label =
      switch style {
      case .percent where isPlain: NumberText.percent(value, places: max(0, step.places - 2))
      case .number where isPlain: NumberText.fixed(value, places: step.places)
      default: freeLabel(value, style: style)
      }
    return Tick(value: value, label: label)
  }

  private static func freeLabel(_ value: Double, style: LineChart.ValueStyle = .number) -> String {
    switch style {
    case .number: NumberText.significant(value)
    case .percent: NumberText.significant(value * 100) + "%"
    }
  }
}
