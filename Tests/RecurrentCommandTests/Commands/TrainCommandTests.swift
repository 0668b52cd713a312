import Recurrent
import RecurrentData
import Testing

@testable import RecurrentCommand

struct TrainCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  private let epochLine =
    /Epoch: (\d{4,}) cost=\d+\.\d{9} training=[01]\.\d{4} validation=[01]\.\d{4}/

  @Test func `drawn digits are learned, told line by line, and kept in a folder`() async throws {
    let run = try await workbench.succeed(
      "train digits --examples 200 --hidden 16 --epochs 2 --threads 2"
    )
    let lines = run.lines
    try #require(lines.count == 11)
    #expect(
      lines[0] == "Learning drawn digits: 200 examples to train, 2000 to validate, "
        + "2000 to test, each 28 steps of 28"
    )
    #expect(
      lines[1].hasPrefix(
        "LSTM with 16 hidden units, 3050 parameters; adam, learning rate 0.004, batch 128, "
          + "seed 1, 2 threads, "
      )
    )
    #expect(try lines[2...3].map { try epochLine.wholeMatch(in: $0)?.1 } == ["0001", "0002"])
    #expect(lines[4].wholeMatch(of: /Training took \d+ s, \d+\.\d\d s of it to save\./) != nil)
    #expect(
      lines[5].wholeMatch(of: /Test accuracy: \d+\.\d\d% of 2000 examples, cost \d+\.\d{4}/) != nil
    )
    #expect(
      lines[6].wholeMatch(of: /Worst confusions: (\d read as \d \(\d+\)(, )?){3}/) != nil
    )
    #expect(
      lines[7].wholeMatch(
        of: /Balanced accuracy \d+\.\d\d%, macro F1 \d+\.\d\d%, AUROC [01]\.\d{4}/
      ) != nil
    )
    #expect(
      lines[8].wholeMatch(of: /Baselines: \d+\.\d\d% by the most frequent class \(\d\).*/) != nil
    )
    #expect(lines[9].hasPrefix("With the rows of each image in random order: "))
    #expect(
      lines[10]
        == "Run folder: runs/digits-lstm-16 (open runs/digits-lstm-16/report.html in a browser)"
    )
    #expect(run.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })

    #expect(
      try workbench.names(in: "runs/digits-lstm-16") == [
        "accuracy.svg", "checkpoint", "confusion.svg", "cost.svg", "metrics.csv",
        "model.safetensors",
        "report.html", "run.json",
      ]
    )
    // The same words decide where the next run goes: the name gets a number.
    try await workbench.succeed("train digits --examples 5 --hidden 16 --epochs 1")
    #expect(try workbench.names(in: "runs") == ["digits-lstm-16", "digits-lstm-16-2"])

    // The digits are drawn again from the record, and their SHA-256 is compared with the run's.
    let evaluated = try await workbench.succeed("evaluate digits-lstm-16")
    #expect(
      evaluated.lines.first
        == lines[5].replacing("Test accuracy", with: "drawn digits test accuracy")
    )
    #expect(evaluated.lines.dropFirst() == lines[6...9])
  }

  @Test func `the record repeats what was asked for and what came of it`() async throws {
    try await workbench.trainSmall("one", options: "--seed 18446744073709551615 --threads 1")
    let record = try workbench.record(of: "one")
    #expect(record.version == Version.text)
    #expect(record.data.name == .mnist)
    #expect(record.data.folder?.hasSuffix("/bench/images") == true)
    #expect(record.dataFingerprint.wholeMatch(of: /[0-9a-f]{64}/) != nil)
    #expect(record.seed == .max)
    #expect(record.threads == 1)
    #expect(record.trainingCount == 270)
    #expect(record.validationCount == 30)
    #expect(record.testCount == 50)
    #expect(record.steps == 28)
    #expect(record.features == 28)
    #expect(record.classNames == (0...9).map(String.init))
    var recipe = Preset.standard.recipe
    (recipe.hiddenSize, recipe.epochs, recipe.batchSize) = (8, 2, 50)
    #expect(record.recipe == recipe)
    #expect(record.epochs.map(\.epoch) == [1, 2])
    #expect(record.test?.count == 50)
  }

  @Test func `the table has a head and a row for each epoch, as the record says`() async throws {
    try await workbench.trainSmall("one")
    let record = try workbench.record(of: "one")
    let rows = try workbench.text(of: "runs/one/metrics.csv").split(separator: "\n")
    #expect(
      rows.first == """
        epoch,cost,training_accuracy,validation_accuracy,validation_cost,seconds,examples_per_second,\
        gradient_norm,largest_gradient_norm,weight_norm,reading_seconds,passes_seconds,\
        summing_seconds,updating_seconds,validating_seconds,saving_seconds,other_seconds,\
        weight_norm_layer_0,weight_norm_head
        """
    )
    let numbers = try rows.dropFirst().map { row in
      try row.split(separator: ",").map { try #require(Double($0)) }
    }
    #expect(numbers.map(\.count) == [19, 19])
    #expect(numbers.map { $0[0] } == [1, 2])
    #expect(numbers.map { $0[1] } == record.epochs.map(\.cost))
    #expect(numbers.map { $0[3] } == record.epochs.map(\.validationAccuracy))
  }

  @Test func `the model can be read by the library`() async throws {
    try await workbench.trainSmall("one")
    let model = try workbench.model(of: "one")
    #expect(model.layers.first is LSTM)
    #expect(model.layers.map(\.outputSize) == [8])
    #expect(model.head.outputSize == 10)
    #expect(model.parameters.allSatisfy { $0.value.elements.allSatisfy(\.isFinite) })
  }

  @Test func `the report and the charts are whole`() async throws {
    try await workbench.trainSmall("one")
    let page = try workbench.text(of: "runs/one/report.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") || page.hasPrefix("<!doctype html>"))
    #expect(page.contains("LSTM on MNIST") && page.contains("</html>"))
    for name in ["cost", "accuracy", "confusion"] {
      let chart = try workbench.text(of: "runs/one/\(name).svg")
      #expect(chart.contains("<svg") && chart.hasSuffix("</svg>\n") || chart.hasSuffix("</svg>"))
    }
  }

  @Test func `bands at ten heights are told apart after a few epochs`() async throws {
    try SmallImages().write(to: "images", in: workbench)
    try await workbench.succeed(
      "train mnist --data images --hidden 24 --epochs 20 --batch 30 --learning-rate 0.01 --run a"
    )
    let record = try workbench.record(of: "a")
    // Chance is 0.1.
    #expect(try #require(record.test?.accuracy) > 0.8)
    #expect(record.epochs[19].cost < record.epochs[0].cost)
  }

  @Test(arguments: [
    ("--cell rnn", "RNN with 8 hidden units, 386 parameters; adam, learning rate 0.004"),
    ("--optimizer gradient-descent --learning-rate 0.5", "gradient-descent, learning rate 0.5"),
    ("--init torch --forget-bias -2", "LSTM with 8 hidden units, 1274 parameters"),
    ("--init keras --schedule constant --clip 0", "adam, learning rate 0.004"),
    ("--seed 7 --threads 1", "seed 7, 1 thread, "),
  ])
  func `an option changes the run and its description`(
    options: String,
    description: String
  ) async throws {
    try SmallImages(trainingCount: 40, testCount: 10).write(to: "images", in: workbench)
    let run = try await workbench.succeed(
      "train mnist --data images --hidden 8 --epochs 1 --run a \(options)"
    )
    #expect(try #require(run.lines.dropFirst().first).contains(description))
    #expect(try workbench.names(in: "runs/a").count == 8)
  }

  @Test func `every setting of the recipe ends up in the record`() async throws {
    try await workbench.trainSmall(
      "a",
      options: """
        --cell rnn --init torch --optimizer gradient-descent --learning-rate 0.25 --clip 0.5 \
        --schedule constant --drop-last --forget-bias 0
        """
    )
    #expect(
      try workbench.record(of: "a").recipe
        == Recipe(
          cell: .rnn,
          hiddenSize: 8,
          forgetBias: 0,
          initialization: .torch,
          epochs: 2,
          batchSize: 50,
          dropsLastBatch: true,
          optimizer: .gradientDescent,
          learningRate: 0.25,
          clip: 0.5,
          schedule: .constant
        )
    )
    #expect(try workbench.model(of: "a").layers.first is RNN)
  }

  @Test func `the last short batch is left out if asked`() async throws {
    // 270 training examples are two batches of 100 and one of 70.
    for (name, option) in [("kept", ""), ("dropped", "--drop-last")] {
      try await workbench.trainSmall(name, options: "--batch 100 \(option)")
    }
    #expect(
      try workbench.bytes(of: "runs/kept/model.safetensors")
        != workbench.bytes(of: "runs/dropped/model.safetensors")
    )
  }

  @Test func `the notebook's preset is plain gradient descent from the notebook's values`()
    async throws
  {
    try SmallImages().write(to: "images", in: workbench)
    let run = try await workbench.succeed(
      "train mnist --data images --preset notebook --hidden 8 --epochs 1 --run a"
    )
    let description = try #require(run.lines.dropFirst().first)
    #expect(description.contains("gradient-descent, learning rate 0.001, batch 128"))
    let recipe = try workbench.record(of: "a").recipe
    #expect(recipe.initialization == .notebook)
    #expect(recipe.schedule == .constant)
    #expect(recipe.clip == nil)
    #expect(Preset.notebook.recipe.epochs == 1000)
  }
}
