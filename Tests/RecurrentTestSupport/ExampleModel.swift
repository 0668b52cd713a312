public import Recurrent

/// A small model of every kind there is, with parameters that hide no mistake: none is zero, and no two
/// gates are alike.
public struct ExampleModel: Sendable, CustomStringConvertible {
  /// What is special about the model, in letters, digits and hyphens.
  public let name: String
  /// The model.
  public let model: SequenceModel
  /// The steps and features of its input, where it is not read row by row.
  public let grid: [Int]?

  /// The name, which tests print.
  public var description: String { name }

  /// Creates an example of layers with a head of four classes.
  private init(
    _ name: String,
    _ layers: [any RecurrentLayer],
    _ summary: SequenceModel.Summary = .lastOutput,
    reading: SequenceModel.Reading = .rows,
    grid: [Int]? = nil
  ) {
    self.name = name
    self.grid = grid
    var numbers = SeededNumbers(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    var stream = RandomStream(seed: 1, purpose: .initialisation)
    var model = SequenceModel(
      reading: reading,
      layers: layers,
      summary: summary,
      head: Dense(inputSize: layers.last?.outputSize ?? 1, outputSize: 4, using: &stream)
    )
    model.visitParameters { name, parameter in
      let isGain = name.contains("norm_") && !name.contains("bias")
      let noise = numbers.tensor(parameter.shape, in: -0.6...0.6)
      parameter = isGain ? noise + 1 : noise
    }
    self.model = model
  }

  /// The models: each cell, each option of it, and each way to put layers together.
  public static let all: [ExampleModel] = cells + structures

  /// Those that read plain sequences, of any length.
  public static var reading: [ExampleModel] { all.filter { $0.grid == nil } }

  private static let (features, hidden) = (3, 5)

  private static func layer(
    _ kind: LayerDescription.Kind,
    input: Int = features,
    reversed: [Bool] = [false],
    merge: Merge? = nil,
    _ change: (inout LayerDescription.Direction) -> Void = { _ in }
  ) -> any RecurrentLayer {
    let directions = reversed.map { isReversed in
      var direction = LayerDescription.Direction(kind: kind, inputSize: input, hiddenSize: hidden)
      direction.isReversed = isReversed
      change(&direction)
      return direction
    }
    var stream = RandomStream(seed: 2, purpose: .initialisation)
    let description = LayerDescription(directions: directions, merge: merge)
    guard let layer = description.makeLayer(initialization: .torch, using: &stream) else {
      fatalError("an example's layer cannot be made: \(description)")
    }
    return layer
  }

  private static func lstm(_ options: LSTMCell.Options, input: Int = features) -> any RecurrentLayer
  {
    layer(.lstm, input: input) { $0.options = options }
  }

  private static let cells: [ExampleModel] = [
    ExampleModel("rnn-tanh", [layer(.rnn) { $0.activation = .tanh }]),
    ExampleModel("rnn-relu", [layer(.rnn) { $0.activation = .relu }]),
    ExampleModel("lstm", [layer(.lstm)]),
    ExampleModel("lstm-peephole", [lstm(.init(isPeephole: true))]),
    ExampleModel("lstm-coupled", [lstm(.init(isCoupled: true))]),
    ExampleModel("lstm-coupled-peephole", [lstm(.init(isPeephole: true, isCoupled: true))]),
    ExampleModel("lstm-normalised", [lstm(.init(normalizesLayers: true))]),
    ExampleModel("lstm-projection", [lstm(.init(projectionSize: 2))]),
    ExampleModel(
      "lstm-everything",
      [
        lstm(
          .init(isPeephole: true, isCoupled: true, normalizesLayers: true, projectionSize: 2)
        )
      ]
    ),
    ExampleModel("gru-reset-after", [layer(.gru) { $0.convention = .resetAfter }]),
    ExampleModel("gru-outer-bias", [layer(.gru) { $0.convention = .resetAfterOuterBias }]),
    ExampleModel("gru-reset-before", [layer(.gru) { $0.convention = .resetBefore }]),
    ExampleModel("indrnn-relu", [layer(.indrnn) { $0.activation = .relu }]),
    ExampleModel("indrnn-tanh", [layer(.indrnn) { $0.activation = .tanh }]),
    ExampleModel("mingru", [layer(.mingru)]),
    ExampleModel("minlstm", [layer(.minlstm)]),
    ExampleModel("lem", [layer(.lem) { $0.timeStep = 0.7 }]),
    ExampleModel("slstm-logistic", [layer(.slstm) { $0.forgetGate = .sigmoid }]),
    ExampleModel("slstm-exponential", [layer(.slstm) { $0.forgetGate = .exponential }]),
  ]

  private static let both = [false, true]

  private static let structures: [ExampleModel] =
    Merge.allCases.map { merge in
      ExampleModel("lstm-both-ways-\(merge)", [layer(.lstm, reversed: both, merge: merge)])
    }
    + SequenceModel.Summary.allCases.filter { $0 != .lastOutput }.map { summary in
      ExampleModel("lstm-\(summary)", [layer(.lstm)], summary)
    } + [
      ExampleModel("gru-both-ways", [layer(.gru, reversed: both)], .allOutputs),
      ExampleModel("rnn-both-ways", [layer(.rnn, reversed: both) { $0.activation = .relu }]),
      ExampleModel("lem-both-ways", [layer(.lem, reversed: both)], .maxOutput),
      ExampleModel(
        "lstm-both-ways-unlike",
        [
          layer(.lstm, reversed: both) { direction in
            direction.options = .init(isPeephole: direction.isReversed)
          }
        ]
      ),
      ExampleModel("lstm-reversed", [layer(.lstm, reversed: [true])]),
      ExampleModel("slstm-reversed", [layer(.slstm, reversed: [true])], .meanOutput),
      ExampleModel("lstm-learned-state", [layer(.lstm) { $0.learnsState = true }]),
      ExampleModel(
        "gru-both-ways-learned-state",
        [layer(.gru, reversed: both) { $0.learnsState = true }]
      ),
      ExampleModel(
        "lstm-zoneout",
        [
          layer(.lstm) {
            $0.regularization = Regularization(hiddenZoneout: 0.1, cellZoneout: 0.2)
          }
        ]
      ),
      ExampleModel(
        "gru-dropout",
        [
          layer(.gru) {
            $0.regularization = Regularization(inputDropout: 0.2, recurrentDropout: 0.2)
          }
        ]
      ),
      ExampleModel(
        "three-layers",
        [layer(.lstm), Residual(layer(.gru, input: hidden)), layer(.rnn, input: hidden)]
      ),
      ExampleModel(
        "residual-first",
        [Residual(layer(.lstm, input: hidden))],
        .allOutputs
      ),
      ExampleModel(
        "two-layers-both-ways",
        [layer(.lstm, reversed: both), layer(.lstm, input: 2 * hidden, reversed: both)]
      ),
      ExampleModel(
        "sweeps",
        [
          Sweep(layer(.gru, input: 1, reversed: both), .across, places: 3),
          Sweep(layer(.mingru, input: 2 * hidden), .down, places: 3),
          Sweep(Residual(layer(.lstm, input: hidden)), .down, places: 3),
        ],
        .meanOutput
      ),
      ExampleModel("columns", [layer(.lstm, input: 4)], reading: .columns, grid: [4, 3]),
      ExampleModel(
        "patches",
        [layer(.gru, input: 8)],
        .allOutputs,
        reading: .patches(side: 2, stride: 1),
        grid: [4, 3]
      ),
      ExampleModel(
        "permuted-pixels",
        [layer(.rnn, input: 1)],
        .maxOutput,
        reading: .permutedPixels(seed: 3),
        grid: [4, 3]
      ),
    ]
}
