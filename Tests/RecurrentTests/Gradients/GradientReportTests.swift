import RecurrentTestSupport
import Testing

@testable import Recurrent

struct GradientReportTests {
  /// A cell of a program's own, with a pullback of its own.
  private struct SquaringCell: Cell {
    var dense: Dense
    /// What the derivative x² is said to be, times x; 2 is right.
    var slope: Float = 2
    var inputSize: Int { dense.inputSize - dense.outputSize }
    var hiddenSize: Int { dense.outputSize }

    init(using stream: inout RandomStream) {
      dense = Dense(inputSize: 7, outputSize: 4, using: &stream)
    }

    func zeroState(batch: Int) -> Tensor { .zeros([batch, hiddenSize]) }

    func callAsFunction(_ x: Tensor, state h: Tensor) -> (output: Tensor, state: Tensor) {
      let z = dense(.concatenated([x, h], along: 1))
      let square = Tape.operation([z]) { inputs, _ in
        let z = inputs[0]
        return (z * z, { [$0 * Tensor(slope) * z] })
      }
      let new = tanh(square)
      return (new, new)
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try dense.visitParameters(visit)
    }
  }

  private struct Model: Parameterized {
    var layer: Recurrence<SquaringCell>
    var head: Dense

    init() {
      var stream = RandomStream(seed: 5, purpose: .testing)
      layer = Recurrence(SquaringCell(using: &stream))
      head = Dense(inputSize: 4, outputSize: 2, using: &stream)
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try layer.visitParameters { try visit("layer.\($0)", &$1) }
      try head.visitParameters { try visit("head.\($0)", &$1) }
    }

    func loss(_ input: Tensor) -> Tensor {
      softmaxCrossEntropy(logits: head(layer(input).state), labels: [1, 0, 1])
    }
  }

  private let input: Tensor = {
    var numbers = SeededNumbers(22)
    return numbers.tensor([3, 4, 3])
  }()

  @Test func `a cell of one's own has the right gradients`() {
    let report = checkGradients(of: Model()) { $0.loss(input) }
    #expect(report.passes, "\(report)")
    #expect(
      report.parameters.map(\.name)
        == ["layer.weight", "layer.bias", "head.weight", "head.bias"]
    )
    #expect(report.verdict.hasPrefix("All 4 parameters have the right gradient: differences agree"))
    #expect(report.lines.count == 5)
    #expect(report.lines.dropFirst().allSatisfy { $0.hasSuffix("right") })
  }

  @Test func `a wrong pullback is found, and the parameters before it are named`() throws {
    var model = Model()
    model.layer.cell.slope = 3
    let report = checkGradients(of: model) { $0.loss(input) }
    #expect(report.parameters.map(\.passes) == [false, false, true, true])
    #expect(!report.passes)
    #expect(report.verdict.hasPrefix("2 of 4 wrong: layer.weight, layer.bias. At layer.weight["))
    #expect(report.verdict.contains(" the gradient is "))
    #expect(report.verdict.contains(" where central differences give "))
    let worst = try #require(report.parameters[0].toDifferences)
    #expect(worst.indices.count == 2 && worst.error > worst.allowed)
    #expect(report.description.contains("WRONG"))
  }

  @Test func `fast loops that compute something else are found`() throws {
    // In single precision x is thought of as a thousandth larger.
    let report = checkGradients(of: [Tensor([1, 2]), Tensor([3])]) { tensors in
      let scale: Tensor = tensors[0].isDoublePrecision ? 1 : 1.001
      return (tensors[0] * tensors[0] * scale).sum() + tensors[1].sum()
    }
    #expect(report.parameters.map(\.passes) == [false, true])
    #expect(try #require(report.parameters[0].toDifferences).isAllowed)
    let worst = try #require(report.parameters[0].singleToDouble)
    #expect(worst.indices == [1] && worst.reference == 4)
    #expect(
      report.verdict.hasPrefix(
        "1 of 2 wrong: 0.value. At 0.value[1] the gradient in single precision is 4.00"
      )
    )
  }

  @Test func `an operation without double precision is found`() {
    let report = checkGradients(of: Tensor([0.5, 1.5])) { x in
      Tape.operation([x]) { inputs, _ in
        (Tensor(inputs[0].elements.map { $0 * $0 * $0 }), { [$0 * 3 * inputs[0] * inputs[0]] })
      }.sum()
    }
    #expect(!report.passes)
    #expect(
      report.verdict
        == "The loss is in single precision: an operation that leads to it has no other form."
    )
  }

  @Test func `a kink is left out and counted, but for where the gradient is the middle`() {
    // At 0 the tape gives |x| = relu(x) + relu(-x) the slope 0, and so relu(x); x - relu(x) has 1.
    let x = Tensor([0, 1, -2])
    let report = checkGradients(of: [x, x, x]) { x in
      (relu(x[0]) + relu(-x[0])).sum() + relu(x[1]).sum() + (x[2] - relu(x[2])).sum()
    }
    #expect(report.passes, "\(report)")
    #expect(report.parameters.map(\.kinkCount) == [0, 1, 1])
    #expect(report.verdict.hasSuffix("Left out: 2 where the loss has a kink, as relu has at 0."))
  }

  @Test func `near a kink a shorter step is taken`() {
    let report = checkGradients(of: Tensor([3e-6, -3e-6])) { relu($0).sum() }
    #expect(report.passes, "\(report)")
    #expect(report.parameters[0].kinkCount == 0)
  }

  @Test func `a gradient beside the slopes of a kink is wrong`() {
    let report = checkGradients(of: Tensor([0, 1])) { x in
      Tape.operation([x]) { inputs, _ in (relu(inputs[0]), { [$0 * 2] }) }.sum()
    }
    #expect(!report.passes)
    #expect(report.parameters[0].kinkCount == 0)
  }

  @Test func `NaN is wrong, in the loss and in a gradient`() {
    let loss = checkGradients(of: Tensor([-1, 1])) { log($0).sum() }
    #expect(!loss.passes)
    #expect(loss.verdict == "The loss is NaN: no gradient can be checked.")
    // 0 · ∞ in the pullback of a root, written as e^(log x / 2).
    let gradient = checkGradients(of: Tensor([0, 1])) { exp(log($0) * 0.5).sum() }
    #expect(gradient.loss == 1 && !gradient.passes)
    #expect(gradient.verdict.contains("At value[0] the gradient is NaN where"))
  }

  @Test func `parameters that the loss does not use have no gradient, rightly`() {
    let report = checkGradients(of: [Tensor([1, 2]), Tensor([3])]) { $0[0].sum() }
    #expect(report.passes)
    #expect(report.parameters[1].largestGradient == 0)
    let none = checkGradients(of: [Tensor([1, 2])]) { _ in Tensor(3) }
    #expect(none.passes && none.loss == 3)
  }

  @Test func `of large parameters as many elements are compared as asked for, by a seed`() {
    var numbers = SeededNumbers(23)
    let x = numbers.tensor([30, 40])
    var places: Set<[Int]> = []
    for seed in 1...3 as ClosedRange<UInt64> {
      // Off at every element, so that the worst is one of those compared.
      let report = checkGradients(of: x, samples: 20, seed: seed) { x in
        Tape.operation([x]) { inputs, _ in (inputs[0] * inputs[0], { [$0 * inputs[0]] }) }.sum()
      }
      #expect(report.parameters[0].comparedCount == 20)
      #expect(report.lines[1].contains("20 of 1200"))
      places.insert(report.parameters[0].toDifferences?.indices ?? [])
    }
    #expect(places.count > 1)
  }
}
