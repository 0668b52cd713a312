import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct StreamingModelTests {
  /// A layer's kind and the sizes of a stack of such layers.
  struct Stack: Sendable, CustomTestStringConvertible {
    enum Kind: String, CaseIterable { case lstm, tanh, relu }

    var kind: Kind
    var sizes: [Int]
    var features = 3
    var testDescription: String { "\(kind.rawValue) \(features) -> \(sizes)" }

    func layers() -> [any RecurrentLayer] {
      var stream = RandomStream(seed: 90, purpose: .testing)
      return zip([features] + sizes, sizes).map { input, hidden -> any RecurrentLayer in
        switch kind {
        case .lstm:
          LSTM(inputSize: input, hiddenSize: hidden, initialization: .torch, using: &stream)
        case .tanh, .relu:
          RNN(
            inputSize: input,
            hiddenSize: hidden,
            activation: kind == .relu ? .relu : .tanh,
            initialization: .torch,
            using: &stream
          )
        }
      }
    }

    func model(classes: Int = 10) -> SequenceModel {
      var stream = RandomStream(seed: 91, purpose: .testing)
      let head = Dense(
        inputSize: sizes[sizes.count - 1],
        outputSize: classes,
        initialization: .torch,
        using: &stream
      )
      return SequenceModel(layers: layers(), summary: .allOutputs, head: head)
    }
  }

  static let stacks =
    Stack.Kind.allCases.flatMap { kind in
      [1, 5, 16, 17, 37, 64, 128].map { Stack(kind: kind, sizes: [$0]) }
        + [[4, 5], [17, 1, 37], [16, 16]].map { Stack(kind: kind, sizes: $0, features: 1) }
    } + [Stack(kind: .lstm, sizes: [128], features: 28), Stack(kind: .tanh, sizes: [70, 66])]

  /// Those whose outputs move: a single rectified unit may be stuck at 0.
  static let movingStacks = stacks.filter { !($0.kind == .relu && $0.sizes.contains(1)) }

  private static func input(steps: Int, features: Int, seed: UInt64 = 92) -> Tensor {
    var numbers = SeededNumbers(seed)
    return numbers.tensor([1, steps, features], in: -1.5...1.5)
  }

  /// Every step's output, one after another, through spans.
  private static func outputs(
    _ model: StreamingModel,
    _ input: Tensor,
    state: inout StreamingModel.State
  ) -> [Float] {
    let elements = ContiguousArray(input.elements)
    var output = ContiguousArray<Float>(repeating: .nan, count: model.outputSize)
    var result: [Float] = []
    for step in 0..<input.shape[1] {
      let place = step * model.inputSize
      var target = output.mutableSpan
      model.step(
        elements.span.extracting(place..<place + model.inputSize),
        state: &state,
        output: &target
      )
      result += output
    }
    return result
  }

  @Test(arguments: stacks)
  func `steps give the bits of the layers on the whole sequence`(stack: Stack) throws {
    let layers = stack.layers()
    let input = Self.input(steps: 9, features: stack.features)
    let model = try StreamingModel(layers: layers)
    var state = model.makeState()
    let whole = layers.reduce(input) { $1.outputs($0) }
    #expect(model.inputSize == stack.features && model.outputSize == stack.sizes.last)
    #expect(haveSameBits(Self.outputs(model, input, state: &state), whole.elements))
  }

  @Test(arguments: stacks, [1, 10, 70])
  func `steps give the bits of the model on the whole sequence`(stack: Stack, classes: Int) throws {
    let sequenceModel = stack.model(classes: classes)
    let input = Self.input(steps: 6, features: stack.features)
    let model = try StreamingModel(sequenceModel)
    var state = model.makeState()
    let whole = sequenceModel(input)
    #expect(model.outputSize == classes)
    #expect(haveSameBits(Self.outputs(model, input, state: &state), whole.elements))
  }

  @Test(arguments: [1, 17, 64])
  func `a state carries on where a whole sequence ended`(hiddenSize: Int) throws {
    var stream = RandomStream(seed: 93, purpose: .testing)
    let layer = LSTM(inputSize: 3, hiddenSize: hiddenSize, using: &stream)
    let model = try StreamingModel(layers: [layer])
    let input = Self.input(steps: 8, features: 3)
    let first = layer(input.slice(0..<5, along: 1))
    let second = layer(input.slice(5..<8, along: 1), state: first.state)
    var state = model.makeState([
      StreamingModel.State.Layer(
        hidden: first.state.hidden.elements,
        cell: first.state.cell.elements
      )
    ])
    let streamed = Self.outputs(model, input.slice(5..<8, along: 1), state: &state)
    #expect(haveSameBits(streamed, second.output.elements))
    #expect(haveSameBits(state.layers[0].hidden, second.state.hidden.elements))
    #expect(haveSameBits(state.layers[0].cell ?? [], second.state.cell.elements))
  }

  // Infinite weights and signed zeros would show whether the product with a zero state is taken.
  @Test(arguments: Stack.Kind.allCases)
  func `the first step leaves out the products with a zero state, as layers do`(
    kind: Stack.Kind
  ) throws {
    var layer = Stack(kind: kind, sizes: [2], features: 1).layers()[0]
    layer.visitParameters { name, parameter in
      let number: Float = name.contains("hh") ? .infinity : name.contains("bias") ? -0.0 : 0.5
      parameter = Tensor(repeating: number, shape: parameter.shape)
    }
    let input = Tensor([-0.0, 1], shape: [1, 2, 1])
    let model = try StreamingModel(layers: [layer])
    let zero = [Float](repeating: 0, count: 2)
    let parts = StreamingModel.State.Layer(hidden: zero, cell: kind == .lstm ? zero : nil)
    for start in [model.makeState(), model.makeState([parts])] {
      var state = start
      let streamed = Self.outputs(model, input, state: &state)
      #expect(haveSameBits(streamed, layer.outputs(input).elements))
    }
  }

  @Test(arguments: movingStacks)
  func `a zero state of one's own is the state before the first step`(stack: Stack) throws {
    let model = try StreamingModel(stack.model())
    let zeros = stack.sizes.map { size in
      let zero = [Float](repeating: 0, count: size)
      return StreamingModel.State.Layer(hidden: zero, cell: stack.kind == .lstm ? zero : nil)
    }
    var (made, given) = (model.makeState(), model.makeState(zeros))
    #expect(made == given && made.layers == zeros)
    let input = Self.input(steps: 3, features: stack.features)
    let (a, b) = (
      Self.outputs(model, input, state: &made), Self.outputs(model, input, state: &given)
    )
    #expect(haveSameBits(a, b))
    #expect(made == given && made.layers != zeros)
  }

  @Test(arguments: movingStacks)
  func `a copy is a fork that neither side disturbs`(stack: Stack) throws {
    let model = try StreamingModel(stack.model())
    // Other inputs after the copy than before: a small RNN can come back to the same state.
    let past = Self.input(steps: 5, features: stack.features)
    let input = Self.input(steps: 5, features: stack.features, seed: 93)
    let other = Self.input(steps: 4, features: stack.features, seed: 94)
    var state = model.makeState()
    _ = Self.outputs(model, past, state: &state)
    let saved = state
    let layers = saved.layers
    let first = Self.outputs(model, input, state: &state)
    #expect(saved.layers == layers && saved != state)
    var fork = saved
    #expect(Self.outputs(model, other, state: &fork) != first)
    #expect(saved.layers == layers && fork != state)
    var again = saved
    #expect(haveSameBits(Self.outputs(model, input, state: &again), first))
    #expect(again == state)
  }

  @Test(arguments: stacks, [1, 2])
  func `a state written down and read back goes on with the same bits`(
    stack: Stack,
    steps: Int
  ) throws {
    let model = try StreamingModel(stack.model())
    let input = Self.input(steps: steps, features: stack.features)
    var state = model.makeState()
    _ = Self.outputs(model, input, state: &state)
    let text = try JSONEncoder().encode(state.layers)
    let layers = try JSONDecoder().decode([StreamingModel.State.Layer].self, from: text)
    var restored = try StreamingModel(stack.model()).makeState(layers)
    #expect(restored == state)
    let (a, b) = (
      Self.outputs(model, input, state: &state), Self.outputs(model, input, state: &restored)
    )
    #expect(haveSameBits(a, b))
  }

  @Test func `arrays and spans give the same bits`() throws {
    let model = try StreamingModel(Stack(kind: .lstm, sizes: [9, 4]).model())
    let input = Self.input(steps: 4, features: 3)
    var spans = model.makeState()
    let want = Self.outputs(model, input, state: &spans)
    var (returned, written) = (model.makeState(), model.makeState())
    var output = [Float](repeating: 0, count: 10)
    var results: (returned: [Float], written: [Float]) = ([], [])
    for step in 0..<4 {
      let numbers = Array(input.elements[3 * step..<3 * step + 3])
      results.returned += model.step(numbers, state: &returned)
      model.step(numbers, state: &written, output: &output)
      results.written += output
    }
    #expect(haveSameBits(results.returned, want) && haveSameBits(results.written, want))
    #expect(spans == returned && spans == written)
  }

  @Test func `training a model on does not change what is streamed`() throws {
    var sequenceModel = Stack(kind: .lstm, sizes: [5]).model()
    let model = try StreamingModel(sequenceModel)
    var (before, after) = (model.makeState(), model.makeState())
    let first = model.step([1, 2, 3], state: &before)
    sequenceModel.visitParameters { _, parameter in parameter = .zeros(parameter.shape) }
    #expect(model.step([1, 2, 3], state: &after) == first)
  }

  @Test func `tasks that share a model do not disturb one another`() async throws {
    let model = try StreamingModel(Stack(kind: .lstm, sizes: [17, 5]).model())
    var start = model.makeState()
    _ = model.step([0.5, -1, 0.25], state: &start)
    let inputs = (0..<4).map { Self.input(steps: 200, features: 3, seed: 95 + UInt64($0 % 2)) }
    let shared = start
    let results = await withTaskGroup { group in
      for (index, input) in inputs.enumerated() {
        group.addTask {
          var state = shared
          return (index, Self.outputs(model, input, state: &state))
        }
      }
      return await group.reduce(into: [Int: [Float]]()) { $0[$1.0] = $1.1 }
    }
    #expect(results[0] == results[2] && results[1] == results[3] && results[0] != results[1])
    #expect(shared == start)
  }
}
