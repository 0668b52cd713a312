public import Recurrent

/// A model as one file of C that runs it step by step.
///
///     try CExport(model, name: "gestures", classNames: names).write(to: "gestures.h")
///
/// The file is a header that any file of a program includes for the declarations, and one of them for
/// the definitions too, with `GESTURES_IMPLEMENTATION` defined before: one file to copy, whose weights are
/// in the program once. It is C99 and C++17, needs the C library's mathematics and nothing else,
/// allocates nothing and has no variables:
///
///     gestures_state state;                      // the caller's; one for each stream; a copy is a fork
///     gestures_state_start(&state);
///     gestures_step(&state, input, output);      // one for each step
///
/// A step reads `GESTURES_INPUT_SIZE` floats and gives `GESTURES_OUTPUT_SIZE`, the logits after it. The
/// weights are hexadecimal literals, so that their bits are the model's; sums are taken in another order
/// than here, and exponentials are the C library's, so that answers agree to rounding.
public struct CExport: Sendable {
  /// What the names in the file begin with, made of the name that was asked for.
  public let name: String
  /// How well the file holds the model.
  public let support: FormatSupport
  /// The numbers of the model, which are constants of 4 bytes each.
  public let weightCount: Int
  /// The bytes that a stream carries from one step to the next.
  public let carriedBytes: Int
  /// The bytes of a state: those that are carried, and the room for a step.
  public let stateBytes: Int
  /// The multiply-adds of a step.
  public let multiplyAdds: Int
  /// The file's content.
  public let bytes: [UInt8]

  /// Writes a model.
  ///
  /// Letters and digits of `name` are kept, what is between them becomes an underscore. The names of the
  /// classes become an array; `version` is that of the program that writes, and `notes` are lines for
  /// the file's comment.
  ///
  /// - Throws: `FormatRefusal` where `support(for:)` refuses.
  /// - Precondition: There are no class names, or as many as outputs.
  public init(
    _ model: SequenceModel,
    name: String,
    classNames: [String] = [],
    version: String = "",
    notes: [String] = []
  ) throws(FormatRefusal) {
    support = Self.support(for: model)
    if case .refused(let reason) = support { throw FormatRefusal(reason) }
    require(
      classNames.isEmpty || classNames.count == model.head.outputSize,
      "a model of \(model.head.outputSize) outputs has as many names, got \(classNames.count)"
    )
    let prefix = CText.identifier(name)
    self.name = prefix
    var file = CFile(prefix: prefix, model: model, classNames: classNames)
    file.notes = notes
    file.version = version
    weightCount = file.program.constantCount
    carriedBytes = 4 * file.carriedCount
    stateBytes = 4 * file.stateCount
    multiplyAdds = file.program.multiplyAdds
    bytes = file.bytes
  }

  /// How well C holds a model.
  ///
  /// What `StreamingModel` streams can be written, if all its numbers are finite.
  public static func support(for model: SequenceModel) -> FormatSupport {
    if let problem = model.stepProblem { return .refused(problem) }
    for (index, layer) in model.layers.enumerated() {
      guard let parts = LayerParts(layer, at: index) else {
        return .refused("layer \(index), a \(type(of: layer)), is not one of Recurrent's own")
      }
      if let problem = parts.stepProblem { return .refused(problem) }
      for case let cell as LEMCell in parts.directions.map(\.cell) where !cell.timeStep.isFinite {
        return .refused("the time step of layer \(index) is NaN or infinity")
      }
    }
    for (name, value) in model.parameters where !value.elements.allSatisfy(\.isFinite) {
      return .refused("array '\(name)' holds NaN or infinity")
    }
    return .decomposed("the equations of a step are written out")
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String) throws(FileError) { try WholeFile.write(bytes, to: path) }

  /// The name of a macro in a file whose names begin with `prefix`.
  static func macro(_ prefix: String, _ name: String) -> String { "\(prefix.uppercased())_\(name)" }

  /// What marks a pointer to memory that no other reaches.
  static func restrict(_ prefix: String) -> String { macro(prefix, "RESTRICT") }
}
