// libFuzzer: -max_len=4096

import Recurrent
@testable import RecurrentCommand

private let smallModel = SequenceModel.lstm(inputSize: 28, hiddenSize: 8, classes: 10, seed: 1)

/// Reads the input as a run's record, holds it against a model, and makes its own model and trainer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRunRecord(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard let record = readRecord(bytes(start, count)) else { return 0 }
  let text = try? record.json()
  let again = text.flatMap { readRecord(Array($0.utf8)) }
  expect(text != nil && text == (try? again?.json()), "differs when it is written and read again")
  expect(!record.metricsTable.isEmpty, "has no table")
  _ = TrainedRun.isModel(smallModel, of: record)
  readRecipe(of: record)
  return 0
}

private func readRecord(_ json: [UInt8]) -> RunRecord? {
  do throws(CommandFailure) { return try RunRecord(json: json, path: "input") } catch {
    expect(error.description.hasPrefix("input: "), "does not name the file: \(error)")
    return nil
  }
}

/// Makes what the recipe says, where that is small.
private func readRecipe(of record: RunRecord) {
  let recipe = record.recipe
  expect(!recipe.modelText.isEmpty && !recipe.usedStructure.parts.contains(""), "has no words")
  _ = try? recipe.checkMemory(steps: record.steps, features: record.features)
  guard recipe.layersProblem == nil, recipe.hiddenSize.sizes.reduce(0, +) <= 32,
    record.steps <= 64, record.features <= 64, record.classNames.count <= 64,
    let model = recipe.model(
      steps: record.steps,
      features: record.features,
      classes: record.classNames.count,
      seed: record.seed
    )
  else { return }
  expect(TrainedRun.isModel(model, of: record), "is not the record of its own model")
  _ = recipe.trainer(of: model, seed: record.seed, threads: 1)
}
