import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Programs for Core ML")
struct CoreMLExportTests {
  /// The program as it is read back from the package.
  private func program(
    of model: SequenceModel,
    _ form: GraphForm
  ) throws -> CoreMLProgram {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.mlpackage"
    try CoreMLExport(model, form: form).write(to: path)
    return try CoreMLProgram(contentsOf: path)
  }

  private func expectClose(
    _ a: Tensor?,
    _ b: Tensor,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(a?.shape == b.shape, sourceLocation: location)
    // Without a bound to its output a rectified RNN has numbers far above 1.
    let distance = zip(a?.elements ?? [], b.elements).map { abs($0 - $1) / max(1, abs($1)) }.max()
    #expect((distance ?? .infinity) < 1e-5, sourceLocation: location)
  }

  /// Runs a program step by step, from given states or zeros, and compares with every step's answer.
  private func expectSteps(
    _ program: CoreMLProgram,
    of model: SequenceModel,
    batch: Int,
    steps: Int,
    initial: [String: [Float]] = [:],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    var numbers = SeededNumbers(UInt64(batch * 100 + steps))
    let input = numbers.tensor([batch, steps, model.layers[0].inputSize])
    let each = SequenceModel(layers: model.layers, summary: .allOutputs, head: model.head)(input)
    var states: [String: Tensor] = [:]
    for feature in program.inputs where feature.name != "input" {
      let size = try #require(Self.size(of: feature.name, in: model))
      let row = initial[feature.name] ?? Array(repeating: 0, count: size)
      states[feature.name] = Tensor(
        Array(repeating: row, count: batch).flatMap(\.self),
        shape: [batch, size]
      )
    }
    for step in 0..<steps {
      states["input"] = input.slice(at: step, along: 1)
      let answer = try program(states)
      expectClose(answer["logits"], each.slice(at: step, along: 1), location)
      for (name, value) in answer where name != "logits" {
        states[String(name.dropLast(3)) + "in"] = value
      }
    }
  }

  /// The number of units of a state by its name.
  private static func size(of name: String, in model: SequenceModel) -> Int? {
    let parts = name.split(separator: "_")
    guard parts.count == 3, let index = Int(parts[0].dropFirst(5)) else { return nil }
    let layer = (model.layers[index] as? Residual)?.layer ?? model.layers[index]
    return (layer as? any CoreMLLayer)?.stateParts.first { $0.name == parts[1] }?.initial.count
  }

  @Test(
    "A step written in elementary operations is the model's, for every cell and option",
    arguments: CoreMLCase.all
  )
  func stepsAreTheModels(item: CoreMLCase) throws {
    let model = CoreMLCase.model([item.layer])
    let program = try program(of: model, .step)
    for batch in [1, 3, 17] {
      for steps in [1, 2, 50] { try expectSteps(program, of: model, batch: batch, steps: steps) }
    }
  }

