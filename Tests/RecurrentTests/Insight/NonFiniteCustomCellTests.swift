import RecurrentTestSupport
import Testing

@testable import Recurrent

struct NonFiniteCustomCellTests {
  /// A cell of a program's own: one unit that is multiplied at each step, and its copy times a scale.
  private struct ScalingCell<State: Sendable>: Cell {
    var factor: Tensor
    var scale: Float = 1
    let opened: @Sendable (State) -> Tensor
    let closed: @Sendable (Tensor) -> State
    var inputSize: Int { 1 }
    var hiddenSize: Int { 1 }

    func zeroState(batch: Int) -> State { closed(.zeros([batch, 1])) }

    func callAsFunction(_ x: Tensor, state: State) -> (output: Tensor, state: State) {
      let next = x + factor * opened(state)
      return (next * Tensor(scale), closed(next))
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try visit("factor", &factor)
    }
  }

  /// A state that nothing is known of.
  private struct Sealed: Sendable {
    var number: Tensor
  }

  /// A cell whose memory is multiplied by 2²⁰ at each step; no kernel knows it.
  private struct RememberingCell: BuiltInCell {
    struct State: RecurrentState {
      var tensors: [Tensor]
      static var tensorNames: [String] { ["hidden state", "memory"] }
    }

    var factor = Tensor([0x1p20])
    var inputSize: Int { 1 }
    var hiddenSize: Int { 1 }

    func zeroState(batch: Int) -> State {
      State(tensors: [.zeros([batch, 1]), .zeros([batch, 1])])
    }

    func callAsFunction(
      _ x: Tensor,
      state: State,
      hiddenMask: Tensor?
    ) -> (output: Tensor, state: State) {
      let memory = x + factor * state.tensors[1]
      let hidden = tanh(memory)
      return (hidden, State(tensors: [hidden, memory]))
    }

    mutating func visitParameters(
      suffix: String,
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      try visit("factor" + suffix, &factor)
    }
  }

  private static func open(_ factor: Float, scale: Float = 1) -> ScalingCell<Tensor> {
    ScalingCell(factor: Tensor([factor]), scale: scale, opened: { $0 }, closed: { $0 })
  }

  private static func sealed(_ factor: Float) -> ScalingCell<Sealed> {
    ScalingCell(factor: Tensor([factor]), opened: { $0.number }, closed: { Sealed(number: $0) })
  }

  private static func origin(
    _ stage: NonFiniteOrigin.Stage,
    _ value: NonFiniteOrigin.Value,
    of cell: some Cell,
    step: Int?,
    steps: Int?,
    example: Int
  ) -> NonFiniteOrigin {
    NonFiniteOrigin(
      stage: stage,
      value: value,
      layer: .init(index: 0, name: "\(type(of: cell))"),
      unit: 0,
      step: step,
      steps: steps,
      example: example
    )
  }

  @Test func `a state that is a list of tensors is looked into, of any other the output is`() {
    let dataset = SequenceDataset.blank(steps: 6, lengths: [6, 5, 6], [(1, 0, 0, -1)])
    let (open, sealed) = (Self.open(1e10), Self.sealed(1e10))
    #expect(
      SequenceModel.of([Recurrence(open)]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.origin(
          .state("hidden state"),
          .negativeInfinity,
          of: open,
          step: 4,
          steps: 5,
          example: 1
        )
    )
    #expect(
      SequenceModel.of([Recurrence(sealed)]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.origin(.output, .negativeInfinity, of: sealed, step: 4, steps: 5, example: 1)
    )
    // The output comes first if it is infinite at an earlier step.
    let scaled = Self.open(1e10, scale: 1e10)
    #expect(
      SequenceModel.of([Recurrence(scaled)]).nonFiniteOrigin(in: dataset, at: 0..<3)
        == Self.origin(.output, .negativeInfinity, of: scaled, step: 3, steps: 5, example: 1)
    )
  }

  @Test func `gradients that explode in a cell of one's own are found`() {
    // As for the built-in layers: a state that stays at 1 and gradients that grow by 2²⁰.
    let dataset = SequenceDataset.blank(
      steps: 10,
      (0..<10).map { (example: 2, step: $0, feature: 0, value: $0 == 0 ? 1 : 1 - 0x1p20) }
    )
    let open = Self.open(0x1p20)
    #expect(
      SequenceModel.of([Recurrence(open)], head: [[1], [0]])
        .nonFiniteOrigin(in: dataset, at: [2])
        == Self.origin(
          .stateGradient("hidden state"),
          .negativeInfinity,
          of: open,
          step: 2,
          steps: 10,
          example: 2
        )
    )
    // A state that cannot be looked into shows in what is learned of it: at the first step ∞ times
    // a state of 0.
    #expect(
      SequenceModel.of([Recurrence(Self.sealed(0x1p20))], head: [[1], [0]])
        .nonFiniteOrigin(in: dataset, at: [2])
        == NonFiniteOrigin(
          stage: .parameterGradient,
          value: .notANumber,
          parameter: .init(name: "layers.0.factor", indices: [0])
        )
    )
  }

  @Test func `a gradient that arrives at another part of the state is named by it`() {
    let dataset = SequenceDataset.blank(
      steps: 10,
      lengths: [10, 9, 10],
      (0..<9).map { (example: 1, step: $0, feature: 0, value: $0 == 0 ? 1 : 1 - 0x1p20) }
    )
    var origin = Self.origin(
      .stateGradient("memory"),
      .negativeInfinity,
      of: RememberingCell(),
      step: 1,
      steps: 9,
      example: 1
    )
    origin.layer?.name = "Remembering"
    #expect(
      SequenceModel.of([CellLayer(RememberingCell())], head: [[1], [0]])
        .nonFiniteOrigin(in: dataset, at: [1]) == origin
    )
  }

  // The tape adds a part's losses in 32 bits, the fused engine in 64.
  @Test func `losses that overflow only together are the batch's`() throws {
    let dataset = SequenceDataset.blank(count: 8, steps: 1, labels: [Int](repeating: 1, count: 8))
    let custom = SequenceModel.of([Recurrence(Self.open(1))], bias: [1e38, -1e38])
    let builtIn = SequenceModel.of([RNN.relu(input: [[1]], recurrent: [1])], bias: [1e38, -1e38])
    #expect(
      custom.nonFiniteOrigin(in: dataset, at: 0..<8)
        == NonFiniteOrigin(stage: .loss, value: .infinity)
    )
    #expect(builtIn.nonFiniteOrigin(in: dataset, at: 0..<8) == nil)
    let optimizer = GradientDescent(learningRate: 0.1)
    #expect(throws: TrainingError.self) {
      try Trainer(custom, optimizer: optimizer).trainBatch(on: dataset, at: 0..<8)
    }
    try Trainer(builtIn, optimizer: optimizer).trainBatch(on: dataset, at: 0..<8)
  }
}
