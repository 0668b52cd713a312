import RecurrentKernels

/// A recurrent layer's weights in the order the kernels read them.
///
/// Sendable without a check by the compiler: `pack` is called by one thread while no other uses
/// the weights; between two calls they are only read, and only what the last call packed, so that
/// no buffer grows under a reader.
final class FusedWeights: @unchecked Sendable {
  let cell: FusedCell
  private var forwardPanels = Buffer()
  private let recurrentPanels = Buffer()
  private let inputPanels = Buffer()
  private var secondPanels = Buffer()
  private let secondBackPanels = Buffer()
  private let unitRows = Buffer()
  private let precision: Precision
  private let unpaired = Buffer()

  /// Creates weights for `cell`, in pairs where the precision is bfloat16.
  init(_ cell: FusedCell, precision: Precision = .float32) {
    self.cell = cell
    self.precision = precision
  }

  /// Packs the cell's parameters, in the order in which it visits them, for the way back only if
  /// `forBackward` says so, and there for the gradient of the input only if `forInputGradient` does.
  ///
  /// `mask`, if there is one, is what the recurrent matrix, parameter 1, was multiplied by; it is
  /// not applied here.
  func pack(_ parameters: ArraySlice<Tensor>, forBackward: Bool, forInputGradient: Bool) {
    require(
      parameters.count == cell.parameterCounts.count
        && zip(parameters, cell.parameterCounts).allSatisfy { $0.count == $1 },
      "a fused layer cannot change its sizes"
    )
    withExtendedLifetime(parameters) {
      packGates(parameters)
      packSecond(parameters, forBackward: forBackward)
      packUnits(parameters)
      guard forBackward else { return }
      // Asked for even where it is empty: workers ask for it too, all at once, and must find it made.
      let backPanels = unsafe recurrent
      if cell.recurrentSize > 0 {
        unsafe writeTransposed(
          \.recurrent,
          of: parameters,
          columns: cell.recurrentSize,
          to: backPanels
        )
      }
      if forInputGradient {
        unsafe writeTransposed(\.input, of: parameters, columns: cell.inputSize, to: input)
      }
    }
  }

  /// Gives back the memory of the matrices for the way forward, which nobody reads from here on; what
  /// single units have stays.
  func forgetMatrices() {
    forwardPanels = Buffer()
    secondPanels = Buffer()
  }

  /// [panels][1 + I + R][64], or half of I and of R, each rounded up, where in pairs.
  var forward: UnsafeMutablePointer<Float> { unsafe forwardPanels.reserve(cell.gatesCount) }
  /// What dz is multiplied by for the hidden state before, [blocks of 64 units][1 + P B][64] with B
  /// the columns of a panel that read it, or half of P B where in pairs.
  var recurrent: UnsafeMutablePointer<Float> {
    unsafe recurrentPanels.reserve(
      transposedCount(columns: cell.recurrentSize, of: cell.hiddenColumns)
    )
  }
  /// What dz is multiplied by for the input, [blocks of 64 inputs][1 + P B][64], or half of P B.
  var input: UnsafeMutablePointer<Float> {
    unsafe inputPanels.reserve(
      transposedCount(columns: cell.inputSize, of: cell.inputColumns)
    )
  }
  /// The matrix of the second product, [panels of outputs][1 + H][64].
  var second: UnsafeMutablePointer<Float> { unsafe secondPanels.reserve(cell.secondCount) }
  /// What the gradient of its result is multiplied by, [blocks of 64 units][1 + padded outputs][64].
  var secondTransposed: UnsafeMutablePointer<Float> {
    unsafe secondBackPanels.reserve(
      FusedCell.padded(cell.hiddenSize) * (1 + FusedCell.padded(cell.outputSize))
    )
  }
  /// The parameters of single units, [parameter][padded H]; nil where there are none.
  var units: UnsafeMutablePointer<Float>? {
    cell.unitParameters.isEmpty ? nil : unsafe unitRows.reserve(cell.unitCount)
  }

  private func packGates(_ parameters: ArraySlice<Tensor>) {
    unsafe withUnsafeTemporaryAllocation(of: RecurrentGate.self, capacity: cell.gates.count) {
      gates in
      guard let base = gates.baseAddress else { return }
      var target = unsafe forward
      cell.forEachPart { part in
        for (index, gate) in cell.gates.enumerated() {
          unsafe gates[index] = unsafe RecurrentGate(
            input: parameters.elements(at: gate[keyPath: part.input]),
            recurrent: part.recurrent.flatMap {
              unsafe parameters.elements(at: gate[keyPath: $0])
            },
            bias: parameters.elements(at: gate.bias)
          )
        }
        var sizes = part.sizes
        unsafe target += write(
          panels: cell.layout.panels,
          parts: (sizes.input_size, sizes.recurrent_size),
          to: target
        ) { unsafe recurrent_pack_gates(&sizes, base, $0) }
      }
    }
  }

