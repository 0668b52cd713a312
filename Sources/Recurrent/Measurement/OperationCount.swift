/// The floating-point operations of recurrent layers that no way of computing them can leave out.
///
/// These are the layers' matrix products, two operations for a multiply-add. Left out, since they
/// need not be computed, are the gradient of the data and the product with the state before the
/// first step, which is zero. Gates, biases, the head, the loss and the optimizer are not counted:
/// they grow with one size fewer.
package struct OperationCount: Sendable, Equatable {
  /// The sizes of one recurrent layer.
  package struct Layer: Sendable, Equatable {
    /// The number of gates that read the input: 4 in an LSTM, 1 in a simple recurrent network.
    package let gates: Int
    /// The number of gates that read the hidden state.
    package let recurrentGates: Int
    /// The number of features that one step reads.
    package let inputSize: Int
    /// The number of hidden units.
    package let hiddenSize: Int

    /// Creates a layer's sizes.
    package init(gates: Int, recurrentGates: Int? = nil, inputSize: Int, hiddenSize: Int) {
      self.gates = gates
      self.recurrentGates = recurrentGates ?? gates
      self.inputSize = inputSize
      self.hiddenSize = hiddenSize
    }
  }

  /// The operations of a pass forward.
  package let forward: Double
  /// The operations of a training step: forward, and the gradients of weights, states and inputs.
  package let training: Double

  /// Counts for layers one on another, which read `batch` sequences of `steps` steps.
  package init(layers: [Layer], batch: Int, steps: Int) {
    var (forward, training) = (0.0, 0.0)
    for (index, layer) in layers.enumerated() {
      // One step's product with the input, and one with the state; a backward pass needs as many
      // again for the gradient of the weight and for that of the other factor.
      let columns = 2 * Double(batch) * Double(layer.hiddenSize)
      let input = columns * Double(layer.gates * layer.inputSize) * Double(steps)
      let state = columns * Double(layer.recurrentGates * layer.hiddenSize) * Double(steps - 1)
      forward += input + state
      training += (index == 0 ? 2 : 3) * input + 3 * state
    }
    self.forward = forward
    self.training = training
  }
}
