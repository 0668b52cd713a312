/// What a model file has to say of a layer beside its arrays, so that the same layer can be made.
///
/// A stack of plain LSTM or RNN layers needs none; its arrays say it all.
struct LayerDescription: Codable, Equatable {
  /// Which cell a layer runs.
  enum Kind: String, Codable {
    case rnn, lstm, gru, indrnn, mingru, minlstm, lem, slstm
  }

  /// One direction of a layer.
  struct Direction: Codable, Equatable {
    var kind: Kind
    var inputSize: Int
    var hiddenSize: Int
    var isReversed = false
    var learnsState = false
    var regularization = Regularization()
    var activation: RNNCell.Activation?
    var options: LSTMCell.Options?
    var convention: GRUCell.Convention?
    var timeStep: Float?
    var forgetGate: SLSTMCell.ForgetGate?
  }

  /// One direction, or the forward and the backward one.
  var directions: [Direction]
  var merge: Merge?
  var isResidual = false
}

/// A layer of this library that can be described.
protocol DescribedLayer: RecurrentLayer {
  /// What a file says of the layer; nil where it holds a layer that cannot be described.
  var layerDescription: LayerDescription? { get }
}

extension CellLayer: DescribedLayer {
  var layerDescription: LayerDescription? {
    direction.map { LayerDescription(directions: [$0]) }
  }

  /// What a file says of the layer as one direction.
  var direction: LayerDescription.Direction? {
    var direction = LayerDescription.Direction(
      kind: .rnn,
      inputSize: inputSize,
      hiddenSize: hiddenSize,
      isReversed: isReversed,
      learnsState: learnedState != nil,
      regularization: regularization
    )
    switch cell {
    case let cell as RNNCell: direction.activation = cell.activation
    case let cell as LSTMCell: (direction.kind, direction.options) = (.lstm, cell.options)
    case let cell as GRUCell: (direction.kind, direction.convention) = (.gru, cell.convention)
    case let cell as IndRNNCell: (direction.kind, direction.activation) = (.indrnn, cell.activation)
    case is MinGRUCell: direction.kind = .mingru
    case is MinLSTMCell: direction.kind = .minlstm
    case let cell as LEMCell: (direction.kind, direction.timeStep) = (.lem, cell.timeStep)
    case let cell as SLSTMCell: (direction.kind, direction.forgetGate) = (.slstm, cell.forgetGate)
    default: return nil
    }
    return direction
  }
}

extension Bidirectional: DescribedLayer {
  var layerDescription: LayerDescription? {
    guard let ahead = forward.direction, let back = backward.direction else { return nil }
    return LayerDescription(directions: [ahead, back], merge: merge)
  }
}

extension Residual: DescribedLayer {
  var layerDescription: LayerDescription? {
    guard var inner = (layer as? any DescribedLayer)?.layerDescription, !inner.isResidual else {
      return nil
    }
    inner.isResidual = true
    return inner
  }
}

// From a description to a layer, whose parameters are yet to be read.
extension LayerDescription {
  /// The layer; nil if the description is of none, of sizes that do not fit, or of one with more
  /// than `elements` numbers, which is what the file holds.
  func makeLayer(elements: Int) -> (any RecurrentLayer)? {
    guard let first = directions.first, directions.count <= 2,
      directions.allSatisfy({ $0.isPossible && $0.leastElements <= elements }),
      directions.allSatisfy({ $0.kind == first.kind && $0.inputSize == first.inputSize })
    else { return nil }
    // Starting values that cost no more than their number, since the file's take their place.
    var stream = RandomStream(seed: 0, purpose: .initialisation)
    let layer: (any RecurrentLayer)? =
      switch first.kind {
      case .rnn:
        make {
          RNNCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            activation: $0.activation ?? .tanh,
            initialization: .torch,
            using: &stream
          )
        }
      case .lstm:
        make {
          LSTMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            options: $0.options ?? .init(),
            initialization: .torch,
            using: &stream
          )
        }
      case .gru:
        make {
          GRUCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            convention: $0.convention ?? .resetAfter,
            initialization: .torch,
            using: &stream
          )
        }
      case .indrnn:
        make {
          IndRNNCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            activation: $0.activation ?? .relu,
            initialization: .torch,
            using: &stream
          )
        }
      case .mingru:

        make {
          MinGRUCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            initialization: .torch,
            using: &stream
          )
        }
      case .minlstm:

        make {
          MinLSTMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            initialization: .torch,
            using: &stream
          )
        }
      case .lem:
        make {
          LEMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            timeStep: $0.timeStep ?? 1,
            initialization: .torch,
            using: &stream
          )
        }
      case .slstm:
        make {
          SLSTMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            forgetGate: $0.forgetGate ?? .sigmoid,
            initialization: .torch,
            using: &stream
          )
        }
      }
    guard let layer, isResidual else { return layer }
    return layer.inputSize == layer.outputSize ? Residual(layer) : nil
  }

  private func make<LayerCell: BuiltInCell>(
    _ cell: (Direction) -> LayerCell
  ) -> (any RecurrentLayer)? {
    let layers = directions.map { direction in
      var layer = CellLayer(cell(direction))
      layer.isReversed = direction.isReversed
      layer.regularization = direction.regularization
      if direction.learnsState { layer.learnInitialState() }
      return layer
    }
    guard layers.count == 2 else { return layers[0] }
    let merge = merge ?? .concatenate
    guard merge == .concatenate || layers[0].outputSize == layers[1].outputSize else { return nil }
    return Bidirectional(forward: layers[0], backward: layers[1], merge: merge)
  }
}

extension LayerDescription.Direction {
  /// The least numbers that such a layer has: one gate's matrices.
  fileprivate var leastElements: Int {
    let readsState = ![.indrnn, .mingru, .minlstm].contains(kind)
    return hiddenSize * (inputSize + (readsState ? options?.projectionSize ?? hiddenSize : 0))
  }

  /// Whether a layer can have these numbers: a file may hold any.
  fileprivate var isPossible: Bool {
    let shares = [
      regularization.inputDropout, regularization.recurrentDropout, regularization.dropConnect,
      regularization.hiddenZoneout, regularization.cellZoneout,
    ]
    return (1...65_536).contains(inputSize) && (1...65_536).contains(hiddenSize)
      && shares.allSatisfy { (0..<1).contains($0) }
      && (options?.projectionSize.map { 0 < $0 && $0 < hiddenSize } ?? true)
      && (regularization.cellZoneout == 0 || kind == .lstm)
      && (timeStep.map { $0.isFinite && $0 > 0 } ?? true)
  }
}
