import RecurrentTestSupport
import Testing

@testable import Recurrent

/// The fused operation of every cell against the same cell one step after another on the tape.
struct FusedCellTests {
  /// How a layer is run.
  struct Use: Sendable, CustomTestStringConvertible {
    var seed: UInt64
    var batch: Int
    var steps: Int
    var inputSize: Int
    var hiddenSize: Int
    var hasState: Bool
    var lengths: [Int]?
    var isReversed: Bool
    var regularization = Regularization()
    var testDescription: String {
      """
      batch \(batch), steps \(steps), \(inputSize) -> \(hiddenSize)\(hasState ? ", state" : "")\
      \(lengths.map { ", lengths \($0)" } ?? "")\(isReversed ? ", reversed" : "")\
      \(regularization == Regularization() ? "" : ", masked")
      """
    }

    /// A use of random sizes; every other one has unequal lengths.
    static func random(_ seed: UInt64, isMasked: Bool = false) -> Use {
      var numbers = SeededNumbers(seed + 7_000)
      let hidden = [2, 5, 15, 16, 17, 31, 33, 48, 63, 64, 65, 70][Int(seed) % 12]
      let (batch, steps) = (numbers.integer(in: 1...9), numbers.integer(in: 1...6))
      var use = Use(
        seed: seed,
        batch: batch,
        steps: steps,
        inputSize: numbers.integer(in: 1...20),
        hiddenSize: hidden,
        hasState: seed % 3 == 0,
        isReversed: seed % 4 < 2
      )
      if seed % 2 == 0 { use.lengths = (0..<batch).map { _ in numbers.integer(in: 1...steps) } }
      if isMasked {
        use.regularization = Regularization(
          inputDropout: 0.3,
          recurrentDropout: 0.4,
          dropConnect: 0.2,
          hiddenZoneout: 0.3
        )
      }
      return use
    }
  }

  /// Outputs, states and all gradients of a weighted sum of them, fused or unrolled.
  private func results<Built: BuiltInCell>(
    _ cell: Built,
    _ use: Use,
    isFused: Bool
  ) -> [(name: String, value: Tensor)] {
    var numbers = SeededNumbers(use.seed + 9_000)
    let input = numbers.tensor([use.batch, use.steps, use.inputSize], in: -1.5...1.5)
    let zero = cell.zeroState(batch: use.batch).tensors
    // A normaliser is a sum of positive numbers, and a stabiliser has no gradient.
    let states = zero.enumerated().map { index, tensor in
      use.hasState
        ? numbers.tensor(tensor.shape, in: index == 2 ? 0.5...1.5 : -0.8...0.8) : tensor
    }
    let hasStabilizer = zero.count == 4
    let weights = (0...zero.count).map { index in
      numbers.tensor(
        index == 0 ? [use.batch, use.steps, cell.outputSize] : zero[index - 1].shape
      )
    }
    let parameters = [input] + (use.hasState ? states : []) + cell.parameters.map(\.value)
    var kept: [Tensor] = []
    let gradient = valueWithGradient(at: parameters) { tensors in
      var layer = CellLayer(cell)
      layer.isReversed = use.isReversed
      layer.regularization = use.regularization
      let first = 1 + (use.hasState ? states.count : 0)
      var index = first
      layer.cell.visitParameters { _, parameter in
        parameter = tensors[index]
        index += 1
      }
      let state = use.hasState ? Built.State(tensors: Array(tensors[1..<first])) : nil
      let masked = use.regularization != Regularization()
      let pass = SequencePass(
        lengths: use.lengths,
        masks: masked
          ? MaskStreams(seed: 3, step: 5, examples: Array(10..<10 + use.batch)) : nil
      )
      let (output, after): (Tensor, Built.State)
      if isFused {
        (output, after) = layer.apply(tensors[0], state: state, in: pass, direction: 0)
      } else {
        let masks = LayerMasks(layer, batch: use.batch, steps: use.steps, in: pass, 0)
        (output, after) = masks.masking(layer.cell).unrolled(
          masks.input.map { tensors[0] * $0 } ?? tensors[0],
          state: state,
          lengths: use.lengths,
          isReversed: use.isReversed,
          masks: masks
        )
      }
      kept = ([output] + after.tensors).map(\.detached)
      let all = [output] + (hasStabilizer ? Array(after.tensors.dropLast()) : after.tensors)
      return zip(all, weights).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
    }.gradient
    let names =
      ["input"] + (use.hasState ? states.indices.map { "state \($0)" } : [])
      + cell.parameters.map(\.name)
    return kept.enumerated().map { ("result \($0)", $1) }
      + zip(names, gradient.tensors).map { ("gradient of \($0)", $1) }
  }

