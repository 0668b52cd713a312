import RecurrentKernels

/// A recurrent layer's weights in the order the kernels read them.
///
/// Sendable without a check by the compiler: `pack` is called by one thread while no other uses
/// the weights; between two calls they are only read, and only what the last call packed, so that
/// no buffer grows under a reader.
final class FusedWeights: @unchecked Sendable {
  let cell: FusedCell
  private let forwardPanels = Buffer()
  private let recurrentPanels = Buffer()
  private let inputPanels = Buffer()
  private let precision: Precision
  private let unpaired = Buffer()

  /// Creates weights for `cell`, in pairs where the precision is bfloat16.
  init(_ cell: FusedCell, precision: Precision = .float32) {
    self.cell = cell
    self.precision = precision
  }

  /// Packs parameters, for the way back only if `forBackward` says so, and there for the gradient
  /// of the input only if `forInputGradient` does.
  ///
  /// The three parameters are those of `RecurrentWeights`.
  func pack(
    input: Tensor,
    recurrent: Tensor,
    bias: Tensor,
    forBackward: Bool,
    forInputGradient: Bool
  ) {
    let (inputSize, hiddenSize, gates) = (cell.inputSize, cell.hiddenSize, cell.layout.gates)
    require(
      input.count == gates * hiddenSize * inputSize
        && recurrent.count == gates * hiddenSize * hiddenSize && bias.count == gates * hiddenSize,
      "a fused layer cannot change its sizes"
    )
    unsafe input.withUnsafeElements { input in
      unsafe recurrent.withUnsafeElements { recurrent in
        unsafe bias.withUnsafeElements { bias in
          guard let input = input.baseAddress, let recurrent = recurrent.baseAddress else { return }
          unsafe write(
            panels: cell.layout.panels,
            parts: (inputSize, hiddenSize),
            to: forward
          ) { panels in
            unsafe recurrent_pack_gates(
              gates,
              inputSize,
              hiddenSize,
              input,
              recurrent,
              bias.baseAddress,
              panels
            )
          }
          if forBackward {
            unsafe writeTransposed(recurrent, columns: hiddenSize, to: self.recurrent)
          }
          if forInputGradient {
            unsafe writeTransposed(input, columns: inputSize, to: self.input)
          }
        }
      }
    }
  }

  /// [panels][1 + I + H][64], or half of I and of H, each rounded up, where in pairs.
  var forward: UnsafeMutablePointer<Float> { unsafe forwardPanels.reserve(cell.packedCount) }
  /// What dz is multiplied by for the hidden state before, [blocks of 64 units][1 + 64 P][64], or
  /// 1 + 32 P where in pairs.
  var recurrent: UnsafeMutablePointer<Float> {
    unsafe recurrentPanels.reserve(transposedCount(columns: cell.hiddenSize))
  }
  /// What dz is multiplied by for the input, [blocks of 64 inputs][1 + 64 P][64], or 1 + 32 P.
  var input: UnsafeMutablePointer<Float> {
    unsafe inputPanels.reserve(transposedCount(columns: cell.inputSize))
  }

  private func writeTransposed(
    _ matrix: UnsafePointer<Float>,
    columns: Int,
    to target: UnsafeMutablePointer<Float>
  ) {
    let blocks = (columns + PanelLayout.width - 1) / PanelLayout.width
    let depth = cell.layout.panels * PanelLayout.width
    unsafe write(panels: blocks, parts: (depth, 0), to: target) { panels in
      unsafe recurrent_pack_gates_transposed(
        cell.layout.gates,
        cell.hiddenSize,
        columns,
        matrix,
        panels
      )
    }
  }

  /// Lets `pack` write panels, each a row of biases and two parts of so many rows, to `target`.
  ///
  /// Where rows are joined in pairs it writes elsewhere first; each part begins a pair of its own.
  private func write(
    panels: Int,
    parts: (first: Int, second: Int),
    to target: UnsafeMutablePointer<Float>,
    _ pack: (UnsafeMutablePointer<Float>) -> Void
  ) {
    guard precision == .bfloat16 else { return unsafe pack(target) }
    let width = PanelLayout.width
    let size = (1 + parts.first + parts.second) * width
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
  }

  private func transposedCount(columns: Int) -> Int {
    let blocks = (columns + PanelLayout.width - 1) / PanelLayout.width
    return blocks * (1 + cell.layout.panels * PanelLayout.width) * PanelLayout.width
  }
}
