import Recurrent

/// What a run of a program has come to.
struct ProgramRun {
  /// The package, for errors.
  let file: String
  /// How many numbers were made.
  private var count = 0

  /// No more are made in one run: a file is not to keep a machine for itself.
  private static let limit = 1 << 28

  init(file: String) { self.file = file }

  /// Counts a round of a loop as if it made thousands of numbers: rounds that make few take time, too.
  mutating func addRound() throws(FileError) { try add(1 << 13) }

  /// Counts what was made.
  mutating func add(_ more: Int) throws(FileError) {
    count += more + 1
    guard count <= Self.limit else {
      throw FileError("has a program that makes more than \(Self.limit) numbers", file: file)
    }
  }
}

/// The operations of a program, or of what is done in a loop.
struct ProgramBlock: Sendable {
  let inputs: [String]
  let outputs: [String]
  private let constants: [String: ProgramTensor]
  private let steps: [ProgramStep]

  /// Reads a block, which may use the values that are known around it.
  ///
  /// - Throws: `FileError` when an operation is not known here, or reads what is not there.
  init(
    _ message: CoreMLBlockMessage,
    inputs: [String],
    known outer: Set<String>,
    weights: [UInt8]?,
    file: String
  ) throws(FileError) {
    let twice = FileError("gives a value of its program twice", file: file)
    guard outer.isDisjoint(with: inputs), Set(inputs).count == inputs.count else { throw twice }
    var known = outer.union(inputs)
    var (steps, constants) = ([ProgramStep](), [String: ProgramTensor]())
    for operation in message.operations {
      let names = operation.outputs.map(\.name)
      guard known.isDisjoint(with: names), Set(names).count == names.count else { throw twice }
      if operation.type == "const" {
        constants[names.first ?? ""] = try ProgramTensor(
          operation,
          weights: weights,
          file: file
        )
      } else {
        steps.append(
          try ProgramStep(operation, known: known, weights: weights, file: file)
        )
      }
      known.formUnion(names)
    }
    guard known.isSuperset(of: message.outputs) else {
      throw FileError("answers with a value that its program does not give", file: file)
    }
    (self.inputs, outputs) = (inputs, message.outputs)
    (self.steps, self.constants) = (steps, constants)
  }

  /// Runs the operations; returns all values there then are.
  func run(
    with values: [String: ProgramTensor],
    in run: inout ProgramRun
  ) throws(FileError) -> [String: ProgramTensor] {
    var values = values
    values.merge(constants) { first, _ in first }
    for step in steps {
      for (name, value) in zip(step.outputs, try step.run(with: values, in: &run)) {
        values[name] = value
        try run.add(value.elements.count)
      }
    }
    return values
  }
}

extension ProgramTensor {
  /// Reads a constant.
  fileprivate init(
    _ operation: CoreMLOperationMessage,
    weights: [UInt8]?,
    file: String
  ) throws(FileError) {
    let name = operation.outputs.first?.name ?? ""
    func problem(_ text: String) -> FileError {
      FileError("has a constant '\(name)' \(text)", file: file)
    }
    guard operation.outputs.count == 1, let value = operation.attributes["val"] else {
      throw problem("without a value")
    }
    let type = value.type.tensorType
    let shape = type.dimensions.map { Int(exactly: $0.constant.size) ?? -1 }
    guard let count = Self.count(of: shape), Int64(shape.count) == type.rank else {
      throw problem("whose shape is none")
    }
    let tensor = value.immediateValue.tensor
    let elements: Elements
    switch (value.value, type.dataType) {
    case (.blobFileValue(let place), .float32):
      guard let weights, place.fileName == WeightFile.reference else {
        throw problem("in a file of weights that is not there")
      }
      elements = .floats(
        try WeightFile.floats(at: place.offset, count: count, of: weights, file: file)
      )
    case (.immediateValue, .float32): elements = .floats(tensor.floats.values)
    case (.immediateValue, .int32): elements = .integers(tensor.ints.values.map { Int($0) })
    case (.immediateValue, .bool): elements = .truths(tensor.bools.values)
    case (.immediateValue, .string): elements = .texts(tensor.strings.values)
    default: throw problem("of a type that is not known here")
    }
    guard let made = ProgramTensor(shape, elements) else {
      throw problem("with \(elements.count) elements, not \(count)")
    }
    self = made
  }
}
