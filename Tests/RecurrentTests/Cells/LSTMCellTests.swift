import Recurrent
import RecurrentTestSupport
import Testing

struct LSTMCellTests {
  // One unit, one input, worked by hand. x = 1, h' = 0.5, c' = 2.
  //
  //     i: 0.1 · 1 + 0.2 · 0.5 - 0.2 = 0        σ(0) = 0.5
  //     f: 1 · 1 + 2 · 0.5 - 2 = 0              σ(0) = 0.5
  //     g: 0.5 · 1 + 1 · 0.5 - 1 = 0            tanh(0) = 0
  //     o: 1 · 1 - 2 · 0.5 + 0 = 0              σ(0) = 0.5
  //     c = 0.5 · 2 + 0.5 · 0 = 1,  h = 0.5 · tanh(1) = 0.5 · 0.7615941560 = 0.3807970780
  //
  // And one step more with x = 0: z = h' times the recurrent weights, plus the bias.
  //
  //     i: 0.0761594156 - 0.2 = -0.1238405844   σ = 0.4690793616
  //     f: 0.7615941560 - 2 = -1.2384058440     σ = 0.2247135935
  //     g: 0.3807970780 - 1 = -0.6192029220     tanh = -0.5505728129
  //     o: -0.7615941560                        σ = 0.3183002578
  //     c = 0.2247136 - 0.4690794 · 0.5505728 = -0.0335487501
  //     h = 0.3183003 · tanh(-0.0335488) = -0.0106745713
  private let weights = RecurrentWeights(
    input: Tensor([0.1, 1, 0.5, 1], shape: [4, 1]),
    recurrent: Tensor([0.2, 2, 1, -2], shape: [4, 1]),
    bias: Tensor([-0.2, -2, -1, 0])
  )

