import Recurrent

/// Everything that `torch.nn.LSTM`, `GRU` and `RNN` can be; see `check_pytorch.py`.
struct PyTorchExchange: ReturnedFormat {
  let name = "pytorch"

  var cases: [ExchangeCase] {
    var cases: [ExchangeCase] = []
    for kind in ["lstm", "gru", "rnn", "relu", "projected"] {
      for count in [1, 3] {
        for isBidirectional in [false, true] {
          for summary in [SequenceModel.Summary.lastOutput, .allOutputs] {
            for hasBias in [true, false] {
              cases.append(Self.case(kind, count, isBidirectional, summary, hasBias))
            }
          }
        }
      }
    }
    return cases
  }

  private static func `case`(
    _ kind: String,
    _ count: Int,
    _ isBidirectional: Bool,
    _ summary: SequenceModel.Summary,
    _ hasBias: Bool
  ) -> ExchangeCase {
    var stream = RandomStream(seed: 93, purpose: .testing)
    let layers: [any RecurrentLayer] =
      switch kind {
      case "gru":
        ExchangeCase.stack(count, isBidirectional: isBidirectional) {
          GRUCell(inputSize: $0, hiddenSize: 5, using: &stream)
        }
      case "rnn", "relu":
        ExchangeCase.stack(count, isBidirectional: isBidirectional) {
          RNNCell(
            inputSize: $0,
            hiddenSize: 5,
            activation: kind == "rnn" ? .tanh : .relu,
            using: &stream
          )
        }
      default:
        ExchangeCase.stack(count, isBidirectional: isBidirectional) {
          LSTMCell(
            inputSize: $0,
            hiddenSize: 5,
            options: .init(projectionSize: kind == "lstm" ? nil : 3),
            using: &stream
          )
        }
      }
    var model = ExchangeCase.model(layers, summary: summary)
    var isFirst = true
    model.visitParameters { name, parameter in
      guard name.contains(".bias_") else { return }
      if !hasBias { parameter = .zeros(parameter.shape) }
      // A zero with a sign has to come back with it.
      if hasBias && isFirst { parameter[0] = -0.0 }
      isFirst = false
    }
    let words = [
      kind, "\(count)", isBidirectional ? "both" : "forward", summary.rawValue,
      hasBias ? "biases" : "none",
    ]
    return ExchangeCase(
      name: words.joined(separator: "-"),
      model: model,
      facts: [
        "attribute": kind == "relu" ? "rnn" : kind == "projected" ? "lstm" : kind,
        "activation": kind == "relu" ? "relu" : "tanh", "layers": "\(count)", "inputs": "4",
        "hidden": "5", "projection": kind == "projected" ? "3" : "0",
        "bidirectional": "\(isBidirectional)", "bias": "\(hasBias)", "summary": summary.rawValue,
      ]
    )
  }

  private func file(_ exchanged: ExchangeCase) -> SafetensorsFile {
    exchanged.model.safetensors(omittingZeroBiases: exchanged.facts["bias"] == "false")
  }

  func write(_ exchanged: ExchangeCase, to folder: String) throws {
    try file(exchanged).write(to: "\(folder)/\(exchanged.name).safetensors")
    try exchanged.arrays().write(to: "\(folder)/\(exchanged.name).answers")
  }

  func check(_ folder: String) throws -> [String] {
    try cases.compactMap { exchanged in
      let path = "\(folder)/\(exchanged.name).returned"
      let options = ImportOptions(
        activation: exchanged.facts["activation"] == "relu" ? .relu : .tanh,
        summary: exchanged.model.summary
      )
      let returned = try SafetensorsFile(contentsOf: path)
      guard returned.metadata["layers"] == nil, returned.metadata["summary"] == nil else {
        return "\(exchanged.name): was not written by PyTorch"
      }
      let back = try SequenceModel(returned, options: options)
      return back.safetensors.bytes == exchanged.model.safetensors.bytes
        ? nil : "\(exchanged.name): came back as another model"
    }
  }
}