  @Test(
    "A stack of layers is written step by step, with what it begins with, zoneout and residuals"
  )
  func stepsOfAStack() throws {
    var first = CoreMLCase.lstm(.init())
    first.learnInitialState()
    first.regularization = Regularization(hiddenZoneout: 0.25, cellZoneout: 0.5)
    var stream = RandomStream(seed: 4, purpose: .testing)
    let second = Residual(GRU(inputSize: 4, hiddenSize: 4, using: &stream))
    let model = CoreMLCase.model(
      [CoreMLCase.random(first), CoreMLCase.random(second, seed: 7)]
    )
    let program = try program(of: model, .step)
    #expect(
      program.inputs.map(\.name)
        == ["input", "layer0_hidden_in", "layer0_cell_in", "layer1_hidden_in"]
    )
    #expect(
      program.outputs.map(\.name)
        == ["logits", "layer0_hidden_out", "layer0_cell_out", "layer1_hidden_out"]
    )
    let learned = try #require((model.layers[0] as? LSTM)?.learnedState)
    try expectSteps(
      program,
      of: model,
      batch: 3,
      steps: 9,
      initial: [
        "layer0_hidden_in": learned.hidden.elements, "layer0_cell_in": learned.cell.elements,
      ]
    )
    let text = try #require(program.metadata["recurrent.initialStates"])
    #expect(text.contains("layer0_cell_in") && !text.contains("layer1"))
  }

  /// Compares whole sequences.
  private func expectSequences(
    of model: SequenceModel,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let program = try program(of: model, .sequence)
    for batch in [1, 3, 17] {
      for steps in [1, 2, 50] {
        var numbers = SeededNumbers(UInt64(batch * 100 + steps))
        let input = numbers.tensor([batch, steps, model.layers[0].inputSize])
        let answer = try program(["input": input])
        #expect(Array(answer.keys) == ["logits"], sourceLocation: location)
        expectClose(answer["logits"], model(input), location)
      }
    }
  }

  @Test(
    "A sequence is the model's for every cell and option, by Core ML's layers or in a loop",
    arguments: CoreMLCase.all,
    [false, true]
  )
  func sequencesAreTheModels(item: CoreMLCase, isReversed: Bool) throws {
    func reversed<Built>(_ layer: CellLayer<Built>) -> any RecurrentLayer {
      var layer = layer
      layer.isReversed = isReversed
      return layer
    }
    let layer: any RecurrentLayer =
      switch item.layer {
      case let layer as LSTM: reversed(layer)
      case let layer as GRU: reversed(layer)
      case let layer as RNN: reversed(layer)
      default: item.layer
      }
    try expectSequences(of: CoreMLCase.model([layer]))
  }

  @Test("What Core ML's layers have not is done in a loop, in both directions")
  func loops() throws {
    var zoned = CoreMLCase.lstm(.init())
    zoned.regularization = Regularization(hiddenZoneout: 0.25, cellZoneout: 0.5)
    var projected = CoreMLCase.lstm(.init(projectionSize: 2))
    projected.learnInitialState()
    var stream = RandomStream(seed: 4, purpose: .testing)
    let both = Bidirectional(
      forward: SLSTM(inputSize: 3, hiddenSize: 4, using: &stream),
      backward: SLSTM(inputSize: 3, hiddenSize: 4, using: &stream)
    )
    for layer in [zoned, projected, both] as [any RecurrentLayer] {
      try expectSequences(of: CoreMLCase.model([CoreMLCase.random(layer)]))
    }
  }

  @Test("Both directions are merged in every way", arguments: Merge.allCases)
  func bidirectional(merge: Merge) throws {
    let layer = Bidirectional(
      forward: CoreMLCase.lstm(.init(isPeephole: true)),
      backward: CoreMLCase.lstm(.init(isPeephole: true)),
      merge: merge
    )
    try expectSequences(of: CoreMLCase.model([CoreMLCase.random(layer)]))
  }

  @Test(
    "A stack with learned states and a residual gives each summary",
    arguments: SequenceModel.Summary.allCases
  )
  func sequencesOfAStack(summary: SequenceModel.Summary) throws {
    var first = CoreMLCase.lstm(.init(isCoupled: true))
    first.learnInitialState()
    var stream = RandomStream(seed: 4, purpose: .testing)
    let layers: [any RecurrentLayer] = [
      first, Residual(RNN(inputSize: 4, hiddenSize: 4, activation: .relu, using: &stream)),
      GRU(GRUCell(inputSize: 4, hiddenSize: 3, convention: .resetAfterOuterBias, using: &stream)),
    ]
    let random = layers.enumerated().map { CoreMLCase.random($1, seed: UInt64($0 + 2)) }
    try expectSequences(of: CoreMLCase.model(random, summary))
  }

  @Test("A GRU whose inner bias is 0 is Core ML's own")
  func innerBiasOfZero() throws {
    var layer = CoreMLCase.gru(.resetAfter)
    var numbers = SeededNumbers(2)
    layer.visitParameters { name, parameter in
      if !name.hasPrefix("bias_hn") { parameter = numbers.tensor(parameter.shape) }
    }
    layer.cell = GRUCell(layer.cell.weights)
    let model = CoreMLCase.model([layer])
    #expect(CoreMLExport.support(for: model, form: .sequence) == .exact)
    try expectSequences(of: model)
  }

  @Test("The metadata say what the model is")
  func metadata() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.mlpackage"
    let model = CoreMLCase.model([CoreMLCase.lstm(.init())])
    try CoreMLExport(model, form: .sequence, classNames: ["ja", "nein"]).write(to: path)
    let program = try CoreMLProgram(contentsOf: path)
    #expect(program.metadata["classes"] == "[\"ja\",\"nein\"]")
    #expect(program.metadata["recurrent.form"] == "sequence")
    #expect(program.metadata["recurrent.summary"] == "lastOutput")
    #expect(program.metadata["recurrent.layers"]?.contains("\"kind\":\"lstm\"") == true)
  }
}
