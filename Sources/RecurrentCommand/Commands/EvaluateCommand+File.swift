import ArgumentParser
import Recurrent
import RecurrentData
import RecurrentFormats

// A model in a file says nothing of the data it was trained on: they are named.
extension EvaluateCommand {
  /// Measures the model in a file on the data set that is named.
  func evaluate(file: String) async throws {
    guard let dataset else {
      throw ValidationError(
        "a file of a model does not say what it reads; name data with --dataset, such as mnist"
      )
    }
    let source = try ModelSource(file)
    for remark in source.remarks { print(remark) }
    let selection = try selection(dataset)
    let data = try await selection.load(for: Recipe(), preparedBy: nil)
    let part = on ?? (data.test == nil ? .validation : .test)
    guard let examples = part == .test ? data.test : data.validation else {
      throw CommandFailure("\(selection.title) has no test examples; use --on validation")
    }
    let model = source.model
    let read = model.reading.size(steps: examples.steps, features: examples.features)
    guard read?.features == model.layers[0].inputSize else {
      throw CommandFailure(
        """
        \(selection.title) has \(examples.features) features a step, and the model in \(file) reads \
        \(model.layers[0].inputSize)
        """
      )
    }
    guard model.head.outputSize == examples.outputNames.count else {
      throw CommandFailure(
        """
        \(selection.title) has \(examples.outputNames.count) classes, and the model in \(file) tells \
        \(model.head.outputSize)
        """
      )
    }
    guard (model.summary == .allOutputs) == selection.task.answersEachStep else {
      throw CommandFailure(
        """
        the model in \(file) answers \(model.summary == .allOutputs ? "every step" : "once a sequence"), \
        and the task of \(selection.title) is to \(selection.task.words)
        """
      )
    }
    let outcome = try RunOutcome(
      of: model,
      selection.task,
      on: examples,
      of: data,
      threads: threads
    )
    outcome.print(heading: "\(selection.title) \(part.rawValue)")
  }

  private func selection(_ dataset: DataArgument) throws -> DataSelection {
    try dataset.name.checkLag(lag)
    guard dataset.path == nil else {
      throw ValidationError(
        "how a file of data is prepared, a model's file does not say; use --dataset \(DataArgument.known)"
      )
    }
    guard data == nil || dataset.name.isDownloaded else {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
    var selection = DataSelection(name: dataset.name, folder: data)
    if dataset.name.memoryTask != nil { selection.lag = lag ?? DataSelection.usualLag }
    return selection
  }
}
