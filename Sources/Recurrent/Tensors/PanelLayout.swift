import RecurrentKernels

/// How a recurrent layer's gates lie in memory: panels of 64 columns, several gates to a panel.
///
/// See RecurrentKernels.h. A buffer "in panels" of R rows is [panel][R][64]; a buffer of one number
/// for each hidden unit is [panel][R][units of a panel].
struct PanelLayout: Sendable, Equatable {
  /// The columns of a panel.
  static let width = Int(RECURRENT_PANEL)

  let gates: Int
  let hiddenSize: Int

  /// Hidden units in one panel.
  var unitsPerPanel: Int { Self.width / gates }
  /// The number of panels, the last one padded.
  var panels: Int { (hiddenSize + unitsPerPanel - 1) / unitsPerPanel }
  /// The hidden size with padding.
  var paddedHiddenSize: Int { panels * unitsPerPanel }
}
