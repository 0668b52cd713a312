import RecurrentKernels
import RecurrentTestSupport
import Testing

@testable import Recurrent

@Suite(
  .enabled(if: Precision.bfloat16.isSupported, "this processor has no products of bfloat16")
)
struct PrecisionTests {
  static let cases = (1...12).map { LayerCase.random(seed: $0) }

  /// The nearest number of 8 bits of significand.
  private func rounded(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16) & 1) & 0xFFFF_0000)
  }

  private func rounded(_ tensor: Tensor) -> Tensor {
    Tensor(tensor.elements.map(rounded), shape: tensor.shape)
  }

  /// Outputs of a fused pass, then the gradients of weights and of the input.
  private func pass(
    _ cell: FusedCell,
    _ tensors: [Tensor],
    _ size: LayerCase,
    _ precision: Precision
  ) -> (outputs: [Float], weightGradient: [Float], inputGradient: [Float]) {
    let weights = FusedWeights(cell, precision: precision)
    weights.pack(tensors[1...], forBackward: true, forInputGradient: true)
    let sequence = FusedSequence(cell, precision: precision)
    let arriving = size.cotangents(states: 0)[0]
    var weightGradient = [Float](repeating: 0, count: cell.packedCount)
    var inputGradient = [Float](repeating: .nan, count: tensors[0].count)
    func steps(_ base: UnsafePointer<Float>, _ size: LayerCase, _ width: Int) -> FusedSequence.Steps
    {
      .init(base: base, rowStride: size.steps * width, stepStride: width)
    }
    var outputs: [Float] = []
    tensors[0].withUnsafeElements { input in
      arriving.withUnsafeElements { arriving in
        guard let input = input.baseAddress, let arriving = arriving.baseAddress else { return }
        let reading = steps(input, size, size.inputSize)
        sequence.forward(
          reading,
          FusedSequence.Extent(rows: size.batch, steps: size.steps),
          weights: weights,
          keeping: .everything
        )
        for step in 0..<size.steps {
          for row in 0..<size.batch {
            let place = sequence.outputs.step(step) + row * sequence.outputRowStride
            outputs += (0..<size.hiddenSize).map { place[$0] }
          }
        }
        inputGradient.withUnsafeMutableBufferPointer { inputGradient in
          guard let target = inputGradient.baseAddress else { return }
          sequence.backward(
            reading,
            weights: weights,
            arriving: .init(
              outputs: steps(arriving, size, size.hiddenSize),
              hidden: nil,
              states: (nil, nil, nil)
            ),
            weightGradient: &weightGradient,
            inputGradients: .init(
              input: (target, reading.rowStride, reading.stepStride),
              hidden: nil,
              states: (nil, nil, nil)
            )
          )
        }
      }
    }
    return (outputs, weightGradient, inputGradient)
  }

  /// The Euclidean distance of two lists, relative to the length of the second.
  private func relativeDistance(_ a: [Float], _ b: [Float]) -> Double {
    let difference = zip(a, b).reduce(0.0) { $0 + pow2(Double($1.0) - Double($1.1)) }
    let length = b.reduce(0.0) { $0 + pow2(Double($1)) }
    return length > 0 ? (difference / length).squareRoot() : difference.squareRoot()
  }

  private func pow2(_ x: Double) -> Double { x * x }

  // Operands lose 2^-9 of themselves at most; many of them together, rounded to either side, less.
  // Normalised sums lose more where they are close to each other.
  @Test(arguments: cases, FusedCase.all)
  func `outputs and gradients stay close to those of 32 bits`(
    size: LayerCase,
    kind: FusedCase
  ) throws {
    let least = kind.isNormalized ? 15 : 2
    let built = kind.make(size.inputSize, max(size.hiddenSize, least), size.seed)
    let cell = try #require((built as? any FusedBuiltInCell)?.fused)
    var size = size
    size.hiddenSize = cell.outputSize
    let tensors = [size.tensors(gates: 1, states: 0)[0]] + built.parameters.map(\.value)
    let coarse = pass(cell, tensors, size, .bfloat16)
    let fine = pass(cell, tensors, size, .float32)
    let allowed = kind.isNormalized ? 0.1 : 0.02
    #expect(relativeDistance(coarse.outputs, fine.outputs) < allowed)
    // A ReLU that opens in one and not in the other changes a whole path.
    if !["RNN relu", "IndRNN"].contains(kind.name) {
      #expect(relativeDistance(coarse.weightGradient, fine.weightGradient) < allowed)
      #expect(relativeDistance(coarse.inputGradient, fine.inputGradient) < allowed)
    }
    #expect(!haveSameBits(coarse.outputs, fine.outputs))
  }

  // With one step and no state before, the forward pass is one product of rounded operands.
  @Test(arguments: cases)
  func `a product is that of the rounded operands, summed in 32 bits`(size: LayerCase) throws {
    var size = size
    size.steps = 1
    let tensors = size.tensors(gates: 4, states: 0)
    let cell = LSTMCell(RecurrentWeights(tensors)).fused
    let roundedTensors =
      [rounded(tensors[0]), rounded(tensors[1]), rounded(tensors[2]), tensors[3]]
    let coarse = pass(cell, tensors, size, .bfloat16)
    let fine = pass(cell, roundedTensors, size, .float32)
    // The two differ by the order of the sum alone.
    #expect(mismatch(coarse.outputs, fine.outputs, tolerance: 1e-6) == nil)
  }

  @Test(arguments: [[16], [37], [20, 9]], [true, false])
  func `training is close to that of 32 bits, and the same on any number of threads`(
    sizes: [Int],
    isLSTM: Bool
  ) throws {
    let dataset = SequenceDataset.random(count: 70)
    func train(_ precision: Precision, threads: Int) throws -> (cost: Double, bytes: [UInt8]) {
      let trainer = Trainer(
        SequenceModel.stack(sizes, isLSTM: isLSTM),
        optimizer: GradientDescent(learningRate: 0.2),
        options: TrainingOptions(batchSize: 35, threads: threads, precision: precision)
      )
      for _ in 1...2 { _ = try trainer.trainEpoch(on: dataset) }
      return (
        try trainer.trainEpoch(on: dataset).averageCost, trainer.model.safetensors.bytes
      )
    }
    let coarse = try train(.bfloat16, threads: 1)
    let fine = try train(.float32, threads: 1)
    #expect(abs(coarse.cost - fine.cost) < 0.01)
    #expect(coarse.bytes != fine.bytes)
    for threads in [2, 3] {
      #expect(try train(.bfloat16, threads: threads).bytes == coarse.bytes, "\(threads) threads")
    }
  }
}

struct UnsupportedPrecisionTests {
  @Test func `32 bits are always supported and the default`() {
    #expect(Precision.float32.isSupported)
    #expect(TrainingOptions().precision == .float32)
  }

  @Test func `a processor without bfloat16 trains with 32 bits`() throws {
    guard !Precision.bfloat16.isSupported else { return }
    let trained = try Precision.allCases.map { precision in
      let trainer = Trainer(
        SequenceModel.stack([9]),
        optimizer: GradientDescent(learningRate: 0.2),
        options: TrainingOptions(batchSize: 10, threads: 1, precision: precision)
      )
      _ = try trainer.trainEpoch(on: SequenceDataset.random(count: 20))
      return trainer.model.safetensors.bytes
    }
    #expect(trained[0] == trained[1])
  }
}
