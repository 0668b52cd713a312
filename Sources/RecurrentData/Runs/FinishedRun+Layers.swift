import Recurrent

extension FinishedRun {
  /// The layers and their sizes, the first first, such as "LSTM 28 -> 128".
  public var layers: [String] {
    let descriptions = model.layerDescriptions
    return model.layers.enumerated().map { index, layer in
      let kind = descriptions.map { Self.kind(of: $0[index]) } ?? "layer"
      return "\(kind) \(layer.inputSize) -> \(layer.outputSize)"
    }
  }

  private static func kind(of layer: LayerDescription) -> String {
    var words: [String] = []
    if layer.sweep != nil { words.append("swept") }
    if layer.isResidual { words.append("residual") }
    if layer.directions.count == 2 { words.append("bidirectional") }
    if layer.directions.count == 1, layer.directions[0].isReversed { words.append("reversed") }
    words.append(layer.directions[0].kind.title)
    return words.joined(separator: " ")
  }
}

extension LayerDescription.Kind {
  /// The name that the cell's authors gave it.
  fileprivate var title: String {
    switch self {
    case .rnn: "RNN"
    case .lstm: "LSTM"
    case .gru: "GRU"
    case .indrnn: "IndRNN"
    case .mingru: "minGRU"
    case .minlstm: "minLSTM"
    case .lem: "LEM"
    case .slstm: "sLSTM"
    }
  }
}
