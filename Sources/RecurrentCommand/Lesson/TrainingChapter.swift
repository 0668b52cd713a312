import Recurrent
import RecurrentData
import RecurrentReports

/// Chapter 5: the classic notebook's LSTM learns to read drawn digits.
enum TrainingChapter {
  static let trainingExamples = 4_000
  static let testExamples = 1_000
  static let epochs = 10
  static let learningRate: Float = 0.05
  static let seed: UInt64 = 1

  /// The notebook's settings, but for a shorter training in longer steps.
  static var recipe: Recipe {
    var recipe = Preset.notebook.recipe
    recipe.epochs = epochs
    recipe.learningRate = learningRate
    return recipe
  }

  /// What an epoch came to.
  private struct Epoch {
    let number: Int
    let cost: Double
    let accuracy: Double
    let testAccuracy: Double
  }

  static func tell(in book: inout LessonBook, threads: Int) throws {
    let training = DrawnDigits.dataset(count: trainingExamples, seed: seed, split: .training)
    let test = DrawnDigits.dataset(count: testExamples, seed: seed, split: .test)
    guard let model = recipe.model(for: training, seed: seed) else {
      throw CommandFailure("no model reads the drawn digits")
    }
    try book.say(
      """
      An image of 28 by 28 pixels is a sequence, too: 28 steps, from the top row to the bottom, of \
      28 numbers each. This is one of the digits, drawn by code so that no data are needed:
      """
    )
    try book.list("digit", picture(of: training, 3))
    try book.say(
      """
      The network is that of a classic notebook: an LSTM reads the rows, a head makes ten logits \
      of the last hidden state, one for each digit, and softmax cross-entropy says what an answer \
      costs. Plain gradient descent takes each weight w a little down the gradient that chapter 4 \
      computed, averaged over a batch of images:

          w ← w - r · ∂L/∂w          r: the learning rate

      An epoch goes through the training images once, in a new order, and leaves out what does \
      not fill a batch.
      """
    )
    try book.list("training-settings", settings(weights: model.parameterCount))
    try book.say(
      """
      The cost and the accuracy of an epoch are those of its batches as they were met, each before \
      its own change of the weights; "test" is the share of other images that are read rightly \
      after it:
      """
    )
    let trainer = recipe.trainer(of: model, seed: seed, threads: threads)
    var records: [Epoch] = []
    try book.list("training") { line in
      try line("epoch    cost  accuracy    test")
      for _ in 0..<epochs {
        let report = try trainer.trainEpoch(on: training)
        let accuracy = trainer.model.evaluate(on: test, threads: threads).accuracy
        let epoch = Epoch(
          number: report.epoch,
          cost: report.averageCost,
          accuracy: report.accuracy,
          testAccuracy: accuracy
        )
        records.append(epoch)
        try line(text(of: epoch))
      }
      let final = records.last?.testAccuracy ?? 0
      try line("")
      try line("Test accuracy: \(percent(final)) of \(testExamples) images")
    }
    try book.say(
      """
      Plain gradient descent with a constant learning rate takes a step too far now and then; the \
      test column shows it. The notebook itself takes much smaller steps, and many more of them. \
      To run it with all of its settings:

          recurrent train mnist --preset notebook

      Today's settings read drawn digits better than this in four epochs:

          recurrent train --epochs 4
      """
    )
    draw(records, in: &book)
  }

  private static func settings(weights: Int) -> [String] {
    alignedLines(
      [
        [
          "images", "\(trainingExamples) for training, \(testExamples) for the test, drawn by code",
        ],
        [
          "network",
          "LSTM of \(recipe.hiddenSize.text) units, a head for 10 classes: \(weights) weights",
        ],
        [
          "start",
          "TensorFlow 1's starting values, forget bias \(LessonNumbers.short(Double(recipe.forgetBias))), seed \(seed)",
        ],
        ["cost", "softmax cross-entropy, the mean over a batch of \(recipe.batchSize) images"],
        ["optimizer", "plain gradient descent, learning rate \(recipe.learningRate)"],
        ["length", "\(epochs) epochs of \(trainingExamples / recipe.batchSize) batches"],
        ["notebook", "learning rate 0.001, 1000 epochs of MNIST's handwritten digits"],
      ],
      textColumns: 2
    )
  }

  /// An image in signs.
  private static func picture(of dataset: SequenceDataset, _ index: Int) -> [String] {
    let image = SequenceDataset(
      elements: .floats(dataset.values(ofExample: index)),
      labels: [0],
      steps: dataset.steps,
      features: dataset.features,
      classNames: ["digit"]
    )
    return TerminalImage(image, usesGreys: false).text
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static func text(of epoch: Epoch) -> String {
    let columns = [
      (text: "\(epoch.number)", width: 5), (text: decimals(epoch.cost, 4), width: 8),
      (text: percent(epoch.accuracy), width: 10), (text: percent(epoch.testAccuracy), width: 8),
    ]
    return columns.map { column in
      String(repeating: " ", count: max(0, column.width - column.text.count)) + column.text
    }.joined()
  }

  private static func draw(_ records: [Epoch], in book: inout LessonBook) {
    func series(_ name: String, _ value: (Epoch) -> Double) -> LineChart.Series {
      LineChart.Series(
        name: name,
        points: records.map { LineChart.Point(x: Double($0.number), y: value($0)) }
      )
    }
    let cost = LineChart(
      title: "Average cost of an epoch",
      xLabel: "epoch",
      yLabel: "cost",
      series: [series("training", \.cost)]
    )
    let accuracy = LineChart(
      title: "Digits read rightly",
      xLabel: "epoch",
      yLabel: "accuracy",
      series: [series("training", \.accuracy), series("test", \.testAccuracy)],
      yRange: 0...1,
      valueStyle: .percent
    )
    book.draw("training-cost", cost.svg)
    book.draw("training-accuracy", accuracy.svg)
  }
}
