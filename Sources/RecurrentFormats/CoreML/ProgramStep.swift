import Foundation
import Recurrent

/// An operation of a program that can be run.
struct ProgramStep: Sendable {
  let type: String
  let arguments: [String: [String]]
  let outputs: [String]
  /// The condition and the body of a loop.
  private var blocks: [ProgramBlock] = []

  /// Reads an operation, which may use the values that are known before it.
  ///
  /// - Throws: `FileError` when it is not known here, or reads what is not there.
  init(
    _ message: CoreMLOperationMessage,
    known: Set<String>,
    weights: [UInt8]?,
    file: String
  ) throws(FileError) {
    type = message.type
    outputs = message.outputs.map(\.name)
    arguments = message.inputs.mapValues { $0.arguments.map(\.name) }
    let isLoop = type == Self.loop && message.blocks.count == 2
    guard isLoop || Self.operations[type] != nil && message.blocks.isEmpty else {
      throw FileError(
        "has a program with an operation '\(type)'",
        file: file,
        advice: "only what is written here can be run here; use Core ML"
      )
    }
    guard arguments.values.allSatisfy({ known.isSuperset(of: $0) }) else {
      throw problem("reads a value that is not there", file)
    }
    for block in message.blocks {
      blocks.append(
        try ProgramBlock(
          block,
          inputs: block.inputs.map(\.name),
          known: known,
          weights: weights,
          file: file
        )
      )
    }
    let variables = arguments["loop_vars"]?.count
    guard
      !isLoop
        || variables == outputs.count && blocks.allSatisfy({ $0.inputs.count == variables })
          && blocks[0].outputs.count == 1 && blocks[1].outputs.count == variables
    else { throw problem("has other values than its blocks", file) }
  }

  private static let loop = "while_loop"

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
    in run: inout ProgramRun
  ) throws(FileError) -> [ProgramTensor] {
    let given = arguments.mapValues { names in names.compactMap { values[$0] } }
    if type == Self.loop { return try runLoop(given["loop_vars"] ?? [], values, in: &run) }
    guard let results = Self.operations[type]?(Arguments(values: given)),
      results.count == outputs.count
    else {
      let shapes = given.keys.sorted().map { "\($0) \(given[$0]?.map(\.shape) ?? [])" }
      throw problem("does not fit its arguments: \(shapes.joined(separator: ", "))", run.file)
    }
    return results
  }

  /// Goes round while the condition holds.
  private func runLoop(
    _ start: [ProgramTensor],
    _ outer: [String: ProgramTensor],
    in run: inout ProgramRun
  ) throws(FileError) -> [ProgramTensor] {
    /// What a block answers to the values there are now.
    func answers(
      of block: ProgramBlock,
      _ current: [ProgramTensor]
    ) throws(FileError) -> [ProgramTensor] {
      var values = outer
      for (name, value) in zip(block.inputs, current) { values[name] = value }
      let results = try block.run(with: values, in: &run)
      return block.outputs.compactMap { results[$0] }
    }
    var current = start
    while true {
      guard let goesOn = try answers(of: blocks[0], current).first?.truths, goesOn.count == 1
      else { throw problem("has a condition that is none", run.file) }
      if !goesOn[0] { return current }
      current = try answers(of: blocks[1], current)
      try run.addRound()
    }
  }
}
