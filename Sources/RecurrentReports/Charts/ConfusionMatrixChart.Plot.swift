extension ConfusionMatrixChart {
  /// Where the parts of the matrix go and how large its texts are.
  struct Plot {
    var left: Double
    var top: Double
    var cell: Double
    var nameSize: Double
    var countSize: Double
    var nameRoom: Double
    var accuracyWidth: Double
    var turnsColumnNames: Bool
    /// Whether all texts still fit when a narrow page enlarges them.
    var isCompact: Bool
    var width: Double
    var height: Double
  }

  /// The widest a class name may be drawn.
  private static let longestName: Double = 150

  /// Chooses sizes for the number of classes, the length of their names and of the counts.
  func plot(margin: Double, top: Double, isEmbedded: Bool) -> Plot {
    let classes = Double(classCount)
    let cell: Double =
      switch classCount {
      case ...4: 64
      case 5...8: 54
      case 9...12: 46
      case 13...20: 34
      default: 28
      }
    let digits = (counts.joined().max() ?? 0).description.count
    let isCompact = classCount <= 12 && digits <= 4
    let nameSize = classCount <= 20 ? ChartStyle.labelSize : 11
    // Names need room for the size at which a narrow page shows them.
    let widestSize = isEmbedded && isCompact ? ChartStyle.narrowLabelSize : nameSize
    let widths = (0..<classCount).map { TextWidth.estimate(name(of: $0), fontSize: widestSize) }
    let nameRoom = min(widths.max() ?? 0, Self.longestName)
    let turnsColumnNames = nameRoom > cell - 6
    // Turned names stand at 45 degrees: as high as they are wide, by the root of one half.
    let headingHeight = turnsColumnNames ? max(nameRoom * 0.71 + 24, 48) : 50
    let corner = turnsColumnNames ? "read as" : "true"
    let left = margin + max(nameRoom, TextWidth.estimate(corner, fontSize: widestSize)) + 10
    let gridTop = top + headingHeight
    let accuracyWidth = TextWidth.estimate("accuracy", fontSize: widestSize) + 10
    let overhang = turnsColumnNames ? max(0, nameRoom * 0.71 - cell / 2) : 0
    return Plot(
      left: left,
      top: gridTop,
      cell: cell,
      nameSize: nameSize,
      countSize: min(14, (cell - 4) / (Double(max(2, digits)) * 0.58)),
      nameRoom: nameRoom,
      accuracyWidth: accuracyWidth,
      turnsColumnNames: turnsColumnNames,
      isCompact: isCompact,
      width: left + classes * cell + max(accuracyWidth, overhang) + margin,
      height: gridTop + classes * cell
    )
  }
}
