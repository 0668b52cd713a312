import Foundation
public import Recurrent
import SwiftProtobuf

/// A model as a Core ML program, in a package that Xcode and Core ML read.
///
///     try CoreMLExport(model, form: .step, classNames: names).write(to: "digits.mlpackage")
///
/// The program is of specification version 6, for iOS 15 and macOS 12 and later, in floats of 32 bits. A
/// sequence's input is "input", `[batch, time, features]`, as the first layer reads it: what a model does
/// not read row by row is put in order before. A step's is `[batch, features]`, with an input and an
/// output for each part of each layer's state, such as "layer0_hidden_in" and "layer0_hidden_out",
/// `[batch, units]`. The answer is "logits": `[batch, classes]`, or `[batch, time, classes]` of a sequence
/// whose every step is answered.
///
/// A step's first states are zeros, unless the metadata have others under "recurrent.initialStates", by the
/// names of the inputs, which are those that the layers learned. The metadata also say what the layers are.
///
/// Source: coremltools' Model.proto, MIL.proto and the definitions of the operations of iOS 15.
public struct CoreMLExport: Sendable {
  /// The largest extents that a program takes; Core ML wants them bounded.
  public struct Limits: Sendable, Hashable {
    /// The most sequences at once.
    public var batch: Int
    /// The most steps of a sequence.
    public var steps: Int

    /// Creates limits.
    ///
    /// - Precondition: They are from 1 to 1,000,000.
    public init(batch: Int = 64, steps: Int = 4096) {
      require(
        1...1_000_000 ~= batch && 1...1_000_000 ~= steps,
        "limits are from 1 to 1000000, got \(batch) and \(steps)"
      )
      self.batch = batch
      self.steps = steps
    }
  }

  /// What one call reads.
  public let form: GraphForm
  /// How well the program holds the model.
  public let support: FormatSupport
  let message: CoreMLModelMessage
  let weights: WeightFile

  /// Writes a model as a program.
  ///
  /// The names of the classes stand in the package's metadata.
  ///
  /// - Throws: `FormatRefusal` where `support(for:form:)` refuses.
  public init(
    _ model: SequenceModel,
    form: GraphForm,
    classNames: [String] = [],
    limits: Limits = Limits()
  ) throws(FormatRefusal) {
    support = Self.support(for: model, form: form)
    if case .refused(let reason) = support { throw FormatRefusal(reason) }
    self.form = form
    var writer = ProgramWriter(limits)
    switch form {
    case .sequence: writer.writeSequence(of: model)
    case .step: writer.writeStep(of: model)
    }
    message = writer.message(of: model, form: form, classNames: classNames)
    weights = writer.program.weights
  }

  /// How well a form holds a model.
  ///
  /// A step has no layers that read from the end, and no mean or largest output of a sequence. Of a
  /// sequence the layers that Core ML has not itself are written as loops over their steps. Neither has
  /// sweeps, and layers of a program's own.
  public static func support(for model: SequenceModel, form: GraphForm) -> FormatSupport {
    var support = FormatSupport.exact
    for layer in model.layers {
      guard let layer = layer as? any CoreMLLayer else {
        return .refused(unknownLayer(layer))
      }
      support = support.combined(with: layer.support(form))
    }
    if form == .step, model.summary == .meanOutput || model.summary == .maxOutput {
      return support.combined(
        with: .refused("the \(model.summary.rawValue) of a sequence has no step")
      )
    }
    if model.reading != .rows {
      support = support.combined(
        with: .decomposed(
          "the program reads what is put in the order of '\(model.reading.rawValue)' before"
        )
      )
    }
    return support
  }

  static func unknownLayer(_ layer: any RecurrentLayer) -> String {
    layer is Sweep
      ? "a sweep over a grid is not written for Core ML"
      : "a layer of type \(type(of: layer)) is not known to the writer for Core ML"
  }

  /// Writes the package, a folder whose name should end in ".mlpackage".
  ///
  /// It is put in its place when it is whole; a package that is there already is replaced then, and
  /// nothing else is.
  ///
  /// - Throws: `FileError` when it cannot be written, or something else is there.
  public func write(to path: String) throws(FileError) {
    try ModelPackage(specification: specification, weights: weights.isEmpty ? nil : weights.bytes)
      .write(to: path)
  }

  /// The program as `model.mlmodel` has it; the same bytes for the same model.
  var specification: [UInt8] {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    let bytes: [UInt8]? = try? message.serializedBytes(options: options)
    // A message of this package's own lacks nothing, and is too large only beyond 2 GiB.
    require(bytes != nil, "a Core ML program is at most 2 GiB")
    return bytes ?? []
  }
}
