import Recurrent
import RecurrentData

/// A run that has been trained: its record and its model.
struct TrainedRun {
  let record: RunRecord
  let model: SequenceModel
  /// What is done to data before the model reads them; nil for nothing.
  let preparation: InputPreparation?

  /// Reads a run given by its name or its folder.
  init(_ name: String) throws {
    let folder = try RunFolder(existing: name)
    record = try RunRecord(of: folder)
    let file = try SafetensorsFile(bytes: WholeFile.contents(of: folder.model), path: folder.model)
    model = try SequenceModel(file)
    preparation = try InputPreparation(keptIn: file)
    guard Self.isModel(model, of: record) else {
      throw CommandFailure(
        "\(folder.model): does not belong to \(folder.record): the layers differ"
      )
    }
    guard
      InputPreparation.fits(
        preparation,
        record.data.name,
        features: record.features,
        outputNames: record.classNames
      )
    else {
      throw CommandFailure(
        "\(folder.model): does not belong to \(folder.record): data are prepared otherwise"
      )
    }
    for (name, value) in model.parameters where !value.elements.allSatisfy(\.isFinite) {
      throw CommandFailure(
        "\(folder.model): array '\(name)' holds NaN or infinity; train the model again"
      )
    }
  }

  /// A model as a file's content, with what is done to data before it reads them.
  static func file(of model: SequenceModel, _ preparation: InputPreparation?) throws
    -> SafetensorsFile
  {
    var file = model.safetensors
    try preparation?.keep(in: &file)
    return file
  }

  /// Whether a model is of the kind that the record says was trained.
  static func isModel(_ model: SequenceModel, of record: RunRecord) -> Bool {
    let recipe = record.recipe
    let structure = recipe.usedStructure
    let reading = structure.reading
    guard let read = reading.size(steps: record.steps, features: record.features),
      recipe.layersProblem == nil
    else { return false }
    let layers = recipe.layers(
      inputSize: read.features,
      places: reading.places(features: record.features)
    )
    return model.layerDescriptions == layers && model.head.outputSize == record.classNames.count
      && (model.reading, model.summary) == (reading, structure.summary)
  }
}
