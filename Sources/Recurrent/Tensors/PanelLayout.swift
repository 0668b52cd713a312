import RecurrentKernels

/// How a recurrent layer's gates lie in memory: panels of 64 columns, several blocks to a panel.
///
/// See RecurrentKernels.h. A buffer "in panels" of R rows is [panel][R][64]; a buffer of one number
/// for each hidden unit is [panel][R][units of a panel].
struct PanelLayout: Sendable, Equatable {
  /// The columns of a panel.
  static let width = Int(RECURRENT_PANEL)
  /// The columns that one vector holds.
  static let lanes = Int(RECURRENT_UNITS)

  /// All columns of a panel.
  static let allColumns = RecurrentColumns(from: 0, to: Int32(width / lanes))

  /// Hidden units in one panel: 16, 32 or 64.
  let unitsPerPanel: Int
  let hiddenSize: Int

  /// The layout of `gates` gates: as many units to a panel as fit, in whole vectors.
  init(gates: Int, hiddenSize: Int) {
    unitsPerPanel = gates == 1 ? Self.width : gates == 2 ? Self.width / 2 : Self.lanes
    self.hiddenSize = hiddenSize
  }

  /// The number of panels, the last one padded.
  var panels: Int { (hiddenSize + unitsPerPanel - 1) / unitsPerPanel }
  /// The hidden size with padding.
  var paddedHiddenSize: Int { panels * unitsPerPanel }
}
