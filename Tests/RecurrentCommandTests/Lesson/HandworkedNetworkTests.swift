import Recurrent
import Testing

@testable import RecurrentCommand

struct HandworkedNetworkTests {
  @Test func `the written network computes what the library's cell does`() {
    var written = HandworkedRNN()
    let cell = HandworkedRNN.cell
    var state = cell.zeroState(batch: 1)
    for (index, input) in HandworkedRNN.inputs.enumerated() {
      written.step(index + 1)
      state = cell(Tensor([Float(input)], shape: [1, 1]), state: state, hiddenMask: nil).state
      for unit in 1...2 {
        let number = written.ledger["h\(unit)(\(index + 1))"].value
        #expect(abs(number - Double(state[0, unit - 1])) < 1e-6)
      }
    }
  }

  @Test func `the gradient written back to the first step is the tape's`() {
    var written = HandworkedRNN()
    for step in 1...HandworkedRNN.inputs.count { written.step(step) }
    written.goBack()
    let cell = HandworkedRNN.cell.inDoublePrecision
    var first = cell.zeroState(batch: 1)
    first = cell(Tensor([1], shape: [1, 1]), state: first, hiddenMask: nil).state
    let (_, gradient) = valueWithGradient(at: first) { first in
      var state = first
      for input in HandworkedRNN.inputs.dropFirst() {
        state = cell(Tensor([Float(input)], shape: [1, 1]), state: state, hiddenMask: nil).state
      }
      return state.sum()
    }
    for unit in 1...2 {
      let number = written.ledger["δh\(unit)(1)"].value
      #expect(abs(number - gradient.tensors[0].doubleElements[unit - 1]) < 1e-12)
    }
  }

  @Test func `the written LSTM's gates and states are those that the library traces`() throws {
    var written = HandworkedLSTM()
    written.goForward()
    let steps = HandworkedLSTM.inputs.count
    let input = Tensor(HandworkedLSTM.inputs.map(Float.init), shape: [1, steps, 1])
    let trace = try #require(LedgerCheck.model.gateTraces(of: input).first)
    let names = [
      "input": "i", "forget": "f", "candidate": "g", "output": "o", "hidden state": "h",
      "cell state": "c",
    ]
    for signal in trace.gates + trace.states {
      let letter = try #require(names[signal.name])
      for step in 0..<steps {
        for unit in 0..<2 {
          let number = written.ledger["\(letter)\(unit + 1)(\(step + 1))"].value
          #expect(abs(number - Double(signal.values[0, step, unit])) < 1e-6, "\(signal.name)")
        }
      }
    }
  }

  @Test func `every gradient in the ledger is the tape's and the difference quotient's`() {
    var written = HandworkedLSTM()
    written.goForward()
    written.goBack()
    written.gatherGradients()
    let check = LedgerCheck(written)
    #expect(check.rows.map(\.name).count == 38 && Set(check.rows.map(\.name)).count == 38)
    #expect(abs(check.loss - check.tapeLoss) < 1e-6)
    for row in check.rows {
      #expect(abs(row.ledger - row.tape) < 1e-6, "\(row.name)")
      #expect(abs(row.ledger - row.quotient) < 1e-6, "\(row.name)")
    }
    // Else zeros would have been compared with zeros.
    #expect(check.rows.count { abs($0.ledger) > 1e-3 } > 25)
    #expect(check.tapeDifference < 1e-6 && check.quotientDifference < 1e-6)
  }

  @Test func `in double precision the ledger and the tape agree to rounding`() {
    var written = HandworkedLSTM()
    written.goForward()
    written.goBack()
    written.gatherGradients()
    let input = Tensor(
      HandworkedLSTM.inputs.map(Float.init),
      shape: [1, HandworkedLSTM.inputs.count, 1]
    )
    let (value, gradient) = valueWithGradient(at: LedgerCheck.model.inDoublePrecision) { model in
      softmaxCrossEntropy(logits: model(input), labels: [HandworkedLSTM.label - 1])
    }
    #expect(abs(value.doubleElements[0] - written.ledger["L"].value) < 1e-13)
    // The head's weights come last on the tape: V by rows, then a.
    let head = gradient.tensors[3].doubleElements + gradient.tensors[4].doubleElements
    for (name, number) in zip(["V11", "V12", "V21", "V22", "a1", "a2"], head) {
      #expect(abs(written.ledger["δ\(name)"].value - number) < 1e-13)
    }
  }
}
