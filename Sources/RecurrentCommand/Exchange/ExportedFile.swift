import Foundation
import Recurrent
import RecurrentFormats

/// What is told of a file that was written and proved.
struct ExportReport {
  let path: String
  let format: ExportFormat
  let form: String?
  let support: FormatSupport
  let fileHash: String
  /// Nil where nothing was found to run the file with.
  let proof: ExportProof?
  let byteCount: Int
  /// What else there is to say of the file, a line each.
  var remarks: [String] = []
  let use: String

  /// The lines to print.
  var text: String {
    let kind = [format.title, form].compactMap(\.self).joined(separator: ", ")
    let lines = ["\(support)"] + remarks + proofLines + ["use: \(use)"]
    return "\(path): \(kind), \(byteCount) bytes, SHA-256 \(fileHash.prefix(12))..."
      + lines.map { "\n  \($0)" }.joined()
  }

  private var proofLines: [String] {
    guard let proof else {
      return [
        "not run back, and without a proof: there is no C compiler here, nor does CC name one"
      ]
    }
    return [
      """
      run back \(proof.cases.count) times: largest difference \(scientific(proof.largestDifference)), \
      \(scientific(proof.tolerance)) allowed
      """,
      "proof: \(ExportProof.path(of: path))",
    ]
  }
}

/// A model as a graph or a program, which is run back.
struct ExportedGraph {
  let source: ModelSource
  let format: ExportFormat
  let form: GraphForm
  let path: String

  /// Writes the file and its proof; what stood there stays if the file is not right.
  func export() throws -> String {
    do {
      return try (format == .coreML ? coreML() : onnx()).text
    } catch let refusal as FormatRefusal {
      throw CommandFailure("\(format.title) cannot hold this model as \(words): \(refusal)")
    } catch let error as FileError where error.file == nil {
      throw CommandFailure("\(path): not written: it \(error)")
    }
  }

  private var words: String { form == .step ? "a step" : "a sequence" }

  /// The names of the classes, and how data are prepared.
  private var metadata: [String: String] {
    var metadata: [String: String] = [:]
    if let record = source.record {
      metadata["recurrent.version"] = Version.text
      if let names = try? JSONEncoder().encode(record.classNames) {
        metadata["recurrent.classes"] = String(decoding: names, as: UTF8.self)
      }
    }
    if let preparation = source.preparation {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      if let text = try? encoder.encode(preparation) {
        metadata["recurrent.preparation"] = String(decoding: text, as: UTF8.self)
      }
    }
    return metadata
  }

  private func onnx() throws -> ExportReport {
    var export = try ONNXExport(
      source.model,
      input: .init(isTokens: source.readsTokens, grid: source.grid)
    )
    export.metadata = metadata
    let bytes = try export.file(form).bytes
    let file = try ProvableONNX(bytes: bytes, path: path)
    let proof = try ExportProof(
      of: file,
      model: source.model,
      support: export.support(form),
      version: Version.text,
      tolerance: source.tolerance
    )
    try WholeFile.write(bytes, to: path)
    try proof.write(beside: path)
    return report(proof, export.support(form), byteCount: bytes.count)
  }

  private func coreML() throws -> ExportReport {
    let export = try CoreMLExport(
      source.model,
      form: form,
      classNames: source.record?.classNames ?? []
    )
    let file = try ProvableCoreML(export, path: path)
    // The program reads what is in order already.
    let rows = SequenceModel(
      layers: source.model.layers,
      summary: source.model.summary,
      head: source.model.head
    )
    let proof = try ExportProof(
      of: file,
      model: rows,
      support: export.support,
      version: Version.text,
      tolerance: source.tolerance
    )
    try export.write(to: path)
    try proof.write(beside: path)
    return report(proof, export.support, byteCount: file.bytes.count)
  }

  private func report(
    _ proof: ExportProof,
    _ support: FormatSupport,
    byteCount: Int
  ) -> ExportReport {
    ExportReport(
      path: path,
      format: format,
      form: form.rawValue,
      support: support,
      fileHash: proof.fileHash,
      proof: proof,
      byteCount: byteCount,
      use: format.use(path, of: source.model, isTokens: source.readsTokens)
    )
  }
}
