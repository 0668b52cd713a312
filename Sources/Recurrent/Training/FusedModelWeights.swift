import RecurrentKernels

/// All weights of a model of fused layers, packed for the kernels, and the layout of its gradient.
///
/// A packed gradient is that of each direction of each layer, one after another, then the head's
/// [panels][1 + inputs][64].
///
/// Sendable for the same reason as `FusedWeights`: written between phases, read within them.
final class FusedModelWeights: @unchecked Sendable {
  let plans: [FusedLayerPlan]
  /// The weights of each layer's directions.
  let layers: [[FusedLayerWeights]]
  let reading: SequenceModel.Reading
  let summary: SequenceModel.Summary
  let headDropout: Float
  /// The numbers of one answer: logits of outputs, or the numbers themselves.
  let outputs: Int
  /// How the layers' products are computed; the head's are always in 32 bits.
  let precision: Precision
  /// Where the head's gradient begins in a packed gradient.
  let headOffset: Int
  private let headParameter: Int
  private let headForward = Buffer()
  private let headBackward = Buffer()

  /// Creates packed weights for models of the same layers as `model`; nil if one is not fused.
  init?(_ model: SequenceModel, precision: Precision = .float32) {
    let plans = model.layers.compactMap { ($0 as? any FusedLayer)?.plan }
    guard plans.count == model.layers.count else { return nil }
    self.plans = plans
    self.precision = precision
    reading = model.reading
    summary = model.summary
    headDropout = model.headDropout
    outputs = model.head.outputSize
    var (parameter, offset) = (0, 0)
    layers = plans.enumerated().map { layer, plan in
      plan.directions.enumerated().map { number, direction in
        defer {
          parameter += direction.parameterCount
          offset += direction.gradientCount
        }
        return FusedLayerWeights(
          direction,
          precision: precision,
          layer: layer,
          number: number,
          firstParameter: parameter,
          gradientOffset: offset
        )
      }
    }
    headParameter = parameter
    headOffset = offset
  }

  /// Whether recurrent weights are masked in training.
  var masksWeights: Bool {
    plans.contains { $0.directions.contains { $0.regularization.dropConnect > 0 } }
  }

  var inputSize: Int { plans[0].stepInputSize }
  /// Whether the model can read such sequences.
  func canRead(_ dataset: SequenceDataset) -> Bool {
    reading.size(steps: dataset.steps, features: dataset.features)?.features == inputSize
  }
  /// Whether the model answers what is to be answered about such sequences.
  func canAnswer(_ dataset: SequenceDataset) -> Bool {
    dataset.outputNames.count == outputs && dataset.answersEachStep == (summary == .allOutputs)
      && (reading == .rows || !dataset.answersEachStep)
  }
  /// What the model reads, for a message.
  var inputText: String { "\(inputSize) features a step (\(reading.rawValue))" }
  /// What the model answers, for a message.
  var outputText: String {
    "\(outputs) number\(outputs == 1 ? "" : "s") for each \(summary == .allOutputs ? "step" : "sequence")"
  }
  /// The size of the last layer's output, which the head reads.
  var headInputs: Int { plans[plans.count - 1].stepOutputSize }
  /// The panels of the head's outputs.
  var headPanels: Int { (outputs + PanelLayout.width - 1) / PanelLayout.width }
  /// The part of a packed gradient of each layer, that of the last one with the head's.
  var layerRanges: [Range<Int>] {
    let starts = layers.map { $0[0].gradientOffset } + [gradientCount]
    return layers.indices.map { starts[$0]..<starts[$0 + 1] }
  }

  /// The floats of a packed gradient.
  var gradientCount: Int { headOffset + headPanels * (1 + headInputs) * PanelLayout.width }

  /// The head for the way forward, [panels][1 + inputs][64].
  var head: UnsafeMutablePointer<Float> {
    unsafe headForward.reserve(headPanels * (1 + headInputs) * PanelLayout.width)
  }

  /// The head for the way back, [panels of inputs][1 + outputs][64].
  var headTransposed: UnsafeMutablePointer<Float> {
    let panels = (headInputs + PanelLayout.width - 1) / PanelLayout.width
    return unsafe headBackward.reserve(panels * (1 + outputs) * PanelLayout.width)
  }

  /// Packs a model's parameters, listed as the model lists them; for the way back in training, with
  /// masks drawn for this step.
  func pack(_ parameters: [Tensor], training masks: MaskStreams? = nil) {
    let forBackward = masks != nil
    for (index, directions) in layers.enumerated() {
      for direction in directions {
        direction.pack(
          parameters,
          forBackward: forBackward,
          forInputGradient: forBackward && index > 0,
          masks: masks
        )
      }
    }
    withExtendedLifetime(parameters) {
      let weight = unsafe parameters[headParameter].unsafeElements
      let bias = unsafe parameters[headParameter + 1].unsafeElements
      unsafe recurrent_pack(headInputs, outputs, weight, 1, headInputs, bias, head)
      if forBackward {
        unsafe recurrent_pack(outputs, headInputs, weight, headInputs, 1, nil, headTransposed)
      }
    }
  }

  /// Copies a packed gradient to one tensor for each parameter.
  func unpack(_ packed: UnsafePointer<Float>, into tensors: inout [Tensor]) {
    for directions in layers {
      for direction in directions { unsafe direction.unpack(packed, into: &tensors) }
    }
    let (inputs, panelSize) = (headInputs, (1 + headInputs) * PanelLayout.width)
    let weight = unsafe tensors[headParameter].unsafeMutableElements
    let bias = unsafe tensors[headParameter + 1].unsafeMutableElements
    for output in 0..<outputs {
      let column =
        unsafe packed + headOffset + output / PanelLayout.width * panelSize
        + output % PanelLayout.width
      unsafe bias[output] = column[0]
      for input in 0..<inputs {
        unsafe weight[output * inputs + input] = column[(1 + input) * PanelLayout.width]
      }
    }
  }
}
