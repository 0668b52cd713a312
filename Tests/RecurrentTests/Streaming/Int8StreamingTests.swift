import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Streams of models in 8 bits.
struct Int8StreamingTests {
  private func layers(_ cell: FusedCase, hiddenSize: Int) -> [any RecurrentLayer] {
    func build<Built: BuiltInCell>(_ cell: Built) -> [any RecurrentLayer] {
      var learned = CellLayer(cell)
      learned.learnInitialState()
      learned.regularization = Regularization(hiddenZoneout: 0.2)
      let plain = CellLayer(cell)
      return [plain, learned] + (plain.inputSize == plain.outputSize ? [Residual(plain)] : [])
    }
    return build(cell.make(19, hiddenSize, 12))
  }

  /// The layer with every matrix rounded row by row, as numbers of its own.
  private func rounded(_ layer: any RecurrentLayer) -> any RecurrentLayer {
    var layer = layer
    layer.visitParameters { _, parameter in
      guard parameter.shape.rank == 2 else { return }
      let columns = parameter.shape[1]
      let elements = parameter.elements
      parameter = Tensor(
        elements.indices.map { index in
          let row = index / columns * columns
          let scale = (elements[row..<row + columns].map(abs).max() ?? 0) / 127
          return scale == 0 ? 0 : (elements[index] / scale).rounded(.toNearestOrEven) * scale
        },
        shape: parameter.shape
      )
    }
    return layer
  }

  @Test(arguments: FusedCase.all, [19, 33, 70])
  func `steps are those of the rounded weights`(cell: FusedCase, hiddenSize: Int) throws {
    for layer in layers(cell, hiddenSize: hiddenSize) {
      let int8 = try StreamingModel(layers: [layer], weights: .int8)
      let want = try StreamingModel(layers: [rounded(layer)])
      let plain = try StreamingModel(layers: [layer])
      var (state, wanted, exact) = (int8.makeState(), want.makeState(), plain.makeState())
      var numbers = SeededNumbers(9)
      var (fromRounded, fromPlain): (Float, Float) = (0, 0)
      for _ in 0..<9 {
        let input = numbers.floats(19)
        let output = int8.step(input, state: &state)
        fromRounded = max(
          fromRounded,
          zip(output, want.step(input, state: &wanted)).map { abs($0 - $1) }.max() ?? 0
        )
        fromPlain = max(
          fromPlain,
          zip(output, plain.step(input, state: &exact)).map { abs($0 - $1) }.max() ?? 0
        )
      }
      // What is multiplied is rounded to 16 bits, which is all that is left between the two.
      #expect(fromRounded < (cell.isNormalized ? 4e-3 : 1e-3), "\(type(of: layer))")
      #expect(fromPlain > fromRounded, "\(fromPlain), \(fromRounded)")
      #expect(int8.matrixByteCount < plain.matrixByteCount)
    }
  }

  @Test func `a model is a quarter as large, its head included`() throws {
    let model = SequenceModel.lstm(inputSize: 28, hiddenSize: 256, classes: 10, seed: 1)
    let (float, int8) = (
      try StreamingModel(model), try StreamingModel(model, weights: .int8)
    )
    #expect(int8.weights == .int8 && float.weights == .float32)
    let share = Double(int8.matrixByteCount) / Double(float.matrixByteCount)
    #expect((0.25..<0.27).contains(share))
    var (a, b) = (float.makeState(), int8.makeState())
    var numbers = SeededNumbers(4)
    for _ in 0..<28 {
      let input = numbers.floats(28)
      let (exact, near) = (float.step(input, state: &a), int8.step(input, state: &b))
      #expect(zip(exact, near).allSatisfy { abs($0 - $1) < 0.02 })
      #expect(exact != near)
    }
  }

  @Test func `numbers that are not finite give NaN, and the stream can begin anew`() throws {
    let model = try StreamingModel(
      SequenceModel.lstm(inputSize: 3, hiddenSize: 20, classes: 4, seed: 1),
      weights: .int8
    )
    var state = model.makeState()
    #expect(model.step([1, .nan, 2], state: &state).allSatisfy { $0.isNaN })
    #expect(model.step([1, 2, 3], state: &state).allSatisfy { $0.isNaN })
    state = model.makeState()
    #expect(model.step([1, 2, 3], state: &state).allSatisfy { $0.isFinite })
  }

  @Test func `states of the two ways are not mixed up, and go over by their parts`() throws {
    let trained = SequenceModel.lstm(inputSize: 3, hiddenSize: 20, classes: 4, seed: 1)
    let (float, int8) = (
      try StreamingModel(trained), try StreamingModel(trained, weights: .int8)
    )
    var state = float.makeState()
    for _ in 0..<3 { _ = float.step([1, -1, 0.5], state: &state) }
    var taken = int8.makeState(state.layers)
    #expect(taken != state)
    let (near, exact) = (
      int8.step([1, 2, 3], state: &taken), float.step([1, 2, 3], state: &state)
    )
    #expect(zip(near, exact).allSatisfy { abs($0 - $1) < 0.01 })
  }
}
