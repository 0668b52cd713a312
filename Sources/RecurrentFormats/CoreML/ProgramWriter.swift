import Foundation
import Recurrent

/// Writes a model as a program, with its inputs and outputs.
struct ProgramWriter {
  /// An input or an output; nil for an extent that is free up to a limit.
  fileprivate struct Feature {
    let value: ProgramValue
    /// The largest of each extent.
    let largest: [Int]
    let text: String
  }

  private(set) var program = ProgramBuilder()
  private let limits: CoreMLExport.Limits
  private var inputs: [Feature] = []
  private var outputs: [Feature] = []
  private var initialStates: [String: [Float]] = [:]

  init(_ limits: CoreMLExport.Limits) { self.limits = limits }

  /// Writes the model over whole sequences.
  mutating func writeSequence(of model: SequenceModel) {
    let features = model.layers[0].inputSize
    let input = addInput(
      "input",
      [nil, nil, features],
      largest: [limits.batch, limits.steps, features],
      "the sequences, [batch, time, features]"
    )
    var x = program.transpose(input, [1, 0, 2])
    var final = x
    for layer in model.layers {
      guard let layer = layer as? any CoreMLLayer else { continue }
      (x, final) = layer.writeSequence(x, to: &program)
    }
    let logits: ProgramValue
    switch model.summary {
    case .lastOutput: logits = answer(final, model.head)
    case .meanOutput: logits = answer(program.reduce("reduce_mean", x), model.head)
    case .maxOutput: logits = answer(program.reduce("reduce_max", x), model.head)
    case .allOutputs: logits = answer(program.transpose(x, [1, 0, 2]), model.head)
    }
    addOutput(logits, "the answers before the softmax")
  }

  /// Writes one step of the model.
  mutating func writeStep(of model: SequenceModel) {
    var x = addInput(
      "input",
      [nil, model.layers[0].inputSize],
      largest: [limits.batch, model.layers[0].inputSize],
      "one step, [batch, features]"
    )
    var after: [(name: String, value: ProgramValue)] = []
    for (index, layer) in model.layers.enumerated() {
      guard let layer = layer as? any CoreMLLayer else { continue }
      let parts = layer.stateParts
      let states = parts.map { part in
        let name = "layer\(index)_\(part.name)"
        if part.initial.elements.contains(where: { $0 != 0 }) {
          initialStates["\(name)_in"] = part.initial.elements
        }
        return addInput(
          "\(name)_in",
          [nil, part.initial.count],
          largest: [limits.batch, part.initial.count],
          "layer \(index)'s \(part.name) state before the step, [batch, units]"
        )
      }
      let results = layer.writeStep(x, states, to: &program)
      for (part, value) in zip(parts, results.states) {
        after.append(("layer\(index)_\(part.name)", value))
      }
      x = results.output
    }
    addOutput(answer(x, model.head), "the answers before the softmax, after this step")
    for (name, value) in after {
      // A name of its own for what may be another layer's input, too.
      let named = program.append(
        "identity",
        ["x": [value]],
        outputs: [(value.shape, .float32)],
        name: "\(name)_out"
      )
      addOutput(named[0], "\(name) after the step, to be given as \(name)_in of the next")
    }
  }

  private mutating func answer(_ x: ProgramValue, _ head: Dense) -> ProgramValue {
    program.linear(x, head.weight, head.bias, name: "logits")
  }

  private mutating func addInput(
    _ name: String,
    _ shape: [Int?],
    largest: [Int],
    _ text: String
  ) -> ProgramValue {
    let value = ProgramValue(name: name, shape: shape)
    inputs.append(Feature(value: value, largest: largest, text: text))
    return value
  }

  private mutating func addOutput(_ value: ProgramValue, _ text: String) {
    outputs.append(Feature(value: value, largest: [], text: text))
  }

  /// The whole model as a message.
  func message(
    of model: SequenceModel,
    form: GraphForm,
    classNames: [String]
  ) -> CoreMLModelMessage {
    var message = CoreMLModelMessage()
    message.specificationVersion = 6
    message.description_p.input = inputs.map(\.message)
    message.description_p.output = outputs.map(\.message)
    message.description_p.metadata.shortDescription =
      "A recurrent network, \(form.rawValue) by \(form.rawValue)"
    var entries = [
      "recurrent.form": form.rawValue, "recurrent.summary": model.summary.rawValue,
      "recurrent.reading": model.reading.rawValue,
    ]
    if let layers = model.layerDescriptions { entries["recurrent.layers"] = json(layers) }
    if !classNames.isEmpty { entries["classes"] = json(classNames) }
    if !initialStates.isEmpty { entries["recurrent.initialStates"] = json(initialStates) }
    message.description_p.metadata.userDefined = entries.compactMapValues(\.self)
    var block = CoreMLBlockMessage()
    block.operations = program.operations
    block.outputs = outputs.map(\.value.name)
    var function = CoreMLFunctionMessage()
    function.inputs = inputs.map(\.value.namedType)
    function.opset = ProgramBuilder.operationSet
    function.blockSpecializations[ProgramBuilder.operationSet] = block
    message.mlProgram.version = 1
    message.mlProgram.functions["main"] = function
    return message
  }

  private func json(_ value: some Encodable) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension ProgramWriter.Feature {
  fileprivate var message: CoreMLFeatureMessage {
    var message = CoreMLFeatureMessage()
    message.name = value.name
    message.shortDescription = text
    message.type.multiArrayType.dataType = .float32
    // An output's extents follow from the inputs'.
    guard !largest.isEmpty else { return message }
    message.type.multiArrayType.shape = value.shape.map { Int64($0 ?? 1) }
    message.type.multiArrayType.shapeRange.sizeRanges = zip(value.shape, largest).map {
      var range = CoreMLSizeRangeMessage()
      range.lowerBound = UInt64($0 ?? 1)
      range.upperBound = Int64($0 ?? $1)
      return range
    }
    return message
  }
}
