import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats

/// `recurrent export`: a trained model as a file of another program, with a proof beside it.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract:
      "Write a model for PyTorch, Keras, TensorFlow 1, ONNX, Core ML or as C, and prove the file.",
    discussion: """
      The written file is run back, by a reader that shares no layer with the library, on odd lengths, \
      batches of 1 and many, padded rows, and streams in chunks. The worst difference, with the hashes \
      of the file and of the weights, is kept beside it as FILE.proof.json; 'recurrent prove FILE' \
      finds it out again. A step in C is proved by the C compiler that is found, or that CC names.
      """
  )

  @Argument(help: "The run, by its name under runs/ or its folder; or a file of a model.")
  var source: String

  @Option(help: "The format: onnx, coreml, pytorch, keras, tensorflow1, or c for one step in C.")
  var to = ExportFormat.onnx

  @Option(help: "What the file reads at once: sequence, step, or both as two files.")
  var form: ExportForm?

  @Option(
    help: ArgumentHelp(
      "The file to write; a step's gets '.step' before its ending. Default: beside the model.",
      valueName: "file"
    )
  )
  var output: String?

  @Option(
    parsing: .unconditional,
    help:
      "What TensorFlow 1 adds to the forget gate at run time; the biases are written without it."
  )
  var forgetBias: Float?

  func validate() throws {
    try Program.checkEnvironment()
    guard form == nil || to.hasForms else {
      throw ValidationError(
        "--form goes with onnx and coreml; \(to.rawValue) has \(to == .c ? "a step" : "weights") alone"
      )
    }
    guard forgetBias == nil || to == .tensorFlow1 else {
      throw ValidationError("--forget-bias goes with --to tensorflow1")
    }
    guard forgetBias?.isFinite ?? true else {
      throw ValidationError("--forget-bias is a finite number")
    }
    guard output.map({ !$0.isEmpty }) ?? true else {
      throw ValidationError("--output needs a file's name")
    }
  }

  func run() async throws {
    let source = try ModelSource(self.source)
    for remark in source.remarks { print(remark) }
    let name = "\(source.record == nil ? source.name : "model").\(to.ending)"
    let base = output ?? (source.folder == "." ? name : "\(source.folder)/\(name)")
    if to == .c {
      let file = URL(filePath: base).deletingPathExtension().lastPathComponent
      let exported = ExportedC(
        source: source,
        path: base,
        name: output == nil ? source.name : file
      )
      return print(try exported.export())
    }
    guard to.hasForms else {
      return try print(
        ExportedWeights(source: source, format: to, path: base, forgetBias: forgetBias ?? 1)
          .export()
      )
    }
    let forms = (form ?? .sequence).forms
    for form in forms {
      let path = form == .step && (forms.count > 1 || output == nil) ? Self.stepPath(base) : base
      let exported = ExportedGraph(source: source, format: to, form: form, path: path)
      print(try exported.export())
    }
  }

  /// The path of a step's file beside that of the sequence's: ".step" before the ending.
  private static func stepPath(_ path: String) -> String {
    let url = URL(filePath: path)
    let ending = url.pathExtension
    return ending.isEmpty ? path + ".step" : "\(path.dropLast(ending.count + 1)).step.\(ending)"
  }
}