  private func packSecond(_ parameters: ArraySlice<Tensor>, forBackward: Bool) {
    guard let matrix = unsafe parameters.elements(at: cell.second) else { return }
    let (size, outputs) = (cell.hiddenSize, cell.outputSize)
    unsafe recurrent_pack(size, outputs, matrix, 1, size, nil, second)
    guard forBackward else { return }
    unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 1) { matrices in
      unsafe matrices[0] = matrix
      guard let base = matrices.baseAddress else { return }
      unsafe recurrent_pack_gates_transposed(
        1,
        PanelLayout.width,
        outputs,
        size,
        UnsafePointer(base),
        secondTransposed
      )
    }
  }

  private func packUnits(_ parameters: ArraySlice<Tensor>) {
    guard let rows = unsafe units else { return }
    let (size, padded) = (cell.hiddenSize, cell.layout.paddedHiddenSize)
    for (index, place) in cell.unitParameters.enumerated() {
      guard let source = unsafe parameters.elements(at: place) else { continue }
      let row = unsafe rows + index * padded
      unsafe row.update(from: source, count: size)
      unsafe (row + size).update(repeating: 0, count: padded - size)
    }
  }

  private func writeTransposed(
    _ part: KeyPath<FusedCell.Gate, FusedCell.Place?>,
    of parameters: ArraySlice<Tensor>,
    columns: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    let count = cell.gates.count
    unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: count) {
      matrices in
      var gates = 0
      for gate in cell.gates where gate[keyPath: part] != nil {
        unsafe matrices[gates] = unsafe parameters.elements(at: gate[keyPath: part])
        gates += 1
      }
      guard let base = matrices.baseAddress else { return }
      let blocks = (columns + PanelLayout.width - 1) / PanelLayout.width
      let depth = cell.layout.panels * gates * cell.layout.unitsPerPanel
      unsafe write(panels: blocks, parts: (depth, 0), to: target) { panels in
        unsafe recurrent_pack_gates_transposed(
          gates,
          cell.layout.unitsPerPanel,
          cell.hiddenSize,
          columns,
          UnsafePointer(base),
          panels
        )
      }
    }
  }

  /// Lets `pack` write panels, each a row of biases and two parts of so many rows, to `target`, and
  /// returns how many floats that has taken.
  ///
  /// Where rows are joined in pairs it writes elsewhere first; each part begins a pair of its own.
  @discardableResult
  private func write(
    panels: Int,
    parts: (first: Int, second: Int),
    to target: UnsafeMutablePointer<Float>,
    _ pack: (UnsafeMutablePointer<Float>) -> Void
  ) -> Int {
    let width = PanelLayout.width
    let size = (1 + parts.first + parts.second) * width
    guard precision == .bfloat16 else {
      unsafe pack(target)
      return panels * size
    }
    let firstPairs = PairedOperands.pairs(parts.first)
    let pairedSize = (1 + firstPairs + PairedOperands.pairs(parts.second)) * width
    let source = unsafe unpaired.reserve(panels * size)
    unsafe pack(source)
    for panel in 0..<panels {
      let from = unsafe source + panel * size
      let to = unsafe target + panel * pairedSize
      unsafe to.update(from: from, count: width)
      unsafe kernels.pointee.row_pairs(parts.first, width, from + width, width, to + width)
      unsafe kernels.pointee.row_pairs(
        parts.second,
        width,
        from + (1 + parts.first) * width,
        width,
        to + (1 + firstPairs) * width
      )
    }
    return panels * pairedSize
  }

  private func transposedCount(columns: Int, of read: RecurrentColumns) -> Int {
    let blocks = (columns + PanelLayout.width - 1) / PanelLayout.width
    return blocks * (1 + cell.layout.panels * read.width) * PanelLayout.width
  }
}

extension RecurrentColumns {
  /// The number of columns.
  var width: Int { Int(to - from) * PanelLayout.lanes }
}

extension ArraySlice<Tensor> {
  /// The elements from a place on; valid while the tensors are held and not written to.
  func elements(at place: FusedCell.Place?) -> UnsafePointer<Float>? {
    guard let place else { return nil }
    return unsafe self[startIndex + place.parameter].unsafeElements + place.offset
  }
}
