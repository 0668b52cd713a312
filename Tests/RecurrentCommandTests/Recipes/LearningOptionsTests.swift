import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

struct LearningOptionsTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test(arguments: [
    "--optimizer gradient-descent --weight-decay 0.001", "--optimizer momentum",
    "--optimizer nesterov --momentum 0.5", "--optimizer rmsprop --momentum 0.5",
    "--optimizer adam --weight-decay 0.01", "--optimizer adamw",
    "--optimizer adamw --weight-decay 0.5",
    "--optimizer lion --learning-rate 0.001", "--schedule step", "--schedule cosine",
    "--schedule one-cycle --optimizer adamw", "--schedule plateau", "--clip-value 0.01",
    "--label-smoothing 0.1", "--average 0.9", "--init chrono:28", "--init he", "--init identity",
  ])
  func `a setting makes another model, and the report names it`(options: String) async throws {
    try await workbench.trainSmall("usual")
    try await workbench.trainSmall("other", options: options)
    #expect(
      try workbench.bytes(of: "runs/usual/model.safetensors")
        != workbench.bytes(of: "runs/other/model.safetensors")
    )
    let page = try workbench.text(of: "runs/other/report.html")
    for word in options.split(separator: " ") where !word.hasPrefix("--") && Float(word) != 0 {
      #expect(page.contains(word), "\(word)")
    }
  }

  @Test func `every setting ends up in the record`() async throws {
    try await workbench.trainSmall(
      "a",
      options: """
        --optimizer rmsprop --momentum 0.5 --weight-decay 0.25 --clip-value 0.125 \
        --label-smoothing 0.0625 --average 0.75 --patience 3 --schedule one-cycle --init chrono:28
        """
    )
    var recipe = Preset.standard.recipe
    (recipe.hiddenSize, recipe.epochs, recipe.batchSize) = (8, 2, 50)
    recipe.optimizer = .rmsprop
    recipe.momentum = 0.5
    recipe.weightDecay = 0.25
    recipe.clipValue = 0.125
    recipe.labelSmoothing = 0.0625
    recipe.average = 0.75
    recipe.patience = 3
    recipe.schedule = .oneCycle
    recipe.initialization = .chrono(memory: 28)
    #expect(try workbench.record(of: "a").recipe == recipe)
    #expect(try workbench.record(of: "a").bestEpoch != nil)
  }

  @Test func `the record of an older run is read`() throws {
    let text = """
      {"batchSize": 128, "cell": "lstm", "clip": 1, "dropsLastBatch": false, "epochs": 10,
       "forgetBias": 1, "hiddenSize": 128, "initialization": "recommended",
       "learningRate": 0.004, "optimizer": "adam", "schedule": "linear"}
      """
    let recipe = try JSONDecoder().decode(Recipe.self, from: Data(text.utf8))
    #expect(recipe == Recipe())
    // Nor does a recipe without the new settings say anything of them.
    let json = String(decoding: try JSONEncoder().encode(Recipe()), as: UTF8.self)
    for word in ["momentum", "weightDecay", "clipValue", "labelSmoothing", "average", "patience"] {
      #expect(!json.contains(word))
    }
  }

  @Test func `the average is what is tested and saved`() async throws {
    try SmallImages().write(to: "images", in: workbench)
    let words = "train mnist --data images --hidden 8 --epochs 3 --batch 50"
    try await workbench.succeed("\(words) --run plain")
    let run = try await workbench.succeed("\(words) --average 0.99 --run averaged")
    let (plain, averaged) = (
      try workbench.record(of: "plain"), try workbench.record(of: "averaged")
    )
    // Training is the same; what is measured is not.
    #expect(plain.epochs.map(\.cost) == averaged.epochs.map(\.cost))
    #expect(plain.epochs.map(\.validationCost) != averaged.epochs.map(\.validationCost))
    let evaluated = try await workbench.succeed("evaluate averaged")
    let test = try #require(run.lines.first { $0.hasPrefix("Test accuracy") })
    #expect(evaluated.lines[0].hasSuffix(test.replacing("Test accuracy", with: "")))
  }

  @Test func `training stops early, and the best model is kept`() async throws {
    try SmallImages().write(to: "images", in: workbench)
    let words = "train mnist --data images --hidden 8 --batch 50 --schedule constant"
    let run = try await workbench.succeed(
      "\(words) --epochs 40 --learning-rate 0.3 --patience 1 --run a"
    )
    let record = try workbench.record(of: "a")
    let best = try #require(record.bestEpoch)
    #expect(record.epochs.count == best + 1 && best + 1 < 40)
    let costs = record.epochs.compactMap(\.validationCost)
    #expect(costs.min() == costs[best - 1])
    #expect(
      run.lines.contains(
        "Stopped early: the validation cost was lowest after epoch \(best), whose model is kept."
      )
    )
    #expect(try workbench.text(of: "runs/a/report.html").contains("that of epoch \(best)"))
    // The schedule does not know where training stops: the same run of fewer epochs is the same.
    try await workbench.succeed("\(words) --epochs \(best) --learning-rate 0.3 --run b")
    #expect(
      try workbench.bytes(of: "runs/a/model.safetensors")
        == workbench.bytes(of: "runs/b/model.safetensors")
    )
  }

  @Test func `patience that is not needed changes nothing but the best model's line`() async throws
  {
    try SmallImages().write(to: "images", in: workbench)
    let run = try await workbench.succeed(
      "train mnist --data images --hidden 8 --batch 50 --epochs 3 --patience 5 --run a"
    )
    let best = try #require(try workbench.record(of: "a").bestEpoch)
    #expect(
      run.lines.contains(
        "The validation cost was lowest after epoch \(best), whose model is kept."
      )
    )
    #expect(try workbench.record(of: "a").epochs.count == 3)
  }

  @Test func `every optimizer gives the same bytes on any number of threads`() async throws {
    for optimizer in OptimizerName.allCases {
      for threads in [1, 3] {
        try await workbench.trainSmall(
          "\(optimizer.rawValue)-\(threads)",
          options: "--optimizer \(optimizer.rawValue) --threads \(threads) --average 0.9"
        )
      }
      #expect(
        try workbench.bytes(of: "runs/\(optimizer.rawValue)-1/model.safetensors")
          == workbench.bytes(of: "runs/\(optimizer.rawValue)-3/model.safetensors")
      )
    }
  }
}
