import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("What Core ML can hold")
struct CoreMLSupportTests {
  private func support(
    _ layer: any RecurrentLayer,
    _ form: GraphForm,
    _ summary: SequenceModel.Summary = .lastOutput
  ) -> FormatSupport {
    CoreMLExport.support(for: CoreMLCase.model([layer], summary), form: form)
  }

  private func expectRefusal(
    _ support: FormatSupport,
    saying part: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    guard case .refused(let reason) = support else {
      Issue.record("\(support)", sourceLocation: location)
      return
    }
    #expect(reason.contains(part), "\(reason)", sourceLocation: location)
  }

  @Test("Every step is decomposed, whatever the cell", arguments: CoreMLCase.all)
  func steps(item: CoreMLCase) {
    #expect(
      support(item.layer, .step)
        == .decomposed("each step is written in elementary operations")
    )
  }

  @Test("Of sequences Core ML has the plain and the peephole LSTM, its own GRU, and the RNN")
  func sequences() {
    for options in [LSTMCell.Options(), .init(isPeephole: true)] {
      #expect(support(CoreMLCase.lstm(options), .sequence) == .exact)
    }
    #expect(support(CoreMLCase.rnn(.relu), .sequence) == .exact)
    #expect(support(CoreMLCase.gru(.resetAfterOuterBias), .sequence) == .exact)
    for options in [LSTMCell.Options(isCoupled: true), .init(projectionSize: 2)] {
      guard case .decomposed = support(CoreMLCase.lstm(options), .sequence) else {
        Issue.record("\(options)")
        continue
      }
    }
  }

  @Test("Other sequences are loops, for a reason that is told")
  func loops() {
    var zoned = CoreMLCase.lstm(.init())
    zoned.regularization = Regularization(hiddenZoneout: 0.1)
    var projected = CoreMLCase.lstm(.init(projectionSize: 2))
    projected.learnInitialState()
    // A state of zeros is what Core ML begins with.
    #expect(
      support(projected, .sequence) == support(CoreMLCase.lstm(.init(projectionSize: 2)), .sequence)
    )
    projected.learnedState?.cell[0, 1] = 0.5
    let cases: [(any RecurrentLayer, String)] = [
      (
        CoreMLCase.lstm(.init(normalizesLayers: true)), "Core ML's LSTM does not normalise its sums"
      ),
      (zoned, "Core ML's layers have no zoneout"),
      (projected, "Core ML's LSTM has no projected hidden state to begin with"),
      (
        CoreMLCase.gru(.resetBefore),
        "\(GRUCell.ConversionError.resetActsElsewhere(from: .resetBefore, to: .resetAfterOuterBias))"
      ),
      (
        CoreMLCase.random(CoreMLCase.gru(.resetAfter)),
        "\(GRUCell.ConversionError.innerBiasIsNotZero)"
      ),
      (
        CoreMLCase.layer { MinGRUCell(inputSize: $0, hiddenSize: $1, using: &$2) },
        "Core ML has no such layer"
      ),
    ]
    for (layer, reason) in cases { #expect(support(layer, .sequence) == loop(reason)) }
  }

  private func loop(_ reason: String) -> FormatSupport {
    .decomposed("the steps are written in a loop, since \(reason)")
  }

  @Test("What there is no step or no sequence of is refused with the reason")
  func refusals() throws {
    let lstm = CoreMLCase.lstm(.init())
    var reversed = lstm
    reversed.isReversed = true
    expectRefusal(support(reversed, .step), saying: "reads from the end")
    let both = Bidirectional(forward: lstm, backward: lstm)
    expectRefusal(support(both, .step), saying: "reads from both ends")
    expectRefusal(support(lstm, .step, .meanOutput), saying: "meanOutput")
    for form in GraphForm.allCases {
      expectRefusal(support(Sweep(lstm, .down, places: 2), form), saying: "sweep")
      expectRefusal(support(Recurrence(lstm.cell), form), saying: "Recurrence<LSTMCell>")
    }
    #expect(throws: FormatRefusal.self) {
      _ = try CoreMLExport(CoreMLCase.model([reversed]), form: .step)
    }
  }

  @Test("A model is held as well as its worst part")
  func combination() {
    let parts: [FormatSupport] = [.exact, .decomposed("a"), .refused("b")]
    for (place, part) in parts.enumerated() {
      for (other, second) in parts.enumerated() {
        #expect(part.combined(with: second) == parts[max(place, other)])
      }
    }
  }
}
