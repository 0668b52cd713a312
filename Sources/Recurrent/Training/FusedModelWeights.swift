import RecurrentKernels

/// All weights of a model of fused layers, packed for the kernels, and the layout of its gradient.
///
/// A packed gradient is the layers' packed gradients one after another, then the head's
/// [panels][1 + inputs][64].
///
/// Sendable for the same reason as `FusedWeights`: written between phases, read within them.
final class FusedModelWeights: @unchecked Sendable {
  let layers: [FusedWeights]
  let inputSize: Int
  let classes: Int
  private let headForward = Buffer()
  private let headBackward = Buffer()

  /// How the layers' products are computed; the head's are always in 32 bits.
  let precision: Precision

  /// Creates packed weights for models of the same layers as `model`; nil if one is not fused.
  init?(_ model: SequenceModel, precision: Precision = .float32) {
    let fused = model.layers.compactMap { $0 as? any FusedLayer }
    guard fused.count == model.layers.count else { return nil }
    self.precision = precision
    layers = fused.map { FusedWeights($0.fusedCell, precision: precision) }
    inputSize = fused[0].inputSize
    classes = model.head.outputSize
  }

  /// The size of the last layer's output, which the head reads.
  var headInputs: Int { layers[layers.count - 1].cell.hiddenSize }
  /// The panels of the head's outputs.
  var headPanels: Int { (classes + PanelLayout.width - 1) / PanelLayout.width }
  /// Where the head's gradient begins in a packed gradient.
  var headOffset: Int { layers.reduce(0) { $0 + $1.cell.packedCount } }
  /// The floats of a packed gradient.
  var gradientCount: Int { headOffset + headPanels * (1 + headInputs) * PanelLayout.width }

  /// The head for the way forward, [panels][1 + inputs][64].
  var head: UnsafeMutablePointer<Float> {
    unsafe headForward.reserve(headPanels * (1 + headInputs) * PanelLayout.width)
  }

  /// The head for the way back, [panels of inputs][1 + classes][64].
  var headTransposed: UnsafeMutablePointer<Float> {
    let panels = (headInputs + PanelLayout.width - 1) / PanelLayout.width
    return unsafe headBackward.reserve(panels * (1 + classes) * PanelLayout.width)
  }

  /// Packs a model's parameters, listed as the model lists them.
  func pack(_ parameters: [Tensor], forBackward: Bool) {
    for index in layers.indices {
      layers[index].pack(
        input: parameters[3 * index],
        recurrent: parameters[3 * index + 1],
        bias: parameters[3 * index + 2],
        forBackward: forBackward,
        forInputGradient: forBackward && index > 0
      )
    }
    unsafe parameters[3 * layers.count].withUnsafeElements { weight in
      unsafe parameters[3 * layers.count + 1].withUnsafeElements { bias in
        guard let weight = weight.baseAddress else { return }
        unsafe recurrent_pack(
          headInputs,
          classes,
          weight,
          1,
          headInputs,
          bias.baseAddress,
          head
        )
        if forBackward {
          unsafe recurrent_pack(classes, headInputs, weight, headInputs, 1, nil, headTransposed)
        }
      }
    }
  }

  /// Copies a packed gradient to one tensor for each parameter.
  func unpack(_ packed: UnsafePointer<Float>, into tensors: inout [Tensor]) {
    unsafe tensors.withUnsafeMutableBufferPointer { tensors in
      var offset = 0
      for (index, layer) in layers.enumerated() {
        unsafe tensors[3 * index].withUnsafeMutableElements { input in
          unsafe tensors[3 * index + 1].withUnsafeMutableElements { recurrent in
            unsafe tensors[3 * index + 2].withUnsafeMutableElements { bias in
              unsafe layer.cell.unpack(
                packed + offset,
                input: input,
                recurrent: recurrent,
                bias: bias
              )
            }
          }
        }
        offset += layer.cell.packedCount
      }
      unsafe tensors[3 * layers.count].withUnsafeMutableElements { weight in
        unsafe tensors[3 * layers.count + 1].withUnsafeMutableElements { bias in
          unsafe unpackHead(packed + offset, weight: weight, bias: bias)
        }
      }
    }
  }

  private func unpackHead(
    _ packed: UnsafePointer<Float>,
    weight: UnsafeMutableBufferPointer<Float>,
    bias: UnsafeMutableBufferPointer<Float>
  ) {
    let inputs = headInputs
    let panelSize = (1 + inputs) * PanelLayout.width
    for output in 0..<classes {
      let column =
        unsafe packed + output / PanelLayout.width * panelSize + output % PanelLayout.width
      unsafe bias[output] = column[0]
      for input in 0..<inputs {
        unsafe weight[output * inputs + input] = column[(1 + input) * PanelLayout.width]
      }
    }
  }
}
