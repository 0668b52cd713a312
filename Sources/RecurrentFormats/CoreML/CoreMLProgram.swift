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

  private let block: ProgramBlock
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
    let names = Set(function.inputs.map(\.name))
    guard names.count == function.inputs.count, names == Set(inputs.map(\.name)),
      Set(outputs.map(\.name)) == Set(block.outputs)
    else { throw FileError("describes other inputs or outputs than its program has", file: file) }
    self.block = try ProgramBlock(
      block,
      inputs: Array(names),
      known: [],
      weights: package.weights,
      file: file
    )
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
    var values: [String: ProgramTensor] = [:]
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
    var run = ProgramRun(file: file)
    values = try block.run(with: values, in: &run)
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
