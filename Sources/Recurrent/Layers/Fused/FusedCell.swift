import RecurrentKernels

/// What the fused engine has to know of a cell: which kernels run it, how its parameters lie in
/// panels, and which states it carries.
///
/// Adding a cell to the engine means writing its gates in C, forward and backward, behind the
/// product the cells share, and describing it here; see Documentation/adding-a-cell.md.
struct FusedCell: Sendable, Equatable {
  /// Where a matrix or a vector begins among a cell's parameters.
  struct Place: Sendable, Equatable {
    /// The parameter's place in the order in which the cell visits them.
    var parameter: Int
    /// The elements of the parameter before it.
    var offset = 0
  }

  /// One block of a panel's columns: a gate's weights and bias, where it has them.
  struct Gate: Sendable, Equatable {
    var input: Place?
    var recurrent: Place?
    var bias: Place?
  }

  /// The kernels of the cell.
  let kind: RecurrentCell
  /// What an error calls the cell.
  let name: String
  let inputSize: Int
  /// The number of features of a step's output and of the hidden state.
  let outputSize: Int
  /// How the gates lie in memory.
  let layout: PanelLayout
  /// The gates in the order of their blocks.
  let gates: [Gate]
  /// The matrix of a product of the cell's own after its gates, `[outputSize, hiddenSize]`.
  var second: Place?
  /// Whether what that product gives is the output itself, with nothing to follow.
  var isProjected = false
  /// The parameters of single units, `[hiddenSize]` each.
  var unitParameters: [Place] = []
  /// The states beside the hidden state.
  var stateCount = 0
  /// Whether a gate carries the hidden state over, so that a gradient reaches it without weights.
  var carriesHidden = false
  /// Whether the sums over the input and those over the hidden state are kept apart, because each
  /// is normalised over its row.
  var isNormalized = false
  /// What kernels that have a choice apply.
  var activation = RECURRENT_TANH
  /// The time step of a discretised equation.
  var timeStep: Float = 1
  /// The numbers of elements of the parameters, in the order in which the cell visits them.
  let parameterCounts: [Int]

  var hiddenSize: Int { layout.hiddenSize }
  /// The columns of the recurrent matrices; 0 where there are none.
  var recurrentSize: Int { gates.contains { $0.recurrent != nil } ? outputSize : 0 }

  /// The columns of a panel that read the input, and those that read the hidden state.
  var inputColumns: RecurrentColumns { columns { $0.input != nil } }
  var hiddenColumns: RecurrentColumns { columns { $0.recurrent != nil } }

  private func columns(_ isRead: (Gate) -> Bool) -> RecurrentColumns {
    let width = layout.unitsPerPanel / PanelLayout.lanes
    guard let first = gates.firstIndex(where: isRead), let last = gates.lastIndex(where: isRead)
    else { return RecurrentColumns(from: 0, to: 0) }
    return RecurrentColumns(from: Int32(first * width), to: Int32((last + 1) * width))
  }

  // MARK: - The parts of packed weights and of a packed gradient

  /// The output size with padding.
  var paddedOutputSize: Int {
    isProjected ? Self.padded(outputSize) : layout.paddedHiddenSize
  }
  /// The floats of the gates' packed weights, [panels][1 + I + R][64], or where the cell normalises
  /// [panels][1 + I][64] and then [panels][1 + R][64].
  var gatesCount: Int {
    layout.panels * ((isNormalized ? 2 : 1) + inputSize + recurrentSize) * PanelLayout.width
  }
  /// The floats of the second product's packed weights, [panels of outputs][1 + H][64].
  var secondCount: Int {
    second == nil ? 0 : Self.padded(outputSize) * (1 + hiddenSize)
  }
  /// The floats of the parameters of single units, [parameter][padded H].
  var unitCount: Int { unitParameters.count * layout.paddedHiddenSize }
  /// The floats of all of them, which is what a packed gradient has.
  var packedCount: Int { gatesCount + secondCount + unitCount }

  static func padded(_ size: Int) -> Int {
    (size + PanelLayout.width - 1) / PanelLayout.width * PanelLayout.width
  }

  // MARK: - What a step leaves

  /// Whether a step needs room for its gates even where nothing is kept.
  var needsGates: Bool { second != nil || isNormalized }

  /// The floats of one section of a step's gates, [panels][rows][64].
  func sectionCount(rows: Int) -> Int { layout.panels * rows * PanelLayout.width }

  /// The floats that a step's gates take: one section, or where the cell normalises three, sums over
  /// the input, sums over the hidden state and gates, and then the rows' statistics.
  func gateCount(rows: Int) -> Int {
    guard isNormalized else { return sectionCount(rows: rows) }
    return 3 * sectionCount(rows: rows) + rows * Int(RECURRENT_STATISTICS)
  }

  /// Where the rows' statistics begin in a step's gates; nil where the cell does not normalise.
  func statisticsOffset(rows: Int) -> Int? {
    isNormalized ? 3 * sectionCount(rows: rows) : nil
  }

  // MARK: - Kernels

  /// The kernels that run the cell.
  func kernels(in table: UnsafePointer<RecurrentKernels>) -> RecurrentCellKernels {
    unsafe table.pointee.cells[Int(kind.rawValue)]
  }
}
