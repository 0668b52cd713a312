public import Recurrent

extension SequenceModel {
  /// How well a module of PyTorch, one of `torch.nn`'s recurrent ones and a linear one, holds the model.
  ///
  /// What the head reads of the outputs, and in which way the input is read, is for the program around
  /// the modules.
  public var pyTorchSupport: FormatSupport {
    guard let descriptions = layerDescriptions else {
      return .refused("it has a layer that is not one of Recurrent's own")
    }
    let support = descriptions.reduce(FormatSupport.exact) { $0.combined(with: $1.pyTorchSupport) }
    guard support.isWritable, let first = descriptions.first else { return support }
    guard descriptions.allSatisfy({ $0.hasModule(with: first) }) else {
      return .refused("the layers of one module of PyTorch's are of one kind, size and direction")
    }
    return support
  }

  /// The same function where a GRU with one outer bias has an inner one of zero, as in PyTorch and Keras.
  public var withInnerBiases: SequenceModel {
    var model = self
    for index in model.layers.indices {
      if var layer = model.layers[index] as? GRU {
        layer.cell = layer.cell.withInnerBias
        model.layers[index] = layer
      } else if var layer = model.layers[index] as? Bidirectional<GRUCell> {
        layer.forward.cell = layer.forward.cell.withInnerBias
        layer.backward.cell = layer.backward.cell.withInnerBias
        model.layers[index] = layer
      }
    }
    return model
  }
}

extension GRUCell {
  /// The same cell with an inner bias, if it has an outer one alone; itself otherwise.
  fileprivate var withInnerBias: GRUCell {
    guard convention == .resetAfterOuterBias, let converted = try? converted(to: .resetAfter) else {
      return self
    }
    return converted
  }
}

extension LayerDescription {
  /// How well a recurrent module of PyTorch's holds the layer.
  fileprivate var pyTorchSupport: FormatSupport {
    if hasZoneout { return .refused("torch.nn has no zoneout, which acts in use too") }
    if sweep != nil { return .refused("torch.nn has no sweep over a grid") }
    if isResidual { return .refused("torch.nn's recurrent modules have no residual connections") }
    if let merge, merge != .concatenate {
      return .refused("torch.nn's recurrent modules concatenate their two directions")
    }
    if directions.count == 1, directions[0].isReversed {
      return .refused("torch.nn's recurrent modules read backward only beside forward")
    }
    return directions.reduce(.exact) { $0.combined(with: $1.pyTorchSupport) }
  }

  /// Whether one module can hold both layers.
  fileprivate func hasModule(with other: LayerDescription) -> Bool {
    let (a, b) = (directions[0], other.directions[0])
    return directions.count == other.directions.count
      && (a.kind, a.hiddenSize, a.activation) == (b.kind, b.hiddenSize, b.activation)
      && a.options?.projectionSize == b.options?.projectionSize
      && directions.allSatisfy { $0.hiddenSize == a.hiddenSize }
  }
}

extension LayerDescription.Direction {
  fileprivate var pyTorchSupport: FormatSupport {
    if learnsState {
      return .refused("torch.nn's recurrent modules do not learn their first state")
    }
    switch kind {
    case .rnn: return .exact
    case .lstm:
      if options?.isPeephole ?? false { return .refused("torch.nn.LSTM has no peepholes") }
      if options?.isCoupled ?? false { return .refused("torch.nn.LSTM has no coupled gates") }
      if options?.normalizesLayers ?? false {
        return .refused("torch.nn.LSTM has no normalisation")
      }
      return .exact
    case .gru:
      switch convention ?? .resetAfter {
      case .resetAfter: return .exact
      case .resetAfterOuterBias: return .decomposed("torch.nn.GRU with an inner bias of zero")
      case .resetBefore: return .refused("torch.nn.GRU resets after the product")
      }
    case .indrnn, .mingru, .minlstm, .lem, .slstm:
      return .refused("torch.nn has no \(kind.rawValue)")
    }
  }
}
