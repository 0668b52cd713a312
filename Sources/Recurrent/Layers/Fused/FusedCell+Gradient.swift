import RecurrentKernels

// From a packed gradient to those of the cell's parameters.
extension FusedCell {
  /// A part of the gates' packed weights, or of their gradient: [panels][1 + I + R][64].
  struct WeightPart {
    /// The matrices that take the part's I rows, and those that take its R rows.
    let input: KeyPath<Gate, Place?>
    let recurrent: KeyPath<Gate, Place?>?
    let sizes: RecurrentGateSizes
    /// The floats before it.
    let offset: Int
  }

  /// Calls `body` with the only part, or where the cell normalises with the input's and then the
  /// hidden state's, which is multiplied like an input.
  func forEachPart(_ body: (WeightPart) -> Void) {
    func part(
      _ input: KeyPath<Gate, Place?>,
      _ inputSize: Int,
      _ recurrent: KeyPath<Gate, Place?>? = nil,
      _ recurrentSize: Int = 0,
      from offset: Int = 0
    ) -> WeightPart {
      let sizes = RecurrentGateSizes(
        gates: gates.count,
        units: layout.unitsPerPanel,
        input_size: inputSize,
        recurrent_size: recurrentSize,
        hidden_size: hiddenSize
      )
      return WeightPart(input: input, recurrent: recurrent, sizes: sizes, offset: offset)
    }
    guard isNormalized else { return body(part(\.input, inputSize, \.recurrent, recurrentSize)) }
    body(part(\.input, inputSize))
    body(part(\.recurrent, recurrentSize, from: hiddenPartOffset))
  }

  /// Where the hidden state's part begins among the gates' packed weights of a cell that normalises.
  var hiddenPartOffset: Int { layout.panels * (1 + inputSize) * PanelLayout.width }

  /// Writes a packed gradient, `packedCount` floats, to `tensors` from `first` on, one tensor for
  /// each parameter.
  func unpack(_ packed: UnsafePointer<Float>, into tensors: inout [Tensor], from first: Int) {
    func target(_ place: Place?) -> UnsafeMutablePointer<Float>? {
      guard let place else { return nil }
      return unsafe tensors[first + place.parameter].unsafeMutableElements + place.offset
    }
    unsafe withUnsafeTemporaryAllocation(of: RecurrentGateGradient.self, capacity: gates.count) {
      targets in
      forEachPart { part in
        for (index, gate) in gates.enumerated() {
          unsafe targets[index] = unsafe RecurrentGateGradient(
            input: target(gate[keyPath: part.input]),
            recurrent: part.recurrent.flatMap { unsafe target(gate[keyPath: $0]) },
            bias: target(gate.bias)
          )
        }
        guard let base = targets.baseAddress else { return }
        var sizes = part.sizes
        unsafe recurrent_unpack_gates(&sizes, packed + part.offset, base)
      }
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
    forEachPart { part in
      let panelSize = (1 + part.sizes.input_size + part.sizes.recurrent_size) * width
      for (index, gate) in gates.enumerated() where gate.bias == nil {
        for panel in 0..<layout.panels {
          unsafe (packed + part.offset + panel * panelSize + index * layout.unitsPerPanel)
            .update(repeating: 0, count: layout.unitsPerPanel)
        }
      }
    }
    guard second != nil else { return }
    for panel in 0..<Self.padded(outputSize) / width {
      unsafe (packed + gatesCount + panel * (1 + hiddenSize) * width)
        .update(repeating: 0, count: width)
    }
  }
}
