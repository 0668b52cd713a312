import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Every built-in cell step by step against the whole sequence.
struct StreamedCellTests {
  /// A layer of a cell: plain, with a learned state and zoneout, or with its input added.
  private func layers(_ cell: FusedCase, hiddenSize: Int) -> [any RecurrentLayer] {
    func build<Built: BuiltInCell>(_ cell: Built) -> [any RecurrentLayer] {
      var learned = CellLayer(cell)
      learned.learnInitialState()
      var numbers = SeededNumbers(3)
      learned.learnedState = Built.State(
        tensors: learned.learnedState?.tensors.map { numbers.tensor($0.shape, in: 0.1...0.5) } ?? []
      )
      learned.regularization = Regularization(recurrentDropout: 0.5, hiddenZoneout: 0.2)
      if cell is LSTMCell { learned.regularization.cellZoneout = 0.1 }
      let plain = CellLayer(cell)
      return [plain, learned] + (plain.inputSize == plain.outputSize ? [Residual(plain)] : [])
    }
    return build(cell.make(19, hiddenSize, 12))
  }

  @Test(arguments: FusedCase.all, [19, 33, 64, 70])
  func `steps give the bits of the whole sequence`(cell: FusedCase, hiddenSize: Int) throws {
    for layer in layers(cell, hiddenSize: hiddenSize) {
      var numbers = SeededNumbers(9)
      let input = numbers.tensor([1, 7, layer.inputSize], in: -1.5...1.5)
      let whole = layer.outputs(input)
      let stream = try StreamingModel(layers: [layer])
      var state = stream.makeState()
      var fork = state
      for step in 0..<7 {
        let numbers = input.slice(at: step, along: 1).elements
        if step == 3 { fork = state }
        let output = stream.step(numbers, state: &state)
        #expect(
          haveSameBits(output, whole.slice(at: step, along: 1).elements),
          "\(type(of: layer)), step \(step)"
        )
      }
      // A copy goes on as the original did, also by way of its parts.
      var again = stream.makeState(fork.layers)
      for step in 3..<7 {
        let numbers = input.slice(at: step, along: 1).elements
        let want = whole.slice(at: step, along: 1).elements
        #expect(haveSameBits(stream.step(numbers, state: &again), want))
      }
    }
  }
}
