import Recurrent
import RecurrentTestSupport
import Testing

@Suite("Occlusion")
struct OcclusionTests {
  private func output(_ model: SequenceModel, _ values: [Float], steps: Int) -> Float {
    model(Tensor(values, shape: [1, steps, 3]))[0, 1]
  }

  @Test("A fall is the score less that of the sequence with the window's numbers hidden")
  func byHand() throws {
    let model = try #require(ExampleModel.all.first { $0.name == "gru-reset-after" }).model
    var numbers = SeededNumbers(21)
    let (values, baseline) = (numbers.floats(5 * 3), numbers.floats(5 * 3))
    let whole = output(model, values, steps: 5)
    let falls = model.occlusion(
      of: Tensor(values, shape: [5, 3]),
      window: .init(steps: 3, features: 2),
      baseline: Tensor(baseline, shape: [5, 3]),
      explaining: .output(1)
    )
    #expect(falls.shape == [5, 3])
    for step in 0..<5 {
      for feature in 0..<3 {
        var hidden = values
        // Three steps around the step, two features from the feature on.
        for row in max(0, step - 1)...min(4, step + 1) {
          for column in feature...min(2, feature + 1) {
            hidden[row * 3 + column] = baseline[row * 3 + column]
          }
        }
        let fall = whole - output(model, hidden, steps: 5)
        #expect((falls[step, feature] - fall).magnitude < 1e-6)
      }
    }
  }

  @Test("Whole steps are hidden one by one, with zeros")
  func wholeSteps() throws {
    let model = try #require(ExampleModel.all.first { $0.name == "lstm" }).model
    var numbers = SeededNumbers(22)
    // More than are read at once.
    let values = numbers.floats(40 * 3)
    let falls = model.occlusion(
      of: Tensor(values, shape: [40, 3]),
      window: .init(),
      explaining: .output(1)
    )
    #expect(falls.shape == [40, 1])
    for step in [0, 17, 39] {
      var hidden = values
      for feature in 0..<3 { hidden[step * 3 + feature] = 0 }
      let fall = output(model, values, steps: 40) - output(model, hidden, steps: 40)
      #expect((falls[step, 0] - fall).magnitude < 1e-6)
    }
    // What was read last matters most to a model that forgets.
    #expect(falls[39, 0].magnitude > falls[0, 0].magnitude)
  }
}
