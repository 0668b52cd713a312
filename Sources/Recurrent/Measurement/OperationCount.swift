/// The floating-point operations of recurrent layers that no way of computing them can leave out.
///
/// These are the layers' matrix products, two operations for a multiply-add. Left out, since they
/// need not be computed, are the gradient of the data and the product with the state before the
/// first step, which is zero. Gates, biases, the head, the loss and the optimizer are not counted:
/// they grow with one size fewer.
package struct OperationCount: Sendable, Equatable {
  /// The multiply-adds of one step of one sequence in a layer, or in one direction of it.
  package struct Layer: Sendable, Equatable {
    /// Those with the input.
    package var input: Int
    /// Those with the state before.
    package var state: Int
    /// Those of a projection of what the gates give.
    package var projection = 0
    /// The grid over which the layer is swept, if it is.
    var sweep: LayerDescription.Sweep?
    /// Whether the layer reads what another one gives, which needs a gradient.
    package var isAboveAnother = false

    /// Counts for gates that read the input and the hidden state.
    package init(gates: Int, inputSize: Int, hiddenSize: Int) {
      input = gates * inputSize * hiddenSize
      state = gates * hiddenSize * hiddenSize
    }
  }

  /// The operations of a pass forward.
  package let forward: Double
  /// The operations of a training step: forward, and the gradients of weights, states and inputs.
  package let training: Double

  /// Counts for layers that read `batch` sequences of `steps` steps.
  package init(layers: [Layer], batch: Int, steps: Int) {
    var (forward, training) = (0.0, 0.0)
    for layer in layers {
      // A backward pass needs as many again for the gradient of the weight and for that of the
      // other factor.
      let lines = layer.lines(batch: batch, steps: steps)
      let input = 2 * lines.count * Double(layer.input * lines.steps)
      let others =
        2 * lines.count
        * Double(layer.state * (lines.steps - 1) + layer.projection * lines.steps)
      forward += input + others
      training += (layer.isAboveAnother ? 3 : 2) * input + 3 * others
    }
    self.forward = forward
    self.training = training
  }
}

extension OperationCount {
  /// The multiply-adds of layers one on another, direction by direction.
  package static func layers(of descriptions: [LayerDescription]) -> [Layer] {
    descriptions.enumerated().flatMap { index, layer in
      layer.directions.map { Layer($0, sweep: layer.sweep, isAboveAnother: index > 0) }
    }
  }
}

extension OperationCount.Layer {
  fileprivate init(
    _ direction: LayerDescription.Direction,
    sweep: LayerDescription.Sweep?,
    isAboveAnother: Bool
  ) {
    let (gates, hiddenSize) = (direction.gates, direction.hiddenSize)
    let projectionSize = direction.options?.projectionSize
    input = gates.input * direction.inputSize * hiddenSize
    state = gates.recurrent * (projectionSize ?? hiddenSize) * hiddenSize
    projection = (projectionSize ?? 0) * hiddenSize
    self.sweep = sweep
    self.isAboveAnother = isAboveAnother
  }

  /// The multiply-adds of one step with all its places.
  package var ofStep: Int { (sweep?.places ?? 1) * (input + state + projection) }

  /// The sequences that the layer reads of a batch, and their steps.
  fileprivate func lines(batch: Int, steps: Int) -> (count: Double, steps: Int) {
    switch sweep?.axis {
    case .across: (Double(batch * steps), sweep?.places ?? 1)
    case .down: (Double(batch * (sweep?.places ?? 1)), steps)
    case nil: (Double(batch), steps)
    }
  }
}

extension LayerDescription.Direction {
  /// The gates whose sums are over the input, and those whose sums are over the hidden state.
  var gates: (input: Int, recurrent: Int) {
    switch kind {
    case .rnn: (1, 1)
    case .lstm: options?.isCoupled == true ? (3, 3) : (4, 4)
    case .gru: (3, 3)
    case .slstm, .lem: (4, 4)
    case .indrnn: (1, 0)
    case .mingru: (2, 0)
    case .minlstm: (3, 0)
    }
  }
}
