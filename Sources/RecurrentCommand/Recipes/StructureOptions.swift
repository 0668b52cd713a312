public import ArgumentParser
public import Recurrent

/// The settings of how a model's layers are put together.
struct StructureOptions: ParsableArguments {
  @Option(
    name: .customLong("read"),
    help: """
      What a step reads of an image: its row, its column, both at once, a row of patches of N by N, M \
      apart, or one pixel, row after row or in an order that a seed decides (1 unless said).
      """
  )
  var reading: SequenceModel.Reading?

  @Option(
    parsing: .unconditional,
    help: """
      How many layers, from the first on, sweep over the image's pixels or patches, across and down \
      by turns.
      """
  )
  var sweeps: Int?

  @Flag(inversion: .prefixedNo, help: "Read in both directions, each with hidden units of its own.")
  var bidirectional: Bool?

  @Option(help: "How two directions become one: concatenate, sum, mean or product.")
  var merge: Merge?

  @Flag(
    inversion: .prefixedNo,
    help: "Add a layer's input to its output, where they have one size."
  )
  var residual: Bool?

  @Option(help: "What the head reads of the last layer: the last output, or mean or max.")
  var summary: SequenceModel.Summary?

  @Option(parsing: .unconditional, help: "Features to which an LSTM's hidden state is projected.")
  var projection: Int?

  @Flag(inversion: .prefixedNo, help: "Learn the state before the first step.")
  var learnState: Bool?

  @Option(parsing: .unconditional, help: "The share of the input left out in training.")
  var inputDropout: Float?

  @Option(
    parsing: .unconditional,
    help: "The share of what one layer gives the next that is left out in training."
  )
  var layerDropout: Float?

  @Option(
    parsing: .unconditional,
    help: "The share of the hidden state that recurrent weights do not see, one draw a sequence."
  )
  var recurrentDropout: Float?

  @Option(
    parsing: .unconditional,
    help: "The share of recurrent weights left out, one draw a training step."
  )
  var dropConnect: Float?

  @Option(
    parsing: .unconditional,
    help: "The share of the hidden state that stays as it was before a step."
  )
  var zoneout: Float?

  @Option(
    parsing: .unconditional,
    help: "The share of an LSTM's cell state that stays as it was before a step."
  )
  var cellZoneout: Float?

  /// The recipe with every setting that was given.
  func applied(to recipe: Recipe) throws -> Recipe {
    var structure = recipe.usedStructure
    structure.reading = reading ?? structure.reading
    if let bidirectional { structure.merge = bidirectional ? .concatenate : nil }
    if let merge {
      guard structure.merge != nil else {
        throw ValidationError("--merge goes with two directions; add --bidirectional")
      }
      structure.merge = merge
    }
    structure.sweeps = sweeps ?? structure.sweeps
    structure.isResidual = residual ?? structure.isResidual
    structure.summary = summary ?? structure.summary
    if let projection { structure.projectionSize = projection == 0 ? nil : projection }
    structure.learnsState = learnState ?? structure.learnsState
    var kept = structure.regularization
    kept.inputDropout = inputDropout ?? kept.inputDropout
    kept.recurrentDropout = recurrentDropout ?? kept.recurrentDropout
    kept.dropConnect = dropConnect ?? kept.dropConnect
    kept.hiddenZoneout = zoneout ?? kept.hiddenZoneout
    kept.cellZoneout = cellZoneout ?? kept.cellZoneout
    structure.regularization = kept
    structure.layerDropout = layerDropout ?? structure.layerDropout
    try structure.check()
    var result = recipe
    result.structure = structure == ModelStructure() ? nil : structure
    if let problem = result.layersProblem { throw ValidationError(problem) }
    return result
  }
}

extension SequenceModel.Reading: ExpressibleByArgument {
  /// What can be asked for, N and M standing for numbers of pixels.
  public static var allValueStrings: [String] {
    [
      "rows", "columns", "both", "patches:N", "patches:N:M", "pixels", "permuted-pixels",
      "permuted-pixels:SEED",
    ]
  }

  /// The way of reading of this name.
  public init?(argument: String) {
    self.init(rawValue: argument == "both" ? Self.rowsAndColumns.rawValue : argument)
  }

  /// The name by which this way of reading is asked for.
  var argument: String { self == .rowsAndColumns ? "both" : rawValue }
}

extension SequenceModel.Summary: ExpressibleByArgument {
  /// What can be asked for: one answer for each sequence.
  public static var allValueStrings: [String] { ["last", "mean", "max"] }

  /// The summary of this name.
  public init?(argument: String) {
    let answers: [Self] = [.lastOutput, .meanOutput, .maxOutput]
    guard let found = answers.first(where: { $0.word == argument }) else { return nil }
    self = found
  }

  /// The name in a sentence.
  var word: String {
    switch self {
    case .lastOutput: "last"
    case .allOutputs: "all"
    case .meanOutput: "mean"
    case .maxOutput: "max"
    }
  }
}

extension Merge: ExpressibleByArgument {}
