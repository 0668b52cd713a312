extension PanelChart {
  /// Where the values of a panel lie along its axis.
  enum Places: Equatable {
    /// On an axis of numbers.
    case numbers(ChartAxis)
    /// Each in a place of its own.
    case categories([String])

    /// So many different numbers have a tick each.
    private static let tickLimit = 5
    /// From this ratio of the largest to the least number on, equal steps are equal ratios.
    private static let wideRatio = 10.0

    /// Chooses places for values.
    init(_ values: [String]) {
      let numbers = values.compactMap(Double.init).filter {
        $0.magnitude < ChartAxis.largestMagnitude
      }
      guard numbers.count == values.count, let least = numbers.min(), let most = numbers.max()
      else {
        var seen: Set<String> = []
        self = .categories(values.filter { seen.insert($0).inserted })
        return
      }
      let isWide = least > 1 / ChartAxis.largestMagnitude && most >= least * Self.wideRatio
      var axis = ChartAxis.horizontal(
        values: numbers,
        tickLimit: Self.tickLimit,
        isLogarithmic: isWide
      )
      let different = Set(numbers)
      if different.count > 1, different.count <= Self.tickLimit {
        axis.ticks = different.sorted().map {
          ChartAxis.Tick(value: $0, label: NumberText.significant($0))
        }
      }
      self = .numbers(axis)
    }

    /// Where a value lies, 0 at the left end and 1 at the right.
    func fraction(of value: String) -> Double {
      switch self {
      case .numbers(let axis): axis.fraction(of: Double(value) ?? axis.lower)
      case .categories(let names):
        (Double(names.firstIndex(of: value) ?? 0) + 0.5) / Double(max(names.count, 1))
      }
    }

    /// The positions that are labelled, from left to right.
    var ticks: [(fraction: Double, label: String)] {
      switch self {
      case .numbers(let axis): axis.ticks.map { (axis.fraction(of: $0.value), $0.label) }
      case .categories(let names): names.map { (fraction(of: $0), $0) }
      }
    }
  }
}
