import Recurrent
import RecurrentTestSupport
import Testing

/// Twenty steps of PyTorch's optimizers on a small LSTM classifier.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct OptimizerGoldenTests {
  /// A run whose optimizer the library has: plain gradient descent or Adam, perhaps clipped by the
  /// norm; no momentum, decay, schedule or clipping by value.
  struct Run: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let optimizer: any Optimizer
    let clipNorm: Float?
    let isClassifier: Bool
    var testDescription: String { golden.name }

    init?(_ golden: Golden) {
      guard let options = golden.value("options") as? [String: Any],
        Set(options.keys).isSubset(of: ["opt", "lr", "betas", "eps", "clip_grad_norm", "loss"]),
        let rate = options["lr"] as? Double
      else { return nil }
      switch options["opt"] as? String {
      case "SGD": optimizer = GradientDescent(learningRate: Float(rate))
      case "Adam":
        guard let betas = options["betas"] as? [Double], let epsilon = options["eps"] as? Double
        else { return nil }
        optimizer = Adam(
          learningRate: Float(rate),
          beta1: Float(betas[0]),
          beta2: Float(betas[1]),
          epsilon: Float(epsilon)
        )
      default: return nil
      }
      self.golden = golden
      clipNorm = (options["clip_grad_norm"] as? Double).map { Float($0) }
      isClassifier = options["loss"] == nil
    }

    static let all = Golden.all(kind: "C: 20 optimizer steps").compactMap(Run.init)

    /// The model at the start.
    func model() throws -> TwoBiasModel {
      TwoBiasModel(
        parameters: try TwoBiasModel.names.map { try golden.file.tensor(named: "init/\($0)") }
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
  struct TwoBiasModel: SequenceClassifier {
    static let names = [
      "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "fc.weight",
      "fc.bias",
    ]
    private var tensors: [Tensor]

    init(parameters: [Tensor]) { tensors = parameters }

    func callAsFunction(_ input: Tensor) -> Tensor {
      let layer = LSTM(
        RecurrentWeights(input: tensors[0], recurrent: tensors[1], bias: tensors[2] + tensors[3])
      )
      let outputs = layer.outputs(input)
      let head = Dense(weight: tensors[4], bias: tensors[5])
      return head(outputs.slice(at: input.shape[1] - 1, along: 1))
    }

    mutating func visitParameters(
      _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
    ) rethrows {
      for (index, name) in Self.names.enumerated() { try visit(name, &tensors[index]) }
    }
  }

  @Test func `there are runs of both optimizers, clipped and not`() {
    #expect(Run.all.contains { $0.optimizer is Adam })
    #expect(Run.all.contains { $0.optimizer is GradientDescent && $0.clipNorm == nil })
    #expect(Run.all.contains { $0.optimizer is GradientDescent && $0.clipNorm != nil })
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
      optimizer.update(&model, with: gradient)
      try run.check(model, afterStep: step + 1)
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
    let trainer = Trainer(
      try run.model(),
      optimizer: run.optimizer,
      options: TrainingOptions(batchSize: batch, threads: 2, clipNorm: run.clipNorm)
    )
    for step in 0..<inputs.shape[0] {
      let loss = try trainer.trainBatch(
        on: dataset,
        at: step * batch..<(step + 1) * batch
      )
      #expect(abs(loss - Double(losses[step])) <= lossBound, "loss of step \(step + 1)")
      try run.check(trainer.model, afterStep: step + 1)
    }
  }
}
