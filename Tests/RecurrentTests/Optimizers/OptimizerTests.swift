import Recurrent
import RecurrentTestSupport
import Testing

/// What holds for every optimizer.
struct OptimizerTests {
  /// An optimizer, and the same in plain loops.
  ///
  /// Where a rounded constant would matter, both have the same one.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let optimizer: any Optimizer
    let plain: PlainOptimizer
  }

  private static func descent(
    _ name: String,
    momentum: Float = 0,
    dampening: Float = 0,
    isNesterov: Bool = false,
    decay: Float = 0
  ) -> Case {
    Case(
      testDescription: name,
      optimizer: GradientDescent(
        learningRate: 0.1,
        momentum: momentum,
        dampening: dampening,
        isNesterov: isNesterov,
        weightDecay: WeightDecay(decay)
      ),
      plain: .descent(
        momentum: Double(momentum),
        dampening: Double(dampening),
        isNesterov: isNesterov,
        decay: Double(decay)
      )
    )
  }

  private static func rmsprop(
    _ name: String,
    momentum: Float = 0,
    isCentred: Bool = false,
    isInside: Bool = false,
    start: Float = 0,
    decay: Float = 0
  ) -> Case {
    Case(
      testDescription: name,
      optimizer: RMSprop(
        learningRate: 0.01,
        decay: 0.9,
        epsilon: 1e-3,
        momentum: momentum,
        isCentred: isCentred,
        weightDecay: WeightDecay(decay),
        addsEpsilonInsideRoot: isInside,
        initialSquare: start
      ),
      plain: .rmsprop(
        keep: 0.9,
        epsilon: 1e-3,
        momentum: Double(momentum),
        isCentred: isCentred,
        isInside: isInside,
        start: Double(start),
        decay: Double(decay)
      )
    )
  }

  private static func adam(
    _ name: String,
    beta1: Float = 0.9,
    beta2: Float = 0.999,
    epsilon: Float = 1e-8,
    decay: Float = 0,
    isDecoupled: Bool = false,
    isAMSGrad: Bool = false,
    isBefore: Bool = false
  ) -> Case {
    let optimizer: any Optimizer =
      isDecoupled
      ? AdamW(
        learningRate: 0.01,
        beta1: beta1,
        beta2: beta2,
        epsilon: epsilon,
        weightDecay: WeightDecay(decay),
        isAMSGrad: isAMSGrad,
        addsEpsilonBeforeCorrection: isBefore
      )
      : Adam(
        learningRate: 0.01,
        beta1: beta1,
        beta2: beta2,
        epsilon: epsilon,
        weightDecay: WeightDecay(decay),
        isAMSGrad: isAMSGrad,
        addsEpsilonBeforeCorrection: isBefore
      )
    return Case(
      testDescription: name,
      optimizer: optimizer,
      plain: .adam(
        beta1: Double(beta1),
        beta2: Double(beta2),
        epsilon: Double(epsilon),
        decay: Double(decay),
        isDecoupled: isDecoupled,
        isAMSGrad: isAMSGrad,
        isBefore: isBefore
      )
    )
  }

  static let cases = [
    descent("descent"),
    descent("descent with decay", decay: 0.125),
    descent("momentum", momentum: 0.9),
    descent("momentum with dampening", momentum: 0.9, dampening: 0.25),
    descent("Nesterov with decay", momentum: 0.9, isNesterov: true, decay: 0.125),
    rmsprop("RMSprop"),
    rmsprop("RMSprop with everything", momentum: 0.5, isCentred: true, decay: 0.125),
    rmsprop("RMSprop of TensorFlow", momentum: 0.5, isInside: true, start: 1),
    Case(
      testDescription: "Adagrad",
      optimizer: Adagrad(learningRate: 0.1, epsilon: 1e-3, weightDecay: 0.125, initialSum: 0.5),
      plain: .adagrad(epsilon: 1e-3, start: 0.5, decay: 0.125)
    ),
    adam("Adam"),
    adam("Adam with decay", beta1: 0.8, beta2: 0.95, epsilon: 1e-3, decay: 0.125),
    adam("Adam of TensorFlow", epsilon: 1e-3, isBefore: true),
    adam("AMSGrad", beta2: 0.5, isAMSGrad: true),
    adam("AdamW", decay: 0.5, isDecoupled: true),
    adam("AdamW with everything", decay: 0.5, isDecoupled: true, isAMSGrad: true, isBefore: true),
    Case(
      testDescription: "Lion",
      optimizer: Lion(learningRate: 0.01, beta1: 0.75, beta2: 0.875, weightDecay: 0.5),
      plain: .lion(beta1: 0.75, beta2: 0.875, decay: 0.5)
    ),
  ]

  private static let shapes: [Shape] = [[5, 7], [3], []]

  private static func gradient(_ numbers: inout SeededNumbers) -> Gradient {
    Gradient(names: ["a", "b", "c"], tensors: shapes.map { numbers.tensor($0, in: -2...2) })
  }

  // Twenty steps, each rounding the weights by 6e-8 of their size.
  @Test(arguments: cases)
  func `twenty steps follow the equations, with a changing rate`(testCase: Case) {
    var numbers = SeededNumbers(60)
    var parameters = Self.shapes.map { numbers.tensor($0) }
    var want = parameters.map { $0.elements.map(Double.init) }
    var memories = want.map { $0.map { _ in testCase.plain.start } }
    var optimizer = testCase.optimizer
    let rate = optimizer.learningRate
    for step in 1...20 {
      optimizer.learningRate = step <= 10 ? rate : rate / 4
      let gradient = Self.gradient(&numbers)
      optimizer.update(&parameters, with: gradient)
      for (array, tensor) in gradient.tensors.enumerated() {
        for (n, g) in tensor.elements.enumerated() {
          want[array][n] = testCase.plain.step(
            want[array][n],
            Double(g),
            rate: Double(optimizer.learningRate),
            t: step,
            &memories[array][n]
          )
        }
      }
      for (got, want) in zip(parameters, want) {
        #expect(mismatch(got.elements, want, tolerance: 3e-6) == nil, "after step \(step)")
      }
    }
    #expect(optimizer.state.step == 20)
  }

  @Test(arguments: cases)
  func `a state that is put back goes on with the same bits`(testCase: Case) {
    var numbers = SeededNumbers(61)
    var parameters = Self.shapes.map { numbers.tensor($0) }
    var optimizer = testCase.optimizer
    for _ in 1...3 { optimizer.update(&parameters, with: Self.gradient(&numbers)) }
    var (again, restored) = (parameters, testCase.optimizer)
    restored.state = OptimizerState(
      step: optimizer.state.step,
      entries: optimizer.state.entries.map { .init(name: $0.name, value: $0.value) }
    )
    let names = optimizer.state.entries.map(\.name)
    #expect(names.count % 3 == 0 && Set(names).count == names.count)
    for (name, parameter) in zip(names, ["a/", "b/", "c/"]) { #expect(name.hasPrefix(parameter)) }
    for _ in 1...3 {
      let gradient = Self.gradient(&numbers)
      optimizer.update(&parameters, with: gradient)
      restored.update(&again, with: gradient)
    }
    #expect(parameters == again)
    #expect(optimizer.state == restored.state)
  }

  @Test(arguments: cases)
  func `copies of an optimizer go their own ways`(testCase: Case) {
    var numbers = SeededNumbers(62)
    let gradients = (0..<4).map { _ in Self.gradient(&numbers) }
    let start = Self.shapes.map { numbers.tensor($0) }
    var (optimizer, parameters) = (testCase.optimizer, start)
    optimizer.update(&parameters, with: gradients[0])
    var (copy, copied) = (optimizer, parameters)
    optimizer.update(&parameters, with: gradients[1])
    copy.update(&copied, with: gradients[2])
    copy.update(&copied, with: gradients[3])
    var (fresh, expected) = (testCase.optimizer, start)
    fresh.update(&expected, with: gradients[0])
    fresh.update(&expected, with: gradients[1])
    #expect(expected == parameters)
  }

  @Test func `biases are pulled or not, as asked`() {
    for (decay, bias) in [(WeightDecay(0.5), 0.5), (WeightDecay(0.5, includesBiases: false), 1)]
      as [(WeightDecay, Float)]
    {
      let optimizers: [any Optimizer] = [
        GradientDescent(learningRate: 1, weightDecay: decay),
        AdamW(learningRate: 1, weightDecay: decay),
        Lion(learningRate: 1, weightDecay: decay),
      ]
      for var optimizer in optimizers {
        var layer = Dense(weight: Tensor([1], shape: [1, 1]), bias: Tensor([1]))
        let zeros = Gradient(names: ["weight", "bias"], tensors: [.zeros([1, 1]), .zeros([1])])
        optimizer.update(&layer, with: zeros)
        #expect(layer.weight == Tensor([0.5], shape: [1, 1]))
        #expect(layer.bias == Tensor([bias]))
      }
    }
  }

  @Test func `the state of another model traps`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var optimizer = Adam()
      var parameter = Tensor([1, 2])
      optimizer.state = OptimizerState(
        step: 1,
        entries: ["m", "v"].map { .init(name: $0, value: .zeros([3])) }
      )
      optimizer.update(&parameter, with: Gradient(names: ["value"], tensors: [.zeros([2])]))
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("Adam has a state that does not fit parameter 'value' of shape [2]")
    )
  }
}
