import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// The classic notebook's training at its own setting, epoch by epoch, against TensorFlow 1.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct NotebookCurveGoldenTests {
  static let curves = Golden.all(kind: "A: notebook at its own setting")

  /// All epochs where the loops are optimised; without, the first alone takes as long.
  private func epochs(of golden: Golden) throws -> Int {
    let all = try golden.integer("sizes", "epochs")
    #if DEBUG
    let isOptimised = ProcessInfo.processInfo.environment["RECURRENT_OPTIMISED_LOOPS"] != nil
    return isOptimised ? all : min(1, all)
    #else
    return all
    #endif
  }

  /// The columns of a curve by name, one number for each epoch.
  private func columns(of golden: Golden) throws -> [String: [Double]] {
    let text = try String(contentsOfFile: "\(golden.folder)/\(golden.name).csv", encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    let names = try #require(rows.first)
    return try Dictionary(
      uniqueKeysWithValues: names.enumerated().map { index, name in
        try (String(name), rows.dropFirst().map { try #require(Double($0[index])) })
      }
    )
  }

  /// The graph's golden beside a curve, whose starting values the curve shares.
  private func start(of golden: Golden) throws -> Golden {
    try #require(Golden.all(kind: "A: notebook graph").first { $0.folder == golden.folder })
  }

  @Test(arguments: curves)
  func `the curve of many epochs agrees`(golden: Golden) throws {
    let start = try start(of: golden)
    let forgetBias = try Float(golden.double("sizes", "forget_bias"))
    let weights = try RecurrentWeights(
      tensorFlowKernel: start.file.tensor(named: "init/kernel"),
      bias: start.file.tensor(named: "init/bias"),
      forgetBias: forgetBias
    )
    let trainer = try Trainer(
      SequenceModel(
        layers: [LSTM(weights)],
        head: Dense(
          weight: start.file.tensor(named: "init/W_out").transposed(),
          bias: start.file.tensor(named: "init/b_out")
        )
      ),
      optimizer: GradientDescent(learningRate: Float(golden.double("lr"))),
      options: TrainingOptions(batchSize: golden.integer("sizes", "B"))
    )
    let training = try TestImages.training.cut(as: golden)
    let others = try [
      ("train", "train_acc_full", training.slice(5_000..<training.count)),
      ("validation", "val_acc", training.slice(0..<5_000)),
      ("test", "test_acc", TestImages.test.cut(as: golden)),
    ]
    let columns = try columns(of: golden)
    let order = try golden.integers(named: "batch_stream")
    let perEpoch = try golden.integer("sizes", "steps_per_epoch") * golden.integer("sizes", "B")
    let costBound = try golden.double("tolerance", "same weights and order: avg_cost abs")
    let accuracyBound = try golden.double(
      "tolerance",
      "batch-mean, full, val and test accuracies abs"
    )
    let epochs = try epochs(of: golden)
    for epoch in 0..<epochs {
      let report = try trainer.trainEpoch(
        on: training,
        order: Array(order[epoch * perEpoch..<(epoch + 1) * perEpoch])
      )
      func wanted(_ column: String) throws -> Double { try #require(columns[column])[epoch] }
      let cost = try wanted("avg_cost")
      #expect(abs(report.averageCost - cost) <= costBound, "cost of epoch \(epoch + 1)")
      let accuracy = try wanted("train_acc_batch_mean")
      #expect(abs(report.accuracy - accuracy) <= accuracyBound, "accuracy of epoch \(epoch + 1)")
      for (name, column, images) in others where column != "train_acc_full" || epoch == epochs - 1 {
        let accuracy = trainer.model.evaluate(on: images).accuracy
        let wanted = try wanted(column)
        #expect(abs(accuracy - wanted) <= accuracyBound, "\(name) after epoch \(epoch + 1)")
      }
    }
    guard try epochs == golden.integer("sizes", "epochs") else { return }
    let layer = try #require(trainer.model.layers[0] as? LSTM)
    let (kernel, bias) = layer.weights.tensorFlowKernel(forgetBias: forgetBias)
    let weightBound = try golden.double("tolerance", "final weights abs")
    for (name, tensor) in [
      "kernel": kernel, "bias": bias, "W_out": trainer.model.head.weight.transposed(),
      "b_out": trainer.model.head.bias,
    ] {
      let want = try golden.file.tensor(named: "final/\(name)").elements
      #expect(Double(largestDistance(tensor.elements, want)) <= weightBound, "\(name)")
    }
  }
}
