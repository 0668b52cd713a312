import Recurrent
import RecurrentTestSupport
import Testing

@Suite("Integrated gradients")
struct IntegratedGradientsTests {
  private func input(of example: ExampleModel, steps: Int = 6) -> Tensor {
    var numbers = SeededNumbers(11)
    let features = example.model.layers[0].inputSize
    return numbers.tensor(Shape(example.grid ?? [steps, features]), in: -1...1)
  }

  @Test("The contributions sum up to the difference of the scores", arguments: ExampleModel.all)
  func completeness(_ example: ExampleModel) {
    let input = input(of: example)
    let found = example.model.integratedGradients(of: input, explaining: .logOdds(class: 2))
    #expect(found.contributions.shape == input.shape)
    #expect(found.completenessError < 0.01, "\(found.total) of \(found.difference)")
    #expect(found.difference.magnitude > 1e-3)
  }

  @Test("They are the mean gradient on the way times the difference from the baseline")
  func plainSum() throws {
    let example = try #require(ExampleModel.all.first { $0.name == "lstm" })
    let input = input(of: example, steps: 3)
    var numbers = SeededNumbers(12)
    let baseline = numbers.tensor(input.shape, in: -1...1)
    let (start, end) = (baseline.elements, input.elements)
    func output(_ values: [Float]) -> Double {
      Double(example.model(Tensor(values, shape: [1, 3, 3]))[0, 1])
    }
    let points = 200
    let plain = end.indices.map { index in
      let slopes = (0..<points).map { point in
        let place = (Float(point) + 0.5) / Float(points)
        var values = start.indices.map { start[$0] + place * (end[$0] - start[$0]) }
        let here = values[index]
        values[index] = here + 0.01
        let above = output(values)
        values[index] = here - 0.01
        return (above - output(values)) / 0.02
      }
      return slopes.reduce(0, +) / Double(points) * Double(end[index] - start[index])
    }
    let found = example.model.integratedGradients(
      of: input,
      baseline: baseline,
      explaining: .output(1)
    )
    for (one, other) in zip(found.contributions.elements, plain) {
      #expect((Double(one) - other).magnitude < 2e-4)
    }
    #expect((found.score - output(end)).magnitude < 1e-6)
    #expect((found.baselineScore - output(start)).magnitude < 1e-6)
  }

  @Test("What is as in the baseline contributes nothing, and a baseline itself nothing at all")
  func nothing() throws {
    let example = try #require(ExampleModel.all.first { $0.name == "lstm" })
    var values = input(of: example).elements
    for place in [0, 4, 17] { values[place] = 0 }
    let found = example.model.integratedGradients(
      of: Tensor(values, shape: [6, 3]),
      explaining: .logOdds(class: 0)
    )
    #expect([0, 4, 17].allSatisfy { found.contributions.elements[$0] == 0 })
    let zeros = example.model.integratedGradients(
      of: .zeros([6, 3]),
      explaining: .logOdds(class: 0)
    )
    #expect(zeros.contributions == .zeros([6, 3]) && zeros.completenessError == 0)
  }

  @Test("The odds of a class are those of its probability")
  func odds() throws {
    let example = try #require(ExampleModel.all.first { $0.name == "lstm" })
    let input = input(of: example)
    let probabilities = softmax(example.model(input.reshaped(to: [1, 6, 3])))
    for index in 0..<4 {
      let odds = example.model.integratedGradients(of: input, explaining: .logOdds(class: index))
        .score
      let share = Tensor(Float(odds))
      #expect((sigmoid(share).elements[0] - probabilities[0, index]).magnitude < 1e-6)
    }
  }
}
