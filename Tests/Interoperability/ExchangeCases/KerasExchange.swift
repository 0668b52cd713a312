import Foundation
import Recurrent
import RecurrentFormats

/// Layers that Keras has; see `check_keras.py`.
struct KerasExchange: ReturnedFormat {
  let name = "keras"

  var cases: [ExchangeCase] {
    var cases: [ExchangeCase] = []
    for kind in ["lstm", "gru", "gru-before", "rnn", "relu"] {
      for merge in [nil] + Merge.allCases.map(Optional.some) {
        cases.append(Self.case(kind, merge))
      }
    }
    return cases
  }

  private static func `case`(_ kind: String, _ merge: Merge?) -> ExchangeCase {
    var stream = RandomStream(seed: 94, purpose: .testing)
    let (isBidirectional, joined) = (merge != nil, merge ?? .concatenate)
    let layers: [any RecurrentLayer] =
      switch kind {
      case "lstm":
        ExchangeCase.stack(2, isBidirectional: isBidirectional, merge: joined) {
          LSTMCell(inputSize: $0, hiddenSize: 5, using: &stream)
        }
      case "rnn", "relu":
        ExchangeCase.stack(2, isBidirectional: isBidirectional, merge: joined) {
          RNNCell(
            inputSize: $0,
            hiddenSize: 5,
            activation: kind == "rnn" ? .tanh : .relu,
            using: &stream
          )
        }
      default:
        ExchangeCase.stack(2, isBidirectional: isBidirectional, merge: joined) {
          GRUCell(
            inputSize: $0,
            hiddenSize: 5,
            convention: kind == "gru" ? .resetAfter : .resetBefore,
            using: &stream
          )
        }
      }
    return ExchangeCase(
      name: "\(kind)-\(merge?.rawValue ?? "forward")",
      model: ExchangeCase.model(layers),
      facts: [
        "kind": kind.hasPrefix("gru") ? "gru" : kind == "lstm" ? "lstm" : "simple_rnn",
        "activation": kind == "relu" ? "relu" : "tanh", "inputs": "4", "hidden": "5",
        "reset_after": "\(kind == "gru")", "merge": merge?.rawValue ?? "",
      ]
    )
  }

  func write(_ exchanged: ExchangeCase, to folder: String) throws {
    try exchanged.model.kerasVariables().write(to: "\(folder)/\(exchanged.name).safetensors")
    try exchanged.arrays().write(to: "\(folder)/\(exchanged.name).answers")
  }

  /// Reads the `.keras` and `.weights.h5` files that Keras wrote of the same weights.
  func check(_ folder: String) throws -> [String] {
    try cases.flatMap { exchanged in
      try ["keras", "h5"].compactMap { ending in
        let read = try ImportedModel(contentsOf: "\(folder)/\(exchanged.name).\(ending)")
        let (got, want) = (try read.model.kerasVariables(), try exchanged.model.kerasVariables())
        let isSame = want.entries.allSatisfy { name, entry in
          got.entries[name]?.bytes.elementsEqual(entry.bytes) ?? false
        }
        return isSame ? nil : "\(exchanged.name).\(ending): came back as another model"
      }
    }
  }
}
