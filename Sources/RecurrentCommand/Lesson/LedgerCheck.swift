import Recurrent

/// The gradients of a written LSTM beside those that the library's tape and differences give.
struct LedgerCheck {
  /// One weight's gradient, by three ways.
  struct Row {
    let name: String
    let ledger: Double
    let tape: Double
    let quotient: Double
  }

  /// How far a weight is moved to either side for a difference quotient.
  ///
  /// So far that the loss's curvature decides how good it is, and not how sums are rounded.
  static let step = 0.001

  let loss: Double
  let tapeLoss: Double
  let rows: [Row]

  /// Compares the gradients that a ledger came to.
  init(_ written: HandworkedLSTM) {
    let ledger = written.ledger
    let (value, gradient) = valueWithGradient(at: Self.model) { model in
      softmaxCrossEntropy(logits: model(Self.input), labels: [HandworkedLSTM.label - 1])
    }
    loss = ledger["L"].value
    tapeLoss = value.doubleElements[0]
    // The library lists W, U and b of all gates one after another, the ledger gate by gate.
    let tape = Dictionary(
      uniqueKeysWithValues: zip(Self.names, gradient.tensors.flatMap(\.doubleElements))
    )
    rows = HandworkedLSTM.parameters.map { name, _ in
      Row(
        name: name,
        ledger: ledger["δ\(name)"].value,
        tape: tape[name] ?? .nan,
        quotient: Self.quotient(name)
      )
    }
  }

  /// How far the ledger's gradients are from the tape's, at most.
  var tapeDifference: Double { rows.map { ($0.ledger - $0.tape).magnitude }.max() ?? .nan }
  /// How far they are from difference quotients, at most.
  var quotientDifference: Double {
    rows.map { ($0.ledger - $0.quotient).magnitude }.max() ?? .nan
  }

  private static func quotient(_ name: String) -> Double {
    func loss(_ distance: Double) -> Double {
      var moved = HandworkedLSTM(
        parameters: HandworkedLSTM.parameters.map {
          ($0.name, $0.name == name ? $0.value + distance : $0.value)
        }
      )
      moved.goForward()
      return moved.ledger["L"].value
    }
    return (loss(step) - loss(-step)) / (2 * step)
  }

  // MARK: - The library's model

  private static var input: Tensor {
    Tensor(HandworkedLSTM.inputs.map(Float.init), shape: [1, HandworkedLSTM.inputs.count, 1])
  }

  /// The ledger's names in the order of the library's parameters.
  private static let names: [String] = {
    let names = HandworkedLSTM.parameters.map(\.name)
    return ["W", "U", "b", "V", "a"].flatMap { kind in names.filter { $0.hasPrefix(kind) } }
  }()

  /// The same network as a model of the library.
  static var model: SequenceModel {
    func tensor(_ kind: String, _ shape: Shape) -> Tensor {
      let values = HandworkedLSTM.parameters.filter { $0.name.hasPrefix(kind) }
      return Tensor(values.map { Float($0.value) }, shape: shape)
    }
    return SequenceModel(
      layers: [
        LSTM(
          RecurrentWeights(
            input: tensor("W", [8, 1]),
            recurrent: tensor("U", [8, 2]),
            bias: tensor("b", [8])
          )
        )
      ],
      head: Dense(weight: tensor("V", [2, 2]), bias: tensor("a", [2]))
    )
  }
}
