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

  /// Creates packed weights for models of the same layers as `model`; nil if one is not fused.
  init?(_ model: SequenceModel) {
    let fused = model.layers.compactMap { $0 as? any FusedLayer }
    guard fused.count == model.layers.count else { return nil }
    layers = fused.map { FusedWeights($0.fusedCell) }
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

  /// Packs the weights of `model`.
  func pack(_ model: SequenceModel, forBackward: Bool) {
    for (index, packed) in layers.enumerated() {
      guard let layer = model.layers[index] as? any FusedLayer else { continue }
      packed.pack(
        layer.weights,
        forBackward: forBackward,
        forInputGradient: forBackward && index > 0
      )
    }
    unsafe model.head.weight.withUnsafeElements { weight in
      unsafe model.head.bias.withUnsafeElements { bias in
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
  func unpack(_ packed: UnsafePointer<Float>, into gradient: inout Gradient) {
    var offset = 0
    for (index, layer) in layers.enumerated() {
      let first = 3 * index
      var (input, recurrent, bias) = (Tensor(0), Tensor(0), Tensor(0))
      swap(&input, &gradient.tensors[first])
      swap(&recurrent, &gradient.tensors[first + 1])
      swap(&bias, &gradient.tensors[first + 2])
      unsafe layer.cell.unpack(packed + offset, input: &input, recurrent: &recurrent, bias: &bias)
      swap(&input, &gradient.tensors[first])
      swap(&recurrent, &gradient.tensors[first + 1])
      swap(&bias, &gradient.tensors[first + 2])
      offset += layer.cell.packedCount
    }
    let head = 3 * layers.count
    let inputs = headInputs
    let panelSize = (1 + inputs) * PanelLayout.width
    unsafe gradient.tensors[head].withUnsafeMutableElements { weight in
      for output in 0..<classes {
        let column =
          unsafe packed + offset + output / PanelLayout.width * panelSize
          + output % PanelLayout.width
        for input in 0..<inputs {
          unsafe weight[output * inputs + input] = column[(1 + input) * PanelLayout.width]
        }
      }
    }
    unsafe gradient.tensors[head + 1].withUnsafeMutableElements { bias in
      for output in 0..<classes {
        unsafe bias[output] =
          packed[offset + output / PanelLayout.width * panelSize + output % PanelLayout.width]
      }
    }
  }
}
