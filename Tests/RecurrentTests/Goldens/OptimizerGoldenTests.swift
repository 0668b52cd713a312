import Recurrent
import RecurrentTestSupport
import Testing

/// Twenty steps of PyTorch's optimizers on a small LSTM classifier.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct OptimizerGoldenTests {
  /// A run with the options of its manifest.
  struct Run: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let optimizer: any Optimizer
    let clipNorm: Float?
    let clipValue: Float?
    let isClassifier: Bool
    /// Each step's learning rate, and β₁ or momentum where it changes.
    let rates: [Float]
    let momenta: [Float]?
    var testDescription: String { golden.name }

    init?(_ golden: Golden) {
      guard let options = GoldenOptions(golden.value("options")),
        let rates = golden.value("per_step", "lr") as? [Double]
      else { return nil }
      self.golden = golden
      optimizer = options.optimizer
      clipNorm = options.number("clip_grad_norm")
      clipValue = options.number("clip_grad_value")
      isClassifier = options.text("loss") == nil
      self.rates = rates.map { Float($0) }
      // Where they change, a text stands in the place of the numbers.
      let changing = ["betas": "beta1", "momentum": "momentum"]
        .first { options.text($0.key) != nil }
      momenta = changing.flatMap { golden.value("per_step", $0.value) as? [Double] }?
        .map { Float($0) }
    }

    /// A schedule that repeats what the manifest says of every step.
    struct Recorded: Schedule {
      let factors: [Float]
      let momenta: [Float]?

      func factor(step: Int, of steps: Int) -> Float { factors[step] }
      func momentum(step: Int, of steps: Int) -> Float? { momenta?[step] }
    }

    static let all = Golden.all(kind: "C: 20 optimizer steps").compactMap(Run.init)

    /// The model at the start.
    func model(isUnrolled: Bool? = nil) throws -> TwoBiasModel {
      TwoBiasModel(
        parameters: try TwoBiasModel.names.map { try golden.file.tensor(named: "init/\($0)") },
        isUnrolled: isUnrolled ?? (optimizer is RMSprop)
      )
    }

    /// PyTorch's gradient of the first step, before it is clipped.
    func firstGradient() throws -> Gradient {
      Gradient(
        names: TwoBiasModel.names,
        tensors: try TwoBiasModel.names.map {
          try golden.file.tensor(named: "grad_step_1/\($0)")
        }
      )
    }

    /// Compares a model after some steps with what the manifest has of them, if it has.
    func check(_ model: TwoBiasModel, afterStep step: Int) throws {
      guard golden.value("tolerance", "weights_abs_after", "\(step)") != nil else { return }
      let bound = try Float(golden.double("tolerance", "weights_abs_after", "\(step)"))
      for (name, got) in model.parameters {
        let want = try golden.file.tensor(named: "after_\(step)/\(name)").elements
        #expect(largestDistance(got.elements, want) <= bound, "\(name) after step \(step)")
      }
    }
  }

  /// An LSTM with PyTorch's two biases, which each take a step of their own, and a linear layer.
  ///
  /// RMSprop's first step divides each gradient by its own size, so that of one of 1.4 · 10⁻⁶ among
  /// others of 10⁻² an error of 1.4 · 10⁻⁹ makes the weight 3.4 · 10⁻⁶ wrong. The fused layer is as
  /// far off there, most of it from the last places of its sigmoids, the unrolled cell a third of
  /// it: its sums, in another order, round to other numbers. Over all gradients the two are about as
  /// good as each other, and a test of their own compares both with the truth.
  struct TwoBiasModel: SequenceClassifier {
    static let names = [
      "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "fc.weight",
      "fc.bias",
    ]
    private var tensors: [Tensor]
    private let isUnrolled: Bool

    init(parameters: [Tensor], isUnrolled: Bool) {
      tensors = parameters
      self.isUnrolled = isUnrolled
    }

    func callAsFunction(_ input: Tensor) -> Tensor {
      let weights = RecurrentWeights(
        input: tensors[0],
        recurrent: tensors[1],
        bias: tensors[2] + tensors[3]
      )
      let outputs =
        isUnrolled
        ? Recurrence(LSTMCell(weights))(input).output : LSTM(weights).outputs(input)
      let head = Dense(weight: tensors[4], bias: tensors[5])
      return head(outputs.slice(at: input.shape[1] - 1, along: 1))
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      for (index, name) in Self.names.enumerated() { try visit(name, &tensors[index]) }
    }
  }

  @Test func `there are runs of all kinds`() {
    #expect(Run.all.contains { $0.optimizer is Adam })
    #expect(Run.all.contains { $0.optimizer is AdamW && $0.momenta != nil })
    #expect(Run.all.contains { $0.optimizer is RMSprop })
    #expect(Run.all.contains { $0.optimizer is GradientDescent && $0.clipNorm != nil })
    #expect(Run.all.contains { $0.optimizer is GradientDescent && $0.clipValue != nil })
    #expect(Run.all.contains { Set($0.rates).count > 1 })
  }

  @Test(arguments: Run.all)
  func `losses, norms and weights agree along the run`(run: Run) throws {
    let golden = run.golden
    var (model, optimizer) = (try run.model(), run.optimizer)
    let inputs = try golden.file.tensor(named: "x")
    let losses = try golden.file.tensor(named: "loss").elements
    let norms = try golden.file.tensor(named: "grad_norm").elements
    let lossBound = try Float(golden.double("tolerance", "loss_abs"))
    let batch = try golden.integer("sizes", "B")
    for step in 0..<inputs.shape[0] {
      let x = inputs.slice(at: step, along: 0)
      var (loss, gradient) = try valueWithGradient(at: model) { model in
        if run.isClassifier {
          let labels = try golden.integers(named: "y")[step * batch..<(step + 1) * batch]
          return softmaxCrossEntropy(logits: model(x), labels: Array(labels))
        }
        return meanSquaredError(
          model(x),
          try golden.file.tensor(named: "y").slice(at: step, along: 0)
        )
      }
      #expect(abs(loss.scalar - losses[step]) <= lossBound, "loss of step \(step + 1)")
      // The manifest bounds no norms; as they come from the same weights, the loss's bound is fair.
      #expect(abs(Float(gradient.norm) - norms[step]) <= lossBound, "norm of step \(step + 1)")
      if let bound = run.clipNorm { gradient.clip(toNorm: bound) }
      if let bound = run.clipValue { gradient.clip(toValue: bound) }
      optimizer.learningRate = run.rates[step]
      if let momentum = run.momenta?[step] { optimizer.momentum = momentum }
      optimizer.update(&model, with: gradient)
      try run.check(model, afterStep: step + 1)
    }
    try check(optimizer.state, of: run)
  }

  // No sum is in the way: what is left are a few roundings of weights below 1/2 to 3 · 10⁻⁸.
  @Test(arguments: Run.all)
  func `the first step from PyTorch's own gradient agrees closely`(run: Run) throws {
    var (model, optimizer) = (try run.model(), run.optimizer)
    var gradient = try run.firstGradient()
    if let bound = run.clipNorm { gradient.clip(toNorm: bound) }
    if let bound = run.clipValue { gradient.clip(toValue: bound) }
    optimizer.learningRate = run.rates[0]
    if let momentum = run.momenta?[0] { optimizer.momentum = momentum }
    optimizer.update(&model, with: gradient)
    for (name, got) in model.parameters {
      let want = try run.golden.file.tensor(named: "after_1/\(name)").elements
      #expect(largestDistance(got.elements, want) <= 6e-8, "\(name)")
    }
  }

  // The truth comes from central differences in double precision, good to 10⁻¹⁰. The bound is what
  // PyTorch's own gradient, whose largest number is 0.12, needs: it is up to 2.0 · 10⁻⁸ off. The
  // runs begin alike, so one is enough.
  @Test(
    arguments: Run.all.filter { $0.optimizer is RMSprop }.prefix(1),
    ["fused", "unrolled", "PyTorch"]
  )
  func `the first gradient is as near to the truth as PyTorch's`(
    run: Run,
    origin: String
  ) throws {
    let golden = run.golden
    let (steps, batch) = (try golden.integer("sizes", "T"), try golden.integer("sizes", "B"))
    let x = try golden.file.tensor(named: "x").slice(at: 0, along: 0)
    let labels = Array(try golden.integers(named: "y").prefix(batch))
    let model = try run.model(isUnrolled: origin == "unrolled")
    let gradient =
      origin == "PyTorch"
      ? try run.firstGradient()
      : valueWithGradient(at: model) {
        softmaxCrossEntropy(logits: $0(x), labels: labels)
      }.gradient
    let features = x.shape[2]
    let sequences = Reference.sequences(
      x.elements.map(Double.init),
      steps: steps,
      features: features
    )
    let hidden = try golden.integer("sizes", "H")
    let zeros = Reference.rows(Array(repeating: 0, count: batch * hidden), of: hidden)
    let problems = gradientMismatches(
      gradient.tensors.map(\.elements),
      names: TwoBiasModel.names,
      at: model.parameters.map(\.value.elements),
      tolerance: 1.8e-8
    ) { point in
      let weights = Reference.Weights(
        input: point[0],
        recurrent: point[1],
        bias: zip(point[2], point[3]).map { $0 + $1 },
        inputSize: features
      )
      let last = Reference.lstm(sequences, weights, hidden: zeros, cell: zeros).hidden
      let head = Reference.rows(point[4], of: hidden)
      return Reference.softmaxCrossEntropy(
        logits: Reference.dense(last, weight: head, bias: point[5]),
        labels: labels
      )
    }
    #expect(problems == [])
  }

  /// Compares what the optimizer remembers with PyTorch's buffers, under the same names.
  private func check(_ state: OptimizerState, of run: Run) throws {
    let file = run.golden.file
    let names = file.entries.keys.filter { $0.hasPrefix("state_20/") }
    #expect(Set(names) == Set(state.entries.map { "state_20/\($0.name)" }))
    #expect(state.step == 20)
    // The manifest bounds weights only; the buffers are sums of gradients that differ as little.
    let bound = try Float(run.golden.double("tolerance", "weights_abs_after", "20"))
    for entry in state.entries where names.contains("state_20/\(entry.name)") {
      let want = try file.tensor(named: "state_20/\(entry.name)").elements
      let allowed = bound * (1 + largestMagnitude(want))
      #expect(largestDistance(entry.value.elements, want) <= allowed, "\(entry.name)")
    }
  }

  @Test(arguments: Run.all.filter(\.isClassifier))
  func `the trainer takes the same steps`(run: Run) throws {
    let golden = run.golden
    let inputs = try golden.file.tensor(named: "x")
    let losses = try golden.file.tensor(named: "loss").elements
    let lossBound = try golden.double("tolerance", "loss_abs")
    let batch = try golden.integer("sizes", "B")
    let dataset = try SequenceDataset(
      elements: .floats(inputs.elements),
      labels: golden.integers(named: "y"),
      steps: inputs.shape[2],
      features: inputs.shape[3],
      classNames: (0..<golden.integer("sizes", "classes")).map(String.init)
    )
    // The trainer multiplies the optimizer's rate by the schedule's factor, so both are told.
    let largest = run.rates.reduce(0, max)
    var optimizer = run.optimizer
    optimizer.learningRate = largest
    let trainer = Trainer(
      try run.model(),
      optimizer: optimizer,
      options: TrainingOptions(
        batchSize: batch,
        threads: 2,
        clipNorm: run.clipNorm,
        clipValue: run.clipValue,
        schedule: Run.Recorded(factors: run.rates.map { $0 / largest }, momenta: run.momenta)
      )
    )
    var step = 0
    _ = try trainer.trainEpoch(on: dataset, order: Array(0..<dataset.count)) { report in
      step += 1
      #expect(abs(report.cost - Double(losses[step - 1])) <= lossBound, "loss of step \(step)")
      #expect(throws: Never.self) { try run.check(trainer.model, afterStep: step) }
    }
  }
}
