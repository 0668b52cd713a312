import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Keras's files")
struct KerasFileTests {
  private func expectAnswers(_ read: ImportedModel, _ name: String) throws {
    let (input, want) = try Fixture.answers(name)
    let got = read.model(input)
    #expect(got.shape == want.shape)
    #expect(largestDistance(got.elements, want.elements) <= 2e-6)
    #expect(read.format == .keras)
  }

  @Test(
    "A whole model answers as it did in Keras",
    arguments: [
      ("stack.keras", "1 LSTM layer 5 -> 4, 1 GRU layer 4 -> 4, 1 relu RNN layer 4 -> 3, head 2"),
      (
        "both-ways.keras",
        "1 bidirectional LSTM layer 5 -> 4, 1 bidirectional GRU layer 4 -> 6, head 2"
      ),
      (
        "both-ways.h5",
        "1 bidirectional LSTM layer 5 -> 4, 1 bidirectional GRU layer 4 -> 6, head 2"
      ),
      ("embedding.keras", "1 LSTM layer 9 -> 4, head 2"),
      ("embedding.h5", "1 LSTM layer 9 -> 4, head 2"),
      ("functional.keras", "1 reversed GRU layer 5 -> 4, 1 reversed LSTM layer 4 -> 3, head 2"),
      ("every-step.keras", "1 LSTM layer 5 -> 4, head 2"),
      ("no-biases.keras", "1 GRU layer 5 -> 4, 1 reversed LSTM layer 4 -> 4, head 2"),
      ("largest.keras", "2 LSTM layers 5 -> 4 -> 4, head 2"),
    ]
  )
  func wholeModels(file: String, structure: String) throws {
    let read = try ImportedModel(contentsOf: Fixture.path(file))
    #expect(read.summary == "Keras: \(structure)")
    try expectAnswers(read, String(file.prefix { $0 != "." }))
  }

  @Test("Of weights alone the sizes and numbers say the order, the caller the rest")
  func weightsAlone() throws {
    let largest = Fixture.path("largest.weights.h5")
    try expectAnswers(
      ImportedModel(contentsOf: largest, options: ImportOptions(summary: .maxOutput)),
      "largest"
    )
    let stack = Fixture.path("stack.weights.h5")
    try expectAnswers(
      ImportedModel(contentsOf: stack, options: ImportOptions(activation: .relu)),
      "stack"
    )
    let other = try ImportedModel(contentsOf: stack).model
    let (input, want) = try Fixture.answers("stack")
    #expect(largestDistance(other(input).elements, want.elements) > 0.01)
    #expect(throws: FileError.self) {
      try ImportedModel(contentsOf: stack, options: ImportOptions(layerOrder: ["lstm"]))
    }
  }

  private func variables(_ name: String) throws -> SafetensorsFile {
    let file = try SafetensorsFile(contentsOf: Fixture.path("keras-answers.safetensors"))
    let prefix = "variables/\(name)/"
    var found = SafetensorsFile()
    for array in file.entries.keys where array.hasPrefix(prefix) {
      found.add(try file.tensor(named: array), named: String(array.dropFirst(prefix.count)))
    }
    return found
  }

  @Test("Variables by their paths answer as in Keras, and are written as they were")
  func variables() throws {
    let file = try variables("stack")
    let options = ImportOptions(activation: .relu)
    let read = try ImportedModel(file.bytes, path: "m", options: options)
    try expectAnswers(read, "stack")
    let written = try read.model.kerasVariables()
    #expect(written.entries.keys.sorted() == file.entries.keys.sorted())
    for (name, entry) in file.entries where name != "sequential/gru/gru_cell/bias" {
      #expect(written.entries[name]?.bytes.elementsEqual(entry.bytes) ?? false, "\(name)")
    }
    // Of two biases of a gate only their sum counts.
    try expectAnswers(ImportedModel(written.bytes, path: "m", options: options), "stack")
    #expect(
      written.metadata["keras_order"]?.hasPrefix(
        "sequential/lstm/lstm_cell/kernel sequential/lstm/lstm_cell/recurrent_kernel"
      ) ?? false
    )
  }

  @Test("Keras 2's names are read too, with their ':0'")
  func colons() throws {
    var file = SafetensorsFile()
    let newer = try variables("largest")
    for name in newer.entries.keys {
      let older = name.replacing("sequential_6/", with: "").replacing("_cell/", with: "_cell_3/")
      file.add(try newer.tensor(named: name), named: older + ":0")
    }
    try expectAnswers(
      ImportedModel(file.bytes, path: "m", options: ImportOptions(summary: .maxOutput)),
      "largest"
    )
  }

  @Test("What is written in both directions and every convention of a GRU comes back")
  func writing() throws {
    var stream = RandomStream(seed: 9, purpose: .testing)
    for convention in GRUCell.Convention.allCases {
      func cell() -> GRUCell {
        var cell = GRUCell(inputSize: 3, hiddenSize: 2, convention: convention, using: &stream)
        cell.visitParameters { _, parameter in
          parameter = Tensor(
            (0..<parameter.count).map { _ in stream.nextNormal() },
            shape: parameter.shape
          )
        }
        return cell
      }
      let layer = Bidirectional(forward: CellLayer(cell()), backward: CellLayer(cell()))
      let model = SequenceModel(
        layers: [layer],
        head: Dense(inputSize: 4, outputSize: 2, using: &stream)
      )
      let back = try ImportedModel(model.kerasVariables().bytes, path: "m").model
      var numbers = SeededNumbers(3)
      let x = numbers.tensor([2, 4, 3])
      #expect(largestDistance(back(x).elements, model(x).elements) <= 1e-6)
    }
    let peephole = SequenceModel(
      layers: [LSTM(inputSize: 2, hiddenSize: 2, options: .init(isPeephole: true), using: &stream)],
      head: Dense(inputSize: 2, outputSize: 1, using: &stream)
    )
    let error = #expect(throws: FileError.self) { try peephole.kerasVariables() }
    #expect(error?.problem.contains("layer 1") ?? false)
  }
}
