import Foundation
public import Recurrent
import SwiftProtobuf

/// A Core ML package as it can be run without Core ML: one whose program has the operations that
/// `CoreMLExport` writes, and no others.
///
/// It is for checking what was written on any system; Core ML itself is many times faster. Sums are taken
/// in double precision.
public struct CoreMLProgram: Sendable {
  /// An input or an output.
  public struct Feature: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// What it is, in words.
    public let text: String
  }

  /// What the program is given.
  public let inputs: [Feature]
  /// What it answers with.
  public let outputs: [Feature]
  /// What the package says of itself, by names.
  public let metadata: [String: String]

  /// No more numbers are made in one run.
  private static let limit = 1 << 28

  private let steps: [ProgramStep]
  private let constants: [String: ProgramTensor]
  private let inputTypes: [CoreMLNamedTypeMessage]
  private let file: String

  /// Reads a package.
  ///
  /// - Throws: `FileError` when it is damaged, or its program has operations that are not known here.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(ModelPackage(contentsOf: path), file: path)
  }

  init(_ package: ModelPackage, file: String) throws(FileError) {
    self.file = file
    guard let message = try? CoreMLModelMessage(serializedBytes: package.specification) else {
      throw FileError("has a model that is damaged", file: file)
    }
    guard message.hasMlProgram, message.specificationVersion >= 6,
      message.mlProgram.functions.count == 1,
      let function = message.mlProgram.functions["main"],
      let block = function.blockSpecializations[function.opset]
    else {
      throw FileError(
        "has a model that is not one ML program",
        file: file,
        advice: "only programs of iOS 15 and later with one function are read"
      )
    }
    let description = message.description_p
    inputs = description.input.map { Feature(name: $0.name, text: $0.shortDescription) }
    outputs = description.output.map { Feature(name: $0.name, text: $0.shortDescription) }
    metadata = description.metadata.userDefined
    inputTypes = function.inputs
    var known = Set(function.inputs.map(\.name))
    guard known.count == function.inputs.count, known == Set(inputs.map(\.name)),
      Set(outputs.map(\.name)) == Set(block.outputs)
    else { throw FileError("describes other inputs or outputs than its program has", file: file) }
    var (steps, constants) = ([ProgramStep](), [String: ProgramTensor]())
    for operation in block.operations {
      let names = operation.outputs.map(\.name)
      guard known.isDisjoint(with: names), Set(names).count == names.count else {
        throw FileError("gives a value of its program twice", file: file)
      }
      known.formUnion(names)
      if operation.type == "const" {
        constants[names.first ?? ""] = try ProgramTensor(
          operation,
          weights: package.weights,
          file: file
        )
      } else {
        let step = try ProgramStep(operation, file: file)
        guard step.arguments.values.allSatisfy({ known.isSuperset(of: $0) }),
          step.arguments.values.allSatisfy({ Set(names).isDisjoint(with: $0) })
        else { throw step.problem("reads a value that is not there", file) }
        steps.append(step)
      }
    }
    guard known.isSuperset(of: block.outputs) else {
      throw FileError("answers with a value that its program does not give", file: file)
    }
    (self.steps, self.constants) = (steps, constants)
  }

  /// The last extent of an input, if it is fixed.
  func inputSize(_ name: String) -> Int? {
    inputTypes.first { $0.name == name }?.type.tensorType.dimensions.last
      .flatMap { Int(exactly: $0.constant.size) }
  }

  /// Runs the program.
  ///
  /// - Throws: `FileError` when an input is missing or has another shape than the program wants, or its
  ///   operations do not fit one another.
  public func callAsFunction(
    _ inputs: [String: Tensor]
  ) throws(FileError) -> [String: Tensor] {
    var values = constants
    for type in inputTypes {
      guard let tensor = inputs[type.name] else {
        throw FileError("wants an input '\(type.name)'", file: file)
      }
      let wanted = type.type.tensorType.dimensions
      let shape = tensor.shape.dimensions
      let fits = zip(wanted, shape).allSatisfy {
        $0.constant.size == 0 || $0.constant.size == UInt64($1)
      }
      guard type.type.tensorType.dataType == .float32, wanted.count == shape.count, fits,
        let value = ProgramTensor(shape, .floats(tensor.elements))
      else {
        throw FileError("wants another input '\(type.name)' than one of shape \(shape)", file: file)
      }
      values[type.name] = value
    }
    var count = 0
    for step in steps {
      for (name, value) in zip(step.outputs, try step.run(with: values, file: file)) {
        values[name] = value
        count += value.elements.count
      }
      // What a file asks for is what it gets, within bounds: nothing is forgotten on the way.
      guard count <= Self.limit else {
        throw FileError("has a program that makes more than \(Self.limit) numbers", file: file)
      }
    }
    var results: [String: Tensor] = [:]
    for output in outputs {
      guard let value = values[output.name], let floats = value.floats else {
        throw FileError("answers '\(output.name)' with no floats", file: file)
      }
      results[output.name] = Tensor(floats, shape: Shape(value.shape))
    }
    return results
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
