import Recurrent

/// How a model's layers are put together, beyond their cell and sizes; plain to begin with.
struct ModelStructure: Codable, Equatable {
  /// How the first layer reads the input.
  var reading = SequenceModel.Reading.rows
  /// How the outputs of two directions become one; nil for one direction.
  var merge: Merge?
  /// How many of the layers, from the first on, sweep over the grid that is read, across and down by
  /// turns.
  var sweeps = 0
  /// Whether layers that give as many features as they read add their input to their output.
  var isResidual = false
  /// Which outputs of the last layer the head reads.
  var summary = SequenceModel.Summary.lastOutput
  /// Whether the layers learn the state before the first step.
  var learnsState = false
  /// The size to which the hidden state of each LSTM is projected; nil for no projection.
  var projectionSize: Int?
  /// What keeps each layer from learning by heart; the dropout of the input is the first layer's.
  var regularization = Regularization()
  /// The share of what one layer gives the next that is left out in training.
  var layerDropout: Float = 0

  /// What is not plain, for a reader; empty if all is.
  var parts: [String] {
    let shares: [(name: String, share: Float)] = [
      ("input dropout", regularization.inputDropout), ("layer dropout", layerDropout),
      ("recurrent dropout", regularization.recurrentDropout),
      ("drop-connect", regularization.dropConnect),
      ("zoneout", regularization.hiddenZoneout), ("cell zoneout", regularization.cellZoneout),
    ]
    let words: [String?] = [
      reading == .rows ? nil : "reads \(reading.words)",
      sweeps == 0 ? nil : "\(sweeps) sweep\(sweeps == 1 ? "" : "s") over the grid",
      merge.map { "both directions (\($0.rawValue))" },
      isResidual ? "residual" : nil,
      projectionSize.map { "projected to \($0)" },
      learnsState ? "learned initial states" : nil,
      summary == .lastOutput
        ? nil
        : summary == .allOutputs ? "an answer at each step" : "\(summary.word) over the steps",
    ]
    return words.compactMap(\.self)
      + shares.filter { $0.share > 0 }.map { "\($0.name) \($0.share)" }
  }
}

extension SequenceModel.Reading {
  /// What is read, in words.
  var words: String {
    switch self {
    case .rows: "rows"
    case .columns: "columns"
    case .rowsAndColumns: "rows and columns"
    case .patches(let side, let stride):
      "patches of \(side) by \(side)" + (side == stride ? "" : ", \(stride) apart")
    case .pixels: "pixels"
    case .permutedPixels(let seed): "pixels in the order of seed \(seed)"
    }
  }
}
