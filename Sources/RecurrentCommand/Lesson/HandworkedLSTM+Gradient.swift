import Recurrent

// Backward: δq stands for ∂L/∂q, the rate at which the cost changes with q.
extension HandworkedLSTM {
  /// Writes down the way back from the cost to the sums of every step's gates.
  mutating func goBack() {
    write { ledger in
      ledger.head("The logits: probability less target")
      for output in 1...2 {
        let probability = ledger.term("p\(output)")
        ledger.enter(
          "δy\(output)",
          output == Self.label ? .difference(probability, .constant(1)) : probability
        )
      }
    }
    for step in stride(from: Self.inputs.count, through: 1, by: -1) { goBack(from: step) }
  }

  private mutating func goBack(from t: Int) {
    let isLast = t == Self.inputs.count
    write { ledger in
      ledger.head(
        isLast
          ? "Step \(t), the hidden state: by way of the head"
          : "Step \(t), the hidden state: by way of the gates of step \(t + 1)"
      )
      for unit in 1...2 {
        let ways: [Formula] =
          if isLast {
            (1...2).map { .product([ledger.term("V\($0)\(unit)"), ledger.term("δy\($0)")]) }
          } else {
            Self.gates.flatMap { gate in
              (1...2).map { sum in
                .product([
                  ledger.term("U\(gate.letter)\(sum)\(unit)"),
                  ledger.term("δz\(gate.letter)\(sum)(\(t + 1))"),
                ])
              }
            }
          }
        ledger.enter("δh\(unit)(\(t))", .sum(ways))
      }
      ledger.head(
        "Step \(t), the cell state: by way of h(\(t))" + (isLast ? "" : ", and along the belt")
      )
      for unit in 1...2 {
        func of(_ letter: String) -> Formula { ledger.term("\(letter)\(unit)(\(t))") }
        let shown = Formula.product([
          of("δh"), of("o"), .difference(.constant(1), .square(of("m"))),
        ])
        let carried = Formula.product(
          isLast
            ? [] : [ledger.term("δc\(unit)(\(t + 1))"), ledger.term("f\(unit)(\(t + 1))")]
        )
        ledger.enter("δc\(unit)(\(t))", isLast ? shown : .sum([shown, carried]))
      }
      ledger.head("Step \(t), the gates: what each was multiplied by, and its function's slope")
      for gate in Self.gates {
        for unit in 1...2 { Self.enterGate(gate, unit, t, in: &ledger) }
      }
    }
  }

  private static func enterGate(_ gate: Gate, _ unit: Int, _ t: Int, in ledger: inout Ledger) {
    let letter = gate.letter
    func of(_ letter: String) -> Formula { ledger.term("\(letter)\(unit)(\(t))") }
    let partners =
      switch letter {
      case "f": [of("δc"), ledger.term("c\(unit)(\(t - 1))")]
      case "i": [of("δc"), of("g")]
      case "g": [of("δc"), of("i")]
      default: [of("δh"), of("m")]
      }
    ledger.enter("δ\(letter)\(unit)(\(t))", .product(partners))
    let slope: [Formula] =
      gate.function == .tanh
      ? [.difference(.constant(1), .square(of(letter)))]
      : [of(letter), .difference(.constant(1), of(letter))]
    ledger.enter("δz\(letter)\(unit)(\(t))", .product([of("δ\(letter)")] + slope))
  }

  /// Writes down the gradient of every weight: sums over the steps, as all steps share it.
  mutating func gatherGradients() {
    let steps = 1...Self.inputs.count
    write { ledger in
      for gate in Self.gates {
        let letter = gate.letter
        ledger.head("The weights of \(gate.words.prefix { $0 != ":" })")
        func sum(_ unit: Int, _ partner: (Int) -> Formula?) -> Formula {
          .sum(
            steps.map { t in
              let delta = ledger.term("δz\(letter)\(unit)(\(t))")
              return partner(t).map { .product([delta, $0]) } ?? delta
            }
          )
        }
        for unit in 1...2 {
          ledger.enter("δW\(letter)\(unit)", sum(unit) { ledger.term("x(\($0))") })
        }
        for unit in 1...2 {
          for other in 1...2 {
            ledger.enter(
              "δU\(letter)\(unit)\(other)",
              sum(unit) { ledger.term("h\(other)(\($0 - 1))") }
            )
          }
        }
        for unit in 1...2 { ledger.enter("δb\(letter)\(unit)", sum(unit) { _ in nil }) }
      }
      ledger.head("The weights of the head")
      for output in 1...2 {
        let delta = ledger.term("δy\(output)")
        for unit in 1...2 {
          let hidden = ledger.term("h\(unit)(\(Self.inputs.count))")
          ledger.enter("δV\(output)\(unit)", .product([delta, hidden]))
        }
      }
      for output in 1...2 { ledger.enter("δa\(output)", ledger.term("δy\(output)")) }
    }
  }
}
