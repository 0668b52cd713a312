import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

/// Single layers of Keras against ours, number for number.
@Suite(
  "Keras's layers",
  .enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason))
)
struct KerasLayerGoldenTests {
  /// One layer of a file.
  struct LayerCase: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let name: String
    var testDescription: String { "\(golden.name) \(name)" }
  }

  static let cases = Golden.all(kind: "D: small Keras 3 layers").flatMap { golden in
    (golden.value("variables") as? [String: Any] ?? [:]).keys.sorted()
      .map { LayerCase(golden: golden, name: $0) }
  }

  @Test("There are layers of every kind")
  func thereAreCases() {
    let names = Set(Self.cases.map(\.name))
    #expect(
      names.isSuperset(of: [
        "lstm", "gru_reset_after", "gru_reset_before", "simple_rnn", "lstm_nobias",
        "bi_lstm_concat", "lstm_go_backwards", "lstm_masked",
      ])
    )
  }

  /// Turns `[batch, time, features]` around along the time.
  private func reversed(_ x: Tensor) -> Tensor {
    .stacked((0..<x.shape[1]).reversed().map { x.slice(at: $0, along: 1) }, along: 1)
  }

  @Test("Outputs and final states agree", arguments: cases)
  func outputs(layer: LayerCase) throws {
    let file = layer.golden.file
    func tensor(_ name: String) throws -> Tensor { try file.tensor(named: "\(layer.name)/\(name)") }
    var shapes: [String: [Int]] = [:]
    for name in (layer.golden.value("variables", layer.name) as? [String: Any] ?? [:]).keys {
      shapes[name] = try tensor(name).shape.dimensions
    }
    let prefix = layer.name
    let arrays = NamedArrays(path: "k", shapes: shapes) { name throws(FileError) in
      try file.tensor(named: "\(prefix)/\(name)").elements
    }
    let variables = try KerasVariables(arrays, .paths)
    let name = try #require(variables.names(having: .recurrent).first)
    var options = KerasRecurrentLayer.Options(activation: .tanh, convention: .resetAfter)
    options.isReversed = layer.name.contains("go_backwards")
    let made = try KerasRecurrentLayer(name, of: variables).layer(options, embedding: nil)

    let x = try tensor("x")
    var lengths: [Int]?
    if layer.name.contains("masked") {
      let mask = try layer.golden.integers(named: "\(layer.name)/mask")
      let rows = stride(from: 0, to: mask.count, by: x.shape[1]).map {
        Array(mask[$0..<$0 + x.shape[1]])
      }
      // Where steps before the end are masked, no lengths stand for the mask.
      let isRightPadded = rows.allSatisfy { row in row == row.sorted(by: >) && row[0] == 1 }
      guard isRightPadded else { return }
      lengths = rows.map { $0.reduce(0, +) }
    }
    let got = made.run(x, in: SequencePass(lengths: lengths))
    let bound = try Float(layer.golden.double("tolerance", "abs"))
    let want = try tensor("output")
    if let lengths {
      // Past a row's end Keras repeats its last output, and ours are zeros.
      for (row, length) in lengths.enumerated() {
        let (a, b) = (got.outputs.slice(at: row, along: 0), want.slice(at: row, along: 0))
        #expect(
          largestDistance(
            a.slice(0..<length, along: 0).elements,
            b.slice(0..<length, along: 0).elements
          ) <= bound
        )
      }
    } else {
      let outputs = options.isReversed ? reversed(got.outputs) : got.outputs
      #expect(outputs.shape == want.shape)
      #expect(largestDistance(outputs.elements, want.elements) <= bound)
    }
    if file.entries["\(layer.name)/state_h"] != nil {
      #expect(largestDistance(got.final.elements, try tensor("state_h").elements) <= bound)
    }
  }
}
