public import Recurrent
import RecurrentData

extension SequenceModel {
  /// The weights as the variables of a TensorFlow 1 program of BasicLSTMCell, by their names there.
  ///
  /// Its output's matrix and vector are "Variable" and "Variable_1". `forgetBias` is what the program
  /// adds at run time, and is taken off the biases, which rounds them.
  ///
  /// - Throws: `FileError` that names the layer that is no plain LSTM reading forward.
  public func tensorFlow1Variables(
    forgetBias: Float = 1
  ) throws(FileError) -> [String: Tensor] {
    var variables: [String: Tensor] = [:]
    for (index, layer) in layers.enumerated() {
      guard let layer = layer as? LSTM, layer.cell.options == LSTMCell.Options(),
        !layer.isReversed, layer.learnedState == nil,
        SequenceModel.description(of: layer)?.hasZoneout == false
      else {
        throw FileError(
          "layer \(index + 1) cannot be written as a BasicLSTMCell: it is no plain LSTM reading forward"
        )
      }
      let path = layers.count == 1 ? "rnn" : "rnn/multi_rnn_cell/cell_\(index)"
      let written = layer.weights.tensorFlowKernel(forgetBias: forgetBias)
      variables["\(path)/basic_lstm_cell/kernel"] = written.kernel
      variables["\(path)/basic_lstm_cell/bias"] = written.bias
    }
    variables["Variable"] = head.weight.transposed()
    variables["Variable_1"] = head.bias
    return variables
  }

  /// The content of a `.npz` file of a TensorFlow 1 program's variables.
  ///
  /// - Throws: `FileError` when they are not such a program's.
  public func tensorFlow1Archive(forgetBias: Float = 1) throws(FileError) -> [UInt8] {
    NumPyArchive.content(of: try tensorFlow1Variables(forgetBias: forgetBias))
  }
}