  @Test func `a step worked by hand`() {
    let cell = LSTMCell(weights)
    let start = LSTMCell.State(
      hidden: Tensor([0.5], shape: [1, 1]),
      cell: Tensor([2], shape: [1, 1])
    )
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: start)
    // The sums above cancel but for the rounding of 0.1 and 0.2: 3e-8, and 6e-8 for each result.
    #expect(abs(state.cell.scalar - 1) <= 2e-7)
    #expect(abs(output.scalar - 0.3807970780) <= 2e-7)
    #expect(state.hidden == output)
    let (next, last) = cell(Tensor([0], shape: [1, 1]), state: state)
    #expect(abs(last.cell.scalar - handWorked.cell) <= 2e-7)
    #expect(abs(next.scalar - handWorked.hidden) <= 2e-7)
  }

  @Test func `two steps of the layer worked by hand`() {
    let start = LSTM.State(hidden: Tensor([0.5], shape: [1, 1]), cell: Tensor([2], shape: [1, 1]))
    let (output, state) = LSTM(weights)(Tensor([1, 0], shape: [1, 2, 1]), state: start)
    #expect(abs(output[0, 0, 0] - 0.3807970780) <= 2e-7)
    #expect(abs(output[0, 1, 0] - handWorked.hidden) <= 2e-7)
    #expect(abs(state.cell.scalar - handWorked.cell) <= 2e-7)
  }

  private let handWorked: (cell: Float, hidden: Float) = (-0.0335487501, -0.0106745713)

  @Test func `the zero state is zeros`() {
    let state = LSTMCell(weights).zeroState(batch: 3)
    #expect(state.hidden == .zeros([3, 1]) && state.cell == .zeros([3, 1]))
  }

  @Test func `weights of another number of gates trap`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMCell(
        RecurrentWeights(input: .zeros([6, 2]), recurrent: .zeros([6, 2]), bias: .zeros([6]))
      )
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("an LSTM cell has four gates, the weights have 3")
    )
  }

  // x = 1, h' = 0.5, c' = 2; the sums of i, f, o are 1 - 2 · 0.5 = 0, that of g is 1 - 0.5 = 0.5.
  //
  //     i: 0 + 0.5 · 2 = 1              σ = 0.7310585786
  //     f: 0 - 0.5 · 2 = -1             σ = 0.2689414214
  //     c = 0.5378828427 + 0.7310585786 · 0.4621171573 = 0.8757175549
  //     o: 0 + 1 · c                    σ = 0.7059340079
  //     h = 0.7059340079 · tanh(c) = 0.7059340079 · 0.7042674397 = 0.4971663363
  @Test func `peepholes see the old and the new cell, worked by hand`() {
    let cell = LSTMCell(
      RecurrentWeights(
        input: Tensor([1, 1, 1, 1], shape: [4, 1]),
        recurrent: Tensor([-2, -2, -1, -2], shape: [4, 1]),
        bias: .zeros([4])
      ),
      peephole: Tensor([0.5, -0.5, 1], shape: [3, 1])
    )
    expect(cell, cell: 0.8757175549, hidden: 0.4971663363)
  }

  // f: 2 - 2 · 0.5 = 1, σ = 0.7310585786; g: 1 - 0.5 = 0.5; o: 1 - 2 · 0.5 = 0.
  //
  //     c = 0.7310585786 · 2 + 0.2689414214 · 0.4621171573 = 1.5863996024
  //     h = 0.5 · tanh(c) = 0.5 · 0.9195954679 = 0.4597977339
  @Test func `the coupled input gate is what the forget gate leaves, worked by hand`() {
    let cell = LSTMCell(
      RecurrentWeights(
        input: Tensor([2, 1, 1], shape: [3, 1]),
        recurrent: Tensor([-2, -1, -2], shape: [3, 1]),
        bias: .zeros([3]),
        gates: 3
      ),
      isCoupled: true
    )
    expect(cell, cell: 1.5863996024, hidden: 0.4597977339)
  }

  // The sums over x are 1, 1, -1, -1: mean 0, variance 1, so a = 1 / √(1 + 10⁻⁵) = 0.9999950000
  // and LN gives a, a, -a, -a. Those over h' are all 0. A cell of one unit is its own mean: LN
  // gives 0, and the bias of 1 is left.
  //
  //     i = f = σ(a) = 0.7310575956,  tanh(-a) = -0.7615920561,  o = σ(-a) = 0.2689424044
  //     c = 0.7310575956 · (2 - 0.7615920561) = 0.9053475338
  //     h = 0.2689424044 · tanh(1) = 0.2048249635
  @Test func `sums and cell are normalised, worked by hand`() {
    var normalization = LSTMCell.Normalization(gates: 4, hiddenSize: 1)
    normalization.cellBias = Tensor([1])
    let cell = LSTMCell(
      RecurrentWeights(
        input: Tensor([1, 1, -1, -1], shape: [4, 1]),
        recurrent: .zeros([4, 1]),
        bias: .zeros([4])
      ),
      normalization: normalization
    )
    expect(cell, cell: 0.9053475338, hidden: 0.2048249635)
  }

  // All sums are 0: c = c' / 2 = [1, 2], and σ(o) tanh(c) = [0.3807970780, 0.4820137900].
  // P = [2, -1] makes 0.7615941560 - 0.4820137900 = 0.2795803659 of them.
  @Test func `the hidden state is projected, worked by hand`() {
    let cell = LSTMCell(
      RecurrentWeights(
        input: .zeros([8, 1]),
        recurrent: .zeros([8, 1]),
        bias: .zeros([8]),
        gates: 4
      ),
      projection: Tensor([2, -1], shape: [1, 2])
    )
    let start = LSTMCell.State(
      hidden: Tensor([0.5], shape: [1, 1]),
      cell: Tensor([2, 4], shape: [1, 2])
    )
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: start)
    #expect(state.cell == Tensor([1, 2], shape: [1, 2]))
    #expect(output.shape == [1, 1] && abs(output.scalar - 0.2795803659) <= 2e-7)
    #expect(cell.hiddenSize == 2 && cell.outputSize == 1)
    #expect(cell.zeroState(batch: 3).tensors.map(\.shape) == [[3, 1], [3, 2]])
  }

  /// Runs one step with x = 1, h' = 0.5 and c' = 2.
  private func expect(
    _ cell: LSTMCell,
    cell c: Float,
    hidden h: Float,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let start = LSTMCell.State(
      hidden: Tensor([0.5], shape: [1, 1]),
      cell: Tensor([2], shape: [1, 1])
    )
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: start)
    #expect(abs(state.cell.scalar - c) <= 3e-7, sourceLocation: sourceLocation)
    #expect(abs(output.scalar - h) <= 3e-7, sourceLocation: sourceLocation)
    #expect(state.hidden == output, sourceLocation: sourceLocation)
  }

  @Test(arguments: CellCase.lstmOptions)
  func `parameters are listed in a fixed order`(options: LSTMCell.Options) {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = LSTMCell(inputSize: 3, hiddenSize: 4, options: options, using: &stream)
    #expect(cell.options == options)
    let rows = options.isCoupled ? 12 : 16
    var want: [(String, Shape)] = [
      ("weight_ih", [rows, 3]), ("weight_hh", [rows, options.projectionSize ?? 4]),
      ("bias_ih", [rows]),
    ]
    if options.isPeephole { want.append(("weight_peephole", [options.isCoupled ? 2 : 3, 4])) }
    if let size = options.projectionSize { want.append(("weight_hr", [size, 4])) }
    if options.normalizesLayers {
      want += [
        ("norm_ih", [rows]), ("norm_hh", [rows]), ("norm_cell", [4]), ("norm_cell_bias", [4]),
      ]
    }
    #expect(cell.parameters.map(\.name) == want.map(\.0))
    #expect(cell.parameters.map(\.value.shape) == want.map(\.1))
  }

  @Test(arguments: [false, true])
  func `the forget gate alone starts from the forget bias`(isCoupled: Bool) {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = LSTMCell(
      inputSize: 1,
      hiddenSize: 2,
      options: LSTMCell.Options(isPeephole: true, isCoupled: isCoupled, normalizesLayers: true),
      forgetBias: 3,
      using: &stream
    )
    // The candidate's two biases are those of a normalised cell, random.
    let bias = cell.weights.bias.elements
    #expect(Array(bias.prefix(isCoupled ? 2 : 4)) == (isCoupled ? [3, 3] : [0, 0, 3, 3]))
    #expect(Array(bias.suffix(2)) == [0, 0])
    #expect(bias.dropLast(2).suffix(2).allSatisfy { $0 != 0 && abs($0) < 0.71 })
    #expect(cell.peephole == .zeros([isCoupled ? 2 : 3, 2]))
    #expect(cell.normalization?.cell == Tensor([1, 1]))
  }

  @Test(arguments: [false, true], [Initialization.recommended, .keras, .he, .torch])
  func `a normalised cell learns from sequences that begin blank`(
    isCoupled: Bool,
    initialization: Initialization
  ) {
    var stream = RandomStream(seed: 4, purpose: .testing)
    let options = LSTMCell.Options(isCoupled: isCoupled, normalizesLayers: true)
    let layer = LSTM(
      inputSize: 3,
      hiddenSize: 24,
      options: options,
      initialization: initialization,
      using: &stream
    )
    var numbers = SeededNumbers(8)
    let input = Tensor.concatenated([.zeros([2, 20, 3]), numbers.tensor([2, 5, 3])], along: 1)
    let result = valueWithGradient(at: layer) { $0.outputs(input).sum() }
    for (name, gradient) in zip(result.gradient.names, result.gradient.tensors) {
      #expect(gradient.elements.allSatisfy { abs($0) < 1e4 }, "\(name)")
    }
  }

  @Test func `a model's parameters are changed in place and kept when a visit fails`() {
    struct Stop: Error {}
    var stream = RandomStream(seed: 1, purpose: .testing)
    let options = LSTMCell.Options(isPeephole: true, normalizesLayers: true, projectionSize: 1)
    var cell = LSTMCell(inputSize: 1, hiddenSize: 2, options: options, using: &stream)
    let names = cell.parameters.map(\.name)
    for stop in names {
      #expect(throws: Stop.self) {
        try cell.visitParameters { name, parameter in
          parameter = .zeros(parameter.shape)
          if name == stop { throw Stop() }
        }
      }
      #expect(cell.options == options)
    }
    for (_, value) in cell.parameters { #expect(value == .zeros(value.shape)) }
  }

  @Test func `a projection that does not fit traps and says what is wanted`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LSTMCell(
        RecurrentWeights(
          input: .zeros([12, 2]),
          recurrent: .zeros([12, 2]),
          bias: .zeros([12]),
          gates: 4
        )
      )
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self).contains(
        """
        an LSTM cell of 3 hidden units with recurrent weights [12, 2] needs a projection of shape \
        [2, 3], got none
        """
      )
    )
  }
}
