import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// The classic notebook's graph, number for number, against TensorFlow 1's BasicLSTMCell.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct NotebookGoldenTests {
  static let goldens = Golden.all(kind: "A: notebook graph")

  /// From TensorFlow's kernel [I + H, 4 H] in the order i, j, f, o, with its forget bias.
  private func model(_ golden: Golden, _ prefix: String) throws -> SequenceModel {
    let weights = try RecurrentWeights(
      tensorFlowKernel: golden.file.tensor(named: "\(prefix)kernel"),
      bias: golden.file.tensor(named: "\(prefix)bias"),
      forgetBias: Float(golden.double("sizes", "forget_bias"))
    )
    return try SequenceModel(
      layers: [LSTM(weights)],
      head: Dense(
        weight: golden.file.tensor(named: "\(prefix)W_out").transposed(),
        bias: golden.file.tensor(named: "\(prefix)b_out")
      )
    )
  }

  @Test(arguments: goldens)
  func `outputs, states and logits of the first batch agree`(golden: Golden) throws {
    let tolerance = try Float(golden.double("tolerance", "batch0 outputs/states/logits", "abs"))
    let model = try model(golden, "init/")
    let layer = try #require(model.layers[0] as? LSTM)
    let input = try golden.file.tensor(named: "batch0/x")
    let (output, state) = layer(input)
    func check(_ name: String, _ got: Tensor) throws {
      let want = try golden.file.tensor(named: "batch0/\(name)")
      #expect(got.shape == want.shape)
      #expect(largestDistance(got.elements, want.elements) <= tolerance, "\(name)")
    }
    let steps = (0..<input.shape[1]).map { output.slice(at: $0, along: 1) }
    try check("outputs_TBH", .stacked(steps, along: 0))
    try check("state_h", state.hidden)
    try check("state_c", state.cell)
    try check("logits", model(input))
  }

  @Test(arguments: goldens)
  func `every gradient of the first batch agrees`(golden: Golden) throws {
    let absolute = try Float(golden.double("tolerance", "batch0 grads", "abs"))
    let relative = try Float(golden.double("tolerance", "batch0 grads", "rel_to_max"))
    let labels = try golden.integers(named: "batch0/labels")
    let input = try golden.file.tensor(named: "batch0/x")
    let (loss, gradient) = try valueWithGradient(at: model(golden, "init/")) {
      softmaxCrossEntropy(logits: $0(input), labels: labels)
    }
    let wanted = try golden.file.tensor(named: "batch0/loss").scalar
    #expect(abs(loss.scalar - wanted) <= 1e-5)
    let lstm = try RecurrentWeights(
      input: #require(gradient["lstm.weight_ih_l0"]),
      recurrent: #require(gradient["lstm.weight_hh_l0"]),
      bias: #require(gradient["lstm.bias_ih_l0"])
    )
    let (kernel, bias) = lstm.tensorFlowKernel(forgetBias: 0)
    let got = try [
      "kernel": kernel, "bias": bias,
      "W_out": #require(gradient["head.weight"]).transposed(),
      "b_out": #require(gradient["head.bias"]),
    ]
    for (name, tensor) in got {
      let want = try golden.file.tensor(named: "batch0/grad/\(name)").elements
      let bound = max(absolute, relative * largestMagnitude(want))
      #expect(largestDistance(tensor.elements, want) <= bound, "\(name)")
    }
  }

  /// Every golden with each of the runs its manifest describes.
  static let runs: [(golden: Golden, run: String)] = goldens.flatMap { golden in
    ((golden.value("runs") as? [String: Any])?.keys.sorted() ?? []).map { (golden, $0) }
  }

  @Test(arguments: runs)
  func `losses and weights agree along a whole epoch`(golden: Golden, run: String) throws {
    let images = try TestImages.training.cut(as: golden)
    let steps = try golden.integer("sizes", "steps")
    let batch = try golden.integer("sizes", "B")
    let order = try golden.integers(named: "batch_indices")
    let losses = try golden.file.tensor(named: "\(run)/loss").elements
    let lossBounds = try bounds(golden, "loss \(run)")
    let weightBounds = try bounds(golden, "weights \(run)")
    let forgetBias = try Float(golden.double("sizes", "forget_bias"))
    let trainer = try Trainer(
      model(golden, "init/"),
      optimizer: GradientDescent(learningRate: Float(golden.double("runs", run, "lr")))
    )
    for step in 1...steps {
      let loss = try trainer.trainBatch(
        on: images,
        at: order[(step - 1) * batch..<step * batch]
      )
      let bound = try #require(lossBounds.first { step <= $0.step }).bound
      let distance = abs(loss - Double(losses[step - 1]))
      #expect(distance <= bound, "loss of step \(step)")
      guard let bound = weightBounds.first(where: { step == $0.step })?.bound else { continue }
      let layer = try #require(trainer.model.layers[0] as? LSTM)
      let (kernel, bias) = layer.weights.tensorFlowKernel(forgetBias: forgetBias)
      let got = [
        "kernel": kernel, "bias": bias, "W_out": trainer.model.head.weight.transposed(),
        "b_out": trainer.model.head.bias,
      ]
      for (name, tensor) in got {
        let want = try golden.file.tensor(named: "\(run)/after_\(step)/\(name)").elements
        #expect(
          Double(largestDistance(tensor.elements, want)) <= bound,
          "\(name) after step \(step)"
        )
      }
    }
    let bound = try golden.double("tolerance", "epoch-end accuracies", "abs")
    for (part, examples) in try [
      ("val", images.slice(0..<5_000)), ("test", TestImages.test.cut(as: golden)),
    ] {
      let accuracy = trainer.model.evaluate(on: examples).accuracy
      let wanted = try golden.double("runs", run, "\(part)_accuracy")
      #expect(abs(accuracy - wanted) <= bound, "\(part) accuracy")
    }
  }

  /// A manifest's list of bounds, such as "steps 1..10" or "after 10", by the last step.
  private func bounds(
    _ golden: Golden,
    _ key: String
  ) throws -> [(step: Int, bound: Double)] {
    let list = try #require(golden.value("tolerance", key) as? [String: Double])
    return try list.map { name, bound in
      let digits = String(name.reversed().prefix { $0.isNumber }.reversed())
      return (try #require(Int(digits)), bound)
    }.sorted { $0.step < $1.step }
  }
}
