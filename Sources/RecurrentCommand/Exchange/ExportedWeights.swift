import Foundation
import Recurrent
import RecurrentFormats

/// A model as weights by another program's names, which are read back.
struct ExportedWeights {
  let source: ModelSource
  let format: ExportFormat
  let path: String
  let forgetBias: Float

  /// Writes the file and its proof; what stood there stays if the file is not right.
  func export() throws -> String {
    do {
      return try report().text
    } catch let refusal as FormatRefusal {
      throw CommandFailure("\(format.title) cannot hold this model: \(refusal)")
    } catch let error as FileError where error.file == nil {
      throw CommandFailure("\(path): not written: \(error)")
    }
  }

  private func report() throws -> ExportReport {
    // What is proved is the model as the format has it.
    let model = source.model.withInnerBiases
    let support = format == .pyTorch ? source.model.pyTorchSupport : .exact
    if case .refused(let reason) = support { throw FormatRefusal(reason) }
    let bytes = try content(of: model)
    let file = try ProvableWeights(
      bytes: bytes,
      path: path,
      format: format.rawValue,
      unsaid: UnsaidOfWeights(of: model, grid: source.grid, forgetBias: forgetBias)
    )
    let proof = try ExportProof(of: file, model: model, support: support, version: Version.text)
    try WholeFile.write(bytes, to: path)
    try proof.write(beside: path)
    return ExportReport(
      path: path,
      format: format,
      form: nil,
      support: support,
      fileHash: proof.fileHash,
      proof: proof,
      byteCount: bytes.count,
      use: format.use(path, of: model, isTokens: false)
    )
  }

  private func content(of model: SequenceModel) throws -> [UInt8] {
    switch format {
    case .keras: try model.kerasVariables().bytes
    case .tensorFlow1: try model.tensorFlow1Archive(forgetBias: forgetBias)
    default: model.safetensors.bytes
    }
  }
}
