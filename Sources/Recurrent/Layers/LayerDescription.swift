/// What makes a layer the layer it is, but for its parameters: what a model file has to say of it
/// beside its arrays, and what a program that makes layers by name asks for.
///
/// A file of plain LSTM or RNN layers needs none; its arrays say it all.
package struct LayerDescription: Codable, Equatable, Sendable {
  /// Which cell a layer runs.
  package enum Kind: String, Codable, Sendable {
    case rnn, lstm, gru, indrnn, mingru, minlstm, lem, slstm
  }

  /// One direction of a layer.
  package struct Direction: Codable, Equatable, Sendable {
    package var kind: Kind
    package var inputSize: Int
    package var hiddenSize: Int
    package var isReversed = false
    package var learnsState = false
    package var regularization = Regularization()
    package var activation: RNNCell.Activation?
    package var options: LSTMCell.Options?
    package var convention: GRUCell.Convention?
    package var timeStep: Float?
    package var forgetGate: SLSTMCell.ForgetGate?

    /// Creates the description of a plain layer.
    package init(kind: Kind, inputSize: Int, hiddenSize: Int) {
      self.kind = kind
      self.inputSize = inputSize
      self.hiddenSize = hiddenSize
    }
  }

  /// One direction, or the forward and the backward one.
  package var directions: [Direction]
  package var merge: Merge?
  package var isResidual = false
  /// The grid over which the layer is swept; nil if it is not.
  package var sweep: Sweep?

  /// A sweep's grid.
  package struct Sweep: Codable, Equatable, Sendable {
    package var axis: Recurrent.Sweep.Axis
    package var places: Int

    /// Creates the grid of a sweep.
    package init(axis: Recurrent.Sweep.Axis, places: Int) {
      self.axis = axis
      self.places = places
    }
  }

  /// Creates the description of a layer of one direction, or of two.
  package init(directions: [Direction], merge: Merge? = nil) {
    self.directions = directions
    self.merge = merge
  }
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
      hiddenSize: hiddenSize
    )
    direction.isReversed = isReversed
    direction.learnsState = learnedState != nil
    direction.regularization = regularization
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

extension Sweep: DescribedLayer {
  var layerDescription: LayerDescription? {
    guard var inner = (layer as? any DescribedLayer)?.layerDescription, inner.sweep == nil else {
      return nil
    }
    inner.sweep = LayerDescription.Sweep(axis: axis, places: places)
    return inner
  }
}

extension LayerDescription {
  /// Whether part of a state stays as it was, which acts in use too.
  package var hasZoneout: Bool {
    directions.contains { $0.regularization.hiddenZoneout > 0 || $0.regularization.cellZoneout > 0 }
  }

  /// Whether anything keeps a direction from learning its examples by heart.
  var isRegularized: Bool { directions.contains { $0.regularization != Regularization() } }
}

extension SequenceModel {
  /// What a layer is; nil where it cannot be described.
  package static func description(of layer: any RecurrentLayer) -> LayerDescription? {
    (layer as? any DescribedLayer)?.layerDescription
  }

  /// What the layers are, the first first; nil where one cannot be described.
  package var layerDescriptions: [LayerDescription]? {
    let descriptions = layers.compactMap { ($0 as? any DescribedLayer)?.layerDescription }
    return descriptions.count == layers.count ? descriptions : nil
  }
}

// From a description to a layer.
extension LayerDescription {
  /// The layer, whose parameters are yet to be read; nil if the description is of none, of sizes
  /// that do not fit, or of one with more than `elements` numbers, which is what the file holds.
  func makeLayer(elements: Int) -> (any RecurrentLayer)? {
    guard directions.allSatisfy({ $0.isPossible && $0.leastElements <= elements }),
      sweep.map({ 1...65_536 ~= $0.places && !isRegularized }) ?? true
    else { return nil }
    // Starting values that cost no more than their number, since the file's take their place.
    var stream = RandomStream(seed: 0, purpose: .initialisation)
    return makeLayer(initialization: .torch, using: &stream)
  }

  /// The layer with starting values drawn from `stream`; nil if the description is of none, or of
  /// sizes that do not fit.
  package func makeLayer(
    forgetBias: Float = 1,
    initialization: Initialization,
    using stream: inout RandomStream
  ) -> (any RecurrentLayer)? {
    guard let first = directions.first, directions.count <= 2,
      directions.allSatisfy({ $0.kind == first.kind && $0.inputSize == first.inputSize })
    else { return nil }
    let layer: (any RecurrentLayer)? =
      switch first.kind {
      case .rnn:
        make {
          RNNCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            activation: $0.activation ?? .tanh,
            initialization: initialization,
            using: &stream
          )
        }
      case .lstm:
        make {
          LSTMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            options: $0.options ?? .init(),
            forgetBias: forgetBias,
            initialization: initialization,
            using: &stream
          )
        }
      case .gru:
        make {
          GRUCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            convention: $0.convention ?? .resetAfter,
            initialization: initialization,
            using: &stream
          )
        }
      case .indrnn:
        make {
          IndRNNCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            activation: $0.activation ?? .relu,
            initialization: initialization,
            using: &stream
          )
        }
      case .mingru:
        make {
          MinGRUCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            initialization: initialization,
            using: &stream
          )
        }
      case .minlstm:
        make {
          MinLSTMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            forgetBias: forgetBias,
            initialization: initialization,
            using: &stream
          )
        }
      case .lem:
        make {
          LEMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            timeStep: $0.timeStep ?? 1,
            initialization: initialization,
            using: &stream
          )
        }
      case .slstm:
        make {
          SLSTMCell(
            inputSize: $0.inputSize,
            hiddenSize: $0.hiddenSize,
            forgetGate: $0.forgetGate ?? .sigmoid,
            forgetBias: forgetBias,
            initialization: initialization,
            using: &stream
          )
        }
      }
    guard var layer, !isResidual || layer.inputSize == layer.outputSize else { return nil }
    if isResidual { layer = Residual(layer) }
    return sweep.map { Recurrent.Sweep(layer, $0.axis, places: $0.places) } ?? layer
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
