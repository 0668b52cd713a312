import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

/// The notebook's model of TensorFlow 1, from its variables.
@Suite(
  "The notebook's variables",
  .enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason))
)
struct NotebookFileGoldenTests {
  static let goldens = Golden.all(kind: "A: notebook graph in tf.compat.v1")

  @Test("A .npz file of them gives the notebook's logits", arguments: goldens)
  func logits(golden: Golden) throws {
    let variables = [
      "rnn/basic_lstm_cell/kernel": "kernel", "rnn/basic_lstm_cell/bias": "bias",
      "Variable": "W_out", "Variable_1": "b_out",
    ]
    var file = SafetensorsFile()
    for (name, array) in variables {
      file.add(try golden.file.tensor(named: "init/\(array)"), named: name)
    }
    let forgetBias = try Float(golden.double("sizes", "forget_bias"))
    let options = ImportOptions(forgetBias: forgetBias)
    let read = try ImportedModel(file.bytes, path: "m", options: options)
    #expect(read.format == .tensorFlow1)
    let (x, want) = try (
      golden.file.tensor(named: "batch0/x"), golden.file.tensor(named: "batch0/logits")
    )
    let bound = try Float(golden.double("tolerance", "batch0 outputs/states/logits", "abs"))
    #expect(largestDistance(read.model(x).elements, want.elements) <= bound)

    let folder = try TemporaryFolder()
    let path = "\(folder.path)/notebook.npz"
    try WholeFile.write(read.model.tensorFlow1Archive(forgetBias: forgetBias), to: path)
    let again = try ImportedModel(contentsOf: path, options: options)
    #expect(largestDistance(again.model(x).elements, want.elements) <= bound)
    // Another forget bias is another model.
    let other = try ImportedModel(
      contentsOf: path,
      options: ImportOptions(forgetBias: forgetBias + 1)
    )
    #expect(largestDistance(other.model(x).elements, want.elements) > 100 * bound)
  }
}
