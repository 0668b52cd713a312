import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats

/// `recurrent prove`: whether an exported file still computes what its model computed.
struct ProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Run an exported file again, and compare it with its proof.",
    discussion: """
      The file's hash must be the one that was proved. It is run again on the sequences of the proof, \
      and compared with what the model answered then and, where a model can be read out of it, with \
      what that answers now. A file of C is compiled and run to that end: prove such a file only if \
      you trust whoever it is from.
      """
  )

  @Argument(help: "A file that 'recurrent export' wrote, its proof beside it.")
  var file: String

  func validate() throws { try Program.checkEnvironment() }

  func run() async throws {
    let proof = try ExportProof(of: file)
    let difference: Float
    do {
      difference = try check(proof)
    } catch let error as FileError {
      throw CommandFailure(error.file == nil ? "\(file): \(error)" : "\(error)")
    }
    let kind = [proof.format, proof.form].compactMap(\.self).joined(separator: ", ")
    print(
      """
      \(file): \(kind), written by version \(proof.version), is as it was proved
        run \(proof.cases.count) times: largest difference \(scientific(difference)), \
      \(scientific(proof.tolerance)) allowed, \(scientific(proof.largestDifference)) when it was written
      """
    )
  }

  private func check(_ proof: ExportProof) throws -> Float {
    switch ExportFormat(rawValue: proof.format) {
    case .onnx:
      let bytes = try WholeFile.contents(of: file)
      return try proof.check(ProvableONNX(bytes: bytes, path: file))
    case .coreML:
      return try proof.check(ProvableCoreML(path: file))
    case .pyTorch, .keras, .tensorFlow1:
      guard let unsaid = proof.unsaid else {
        throw CommandFailure("\(ExportProof.path(of: file)): does not say how the weights are read")
      }
      let bytes = try WholeFile.contents(of: file)
      return try proof.check(
        ProvableWeights(
          bytes: bytes,
          path: file,
          format: proof.format,
          unsaid: unsaid
        )
      )
    case .c:
      let bytes = try WholeFile.contents(of: file)
      // Before anything of it is run.
      try proof.checkHash(of: bytes)
      return try proof.check(ProvableC(bytes: bytes, path: file))
    case nil:
      throw CommandFailure(
        "\(ExportProof.path(of: file)): is of a format '\(proof.format)' that this version does not know"
      )
    }
  }
}
