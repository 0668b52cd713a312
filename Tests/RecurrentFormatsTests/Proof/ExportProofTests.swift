import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Proofs of exported files")
struct ExportProofTests {
  private func proved(
    _ example: ExampleModel,
    _ form: GraphForm
  ) throws -> (file: ProvableONNX, proof: ExportProof) {
    let export = try ONNXExport(example.model, input: .init(grid: example.grid))
    let file = try ProvableONNX(bytes: export.file(form).bytes, path: "model.onnx")
    let proof = try ExportProof(
      of: file,
      model: example.model,
      support: export.support(form),
      version: "test",
      tolerance: example.name == "lstm-normalised" ? 1e-4 : 1e-5
    )
    return (file, proof)
  }

  @Test(
    "A proof that is written and read again holds",
    arguments: ["lstm", "gru-reset-before", "slstm-logistic", "patches", "sweeps"]
  )
  func holds(name: String) throws {
    let example = try #require(ExampleModel.all.first { $0.name == name })
    let folder = try TemporaryFolder()
    let path = folder.path + "/model.onnx"
    let (file, proof) = try proved(example, .sequence)
    try proof.write(beside: path)
    let read = try ExportProof(of: path)
    #expect(read == proof)
    #expect(try read.check(file) <= proof.tolerance)
  }

  @Test("A stream in chunks, padded rows and single steps are tried where the model allows it")
  func trials() throws {
    func manners(_ name: String, _ form: GraphForm = .sequence) throws -> Set<String> {
      let example = try #require(ExampleModel.all.first { $0.name == name })
      return Set(try proved(example, form).proof.cases.map(\.trial.manner.rawValue))
    }
    #expect(try manners("lstm") == ["whole", "padded", "chunks"])
    #expect(try manners("lstm-both-ways-concatenate") == ["whole", "padded"])
    #expect(try manners("columns") == ["whole"])
    #expect(try manners("gru-reset-after", .step) == ["steps"])
  }

  @Test("Another file, other weights and a damaged proof are told apart")
  func failures() throws {
    let example = try #require(ExampleModel.all.first { $0.name == "lstm" })
    let other = try #require(ExampleModel.all.first { $0.name == "lstm-peephole" })
    let (file, proof) = try proved(example, .sequence)
    let changed = try proved(other, .sequence).file
    let error = #expect(throws: FileError.self) { try proof.check(changed) }
    #expect(error?.problem.contains("is not the file that was proved") == true)

    var lying = proof
    lying.cases[0].answers[0] += 0.01
    let difference = #expect(throws: FileError.self) { try lying.check(file) }
    #expect(difference?.problem.contains("answers otherwise") == true)

    #expect(throws: FileError.self) {
      try ExportProof(of: file, model: other.model, support: .exact, version: "test")
    }

    let folder = try TemporaryFolder()
    let path = folder.path + "/model.onnx"
    #expect(throws: FileError.self) { try ExportProof(of: path) }
    try WholeFile.write(Array("{}".utf8), to: ExportProof.path(of: path))
    let damage = #expect(throws: FileError.self) { try ExportProof(of: path) }
    #expect(damage?.problem.contains("is damaged") == true)
  }
}
