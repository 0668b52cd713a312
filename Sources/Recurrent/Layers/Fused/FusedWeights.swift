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

  init(_ cell: FusedCell) { self.cell = cell }

  /// Packs `weights`, for the way back only if `forBackward` says so, and there for the gradient
  /// of the input only if `forInputGradient` does.
  func pack(_ weights: RecurrentWeights, forBackward: Bool, forInputGradient: Bool) {
    let (inputSize, hiddenSize, gates) = (cell.inputSize, cell.hiddenSize, cell.layout.gates)
    require(
      weights.inputSize == inputSize && weights.hiddenSize == hiddenSize && weights.gates == gates,
      "a fused layer cannot change its sizes"
    )
    unsafe weights.input.withUnsafeElements { input in
      unsafe weights.recurrent.withUnsafeElements { recurrent in
        unsafe weights.bias.withUnsafeElements { bias in
          guard let input = input.baseAddress, let recurrent = recurrent.baseAddress else { return }
          unsafe recurrent_pack_gates(
            gates,
            inputSize,
            hiddenSize,
            input,
            recurrent,
            bias.baseAddress,
            self.forward
          )
          if forBackward {
            unsafe recurrent_pack_gates_transposed(
              gates,
              hiddenSize,
              hiddenSize,
              recurrent,
              self.recurrent
            )
          }
          if forInputGradient {
            unsafe recurrent_pack_gates_transposed(
              gates,
              hiddenSize,
              inputSize,
              input,
              self.input
            )
          }
        }
      }
    }
  }

  /// [panels][1 + I + H][64].
  var forward: UnsafeMutablePointer<Float> { unsafe forwardPanels.reserve(cell.packedCount) }
  /// What dz is multiplied by for the hidden state before, [blocks of 64 units][1 + 64 P][64].
  var recurrent: UnsafeMutablePointer<Float> {
    unsafe recurrentPanels.reserve(transposedCount(columns: cell.hiddenSize))
  }
  /// What dz is multiplied by for the input, [blocks of 64 inputs][1 + 64 P][64].
  var input: UnsafeMutablePointer<Float> {
    unsafe inputPanels.reserve(transposedCount(columns: cell.inputSize))
  }

  private func transposedCount(columns: Int) -> Int {
    let blocks = (columns + PanelLayout.width - 1) / PanelLayout.width
    return blocks * (1 + cell.layout.panels * PanelLayout.width) * PanelLayout.width
  }
}
