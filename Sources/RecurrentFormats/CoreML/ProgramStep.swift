import Foundation
import Recurrent

/// An operation of a program that can be run.
struct ProgramStep: Sendable {
  let type: String
  let arguments: [String: [String]]
  let outputs: [String]

  /// Reads an operation.
  ///
  /// - Throws: `FileError` when it is not known here.
  init(_ message: CoreMLOperationMessage, file: String) throws(FileError) {
    type = message.type
    outputs = message.outputs.map(\.name)
    arguments = message.inputs.mapValues { $0.arguments.map(\.name) }
    guard Self.operations[type] != nil, message.blocks.isEmpty else {
      throw FileError(
        "has a program with an operation '\(type)'",
        file: file,
        advice: "only what is written here can be run here; use Core ML"
      )
    }
    guard !arguments.values.contains(where: { $0.contains("") }) else {
      throw problem("has an argument that is no value's name", file)
    }
  }

  func problem(_ text: String, _ file: String) -> FileError {
    FileError("has a program whose '\(outputs.first ?? type)' (\(type)) \(text)", file: file)
  }

  /// What an operation is given.
  struct Arguments {
    let values: [String: [ProgramTensor]]

    subscript(name: String) -> ProgramTensor? {
      values[name].flatMap { $0.count == 1 ? $0[0] : nil }
    }

    /// Numbers by their shape.
    func floats(_ name: String) -> (shape: [Int], values: [Float])? {
      self[name].flatMap { value in value.floats.map { (value.shape, $0) } }
    }

    /// A single whole number.
    func integer(_ name: String) -> Int? {
      self[name]?.integers.flatMap { $0.count == 1 ? $0[0] : nil }
    }

    /// A single number.
    func float(_ name: String) -> Float? {
      self[name]?.floats.flatMap { $0.count == 1 ? $0[0] : nil }
    }

    /// Axes from the front, each once.
    func axes(_ name: String, rank: Int) -> [Int]? {
      guard let given = self[name]?.integers else { return nil }
      let axes = given.map { $0 < 0 ? $0 + rank : $0 }
      let areAxes = axes.allSatisfy { 0..<rank ~= $0 } && Set(axes).count == axes.count
      return areAxes ? axes : nil
    }
  }

  /// What an operation makes of its arguments; nil where they do not fit.
  typealias Function = @Sendable (Arguments) -> [ProgramTensor]?

  /// All operations that are known.
  static let operations: [String: Function] =
    numberOperations.merging(shapeOperations) { first, _ in first }
    .merging(sumOperations) { first, _ in first }
    .merging(recurrentOperations) { first, _ in first }

  /// Runs the operation.
  func run(
    with values: [String: ProgramTensor],
    file: String
  ) throws(FileError) -> [ProgramTensor] {
    let given = arguments.mapValues { names in names.compactMap { values[$0] } }
    guard let results = Self.operations[type]?(Arguments(values: given)),
      results.count == outputs.count
    else {
      let shapes = given.keys.sorted().map { "\($0) \(given[$0]?.map(\.shape) ?? [])" }
      throw problem("does not fit its arguments: \(shapes.joined(separator: ", "))", file)
    }
    return results
  }
}
