import RecurrentKernels

// From a packed gradient to those of the cell's parameters.
extension FusedCell {
  /// The sizes of the gates' packed weights.
  var gateSizes: RecurrentGateSizes {
    RecurrentGateSizes(
      gates: gates.count,
      units: layout.unitsPerPanel,
      input_size: inputSize,
      recurrent_size: recurrentSize,
      hidden_size: hiddenSize
    )
  }

  /// Writes a packed gradient, `packedCount` floats, to `tensors` from `first` on, one tensor for
  /// each parameter.
  func unpack(_ packed: UnsafePointer<Float>, into tensors: inout [Tensor], from first: Int) {
    func target(_ place: Place?) -> UnsafeMutablePointer<Float>? {
      guard let place else { return nil }
      return unsafe tensors[first + place.parameter].unsafeMutableElements + place.offset
    }
    var sizes = gateSizes
    unsafe withUnsafeTemporaryAllocation(of: RecurrentGateGradient.self, capacity: gates.count) {
      targets in
      for (index, gate) in gates.enumerated() {
        unsafe targets[index] = unsafe RecurrentGateGradient(
          input: target(gate.input),
          recurrent: target(gate.recurrent),
          bias: target(gate.bias)
        )
      }
      guard let base = targets.baseAddress else { return }
      unsafe recurrent_unpack_gates(&sizes, packed, base)
    }
    if let matrix = unsafe target(second) {
      let panelSize = (1 + hiddenSize) * PanelLayout.width
      for output in 0..<outputSize {
        let column =
          unsafe packed + gatesCount + output / PanelLayout.width * panelSize
          + output % PanelLayout.width
        for unit in 0..<hiddenSize {
          unsafe matrix[output * hiddenSize + unit] = column[(1 + unit) * PanelLayout.width]
        }
      }
    }
    for (index, place) in unitParameters.enumerated() {
      let source =
        unsafe packed + gatesCount + secondCount + index * layout.paddedHiddenSize
      unsafe target(place)?.update(from: source, count: hiddenSize)
    }
  }

  /// Makes zero what a packed gradient holds for no parameter, so that it adds nothing to a norm:
  /// the biases of gates that have none, and those of the second product.
  func clearUnused(_ packed: UnsafeMutablePointer<Float>) {
    let width = PanelLayout.width
    for (index, gate) in gates.enumerated() where gate.bias == nil {
      let panelSize = (1 + inputSize + recurrentSize) * width
      for panel in 0..<layout.panels {
        unsafe (packed + panel * panelSize + index * layout.unitsPerPanel)
          .update(repeating: 0, count: layout.unitsPerPanel)
      }
    }
    guard second != nil else { return }
    for panel in 0..<Self.padded(outputSize) / width {
      unsafe (packed + gatesCount + panel * (1 + hiddenSize) * width)
        .update(repeating: 0, count: width)
    }
  }
}