  // Both are sums of some hundred products in 32 bits, in different orders, through a few steps.
  // Where sums lie close to each other, normalisation divides rounding errors by a small number.
  private func expectAgreement(_ cell: any BuiltInCell, _ use: Use) {
    let isNormalized = (cell as? LSTMCell)?.normalization != nil
    let tolerance = isNormalized ? 3e-5 : 1e-5
    func compare(_ cell: some BuiltInCell) {
      let fused = results(cell, use, isFused: true)
      let unrolled = results(cell, use, isFused: false)
      for (got, want) in zip(fused, unrolled) {
        let problem = mismatch(got.value.elements, want.value.elements, tolerance: tolerance)
        #expect(problem == nil, "\(got.name): \(problem ?? "")")
      }
    }
    compare(cell)
  }

  @Test(arguments: FusedCase.all, (1...24).map { Use.random($0) })
  func `fused and unrolled agree, forward and backward`(cell: FusedCase, use: Use) {
    expectAgreement(cell.make(use.inputSize, use.hiddenSize, use.seed), use)
  }

  @Test(arguments: FusedCase.all, (1...12).map { Use.random($0, isMasked: true) })
  func `fused and unrolled agree under the same masks`(cell: FusedCase, use: Use) {
    var use = use
    let made = cell.make(use.inputSize, use.hiddenSize, use.seed)
    if made is LSTMCell { use.regularization.cellZoneout = 0.25 }
    expectAgreement(made, use)
  }

  @Test(arguments: FusedCase.all, (1...12).map { Use.random($0) })
  func `each row of a batch has the bits it has alone`(cell: FusedCase, use: Use) {
    func check<Built: BuiltInCell>(_ cell: Built) {
      var layer = CellLayer(cell)
      layer.isReversed = use.isReversed
      var numbers = SeededNumbers(use.seed + 11_000)
      let input = numbers.tensor([use.batch, use.steps, use.inputSize], in: -1.5...1.5)
      let (output, state) = layer(input, lengths: use.lengths)
      let ahead = valueWithGradient(at: input) { layer($0, lengths: use.lengths).output.sum() }
      for row in 0..<use.batch {
        let length = use.lengths?[row] ?? use.steps
        let alone = input.slice(row..<row + 1, along: 0).slice(0..<length, along: 1)
        let result = layer(alone)
        let valid = output.slice(row..<row + 1, along: 0).slice(0..<length, along: 1)
        #expect(haveSameBits(valid.elements, result.output.elements), "row \(row)")
        for (whole, part) in zip(state.tensors, result.state.tensors) {
          #expect(
            haveSameBits(whole.slice(row..<row + 1, along: 0).elements, part.elements),
            "state of row \(row)"
          )
        }
        let past = output.slice(row..<row + 1, along: 0).slice(length..<use.steps, along: 1)
        #expect(past.elements.allSatisfy { $0 == 0 })
        let gradient = valueWithGradient(at: alone) { layer($0).output.sum() }.gradient
        let part = ahead.gradient.tensors[0].slice(row..<row + 1, along: 0)
        #expect(
          haveSameBits(
            part.slice(0..<length, along: 1).elements,
            gradient.tensors[0].elements
          ),
          "gradient of row \(row)"
        )
        #expect(part.slice(length..<use.steps, along: 1).elements.allSatisfy { $0 == 0 })
      }
    }
    check(cell.make(use.inputSize, use.hiddenSize, use.seed))
  }

  @Test(arguments: FusedCase.all)
  func `a missing state equals a zero state, bit for bit`(cell: FusedCase) {
    func check(_ cell: some BuiltInCell) {
      var numbers = SeededNumbers(40)
      let input = numbers.tensor([3, 4, 5])
      let layer = CellLayer(cell)
      let without = layer(input)
      let with = layer(input, state: cell.zeroState(batch: 3))
      #expect(haveSameBits(without.output.elements, with.output.elements))
    }
    check(cell.make(5, 21, 40))
  }
}
