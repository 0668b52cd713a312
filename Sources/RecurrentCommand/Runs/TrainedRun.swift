import Foundation
import Recurrent
import RecurrentData

/// A run that has been trained: its record and its model.
struct TrainedRun {
  let record: RunRecord
  let model: SequenceModel
  /// What is done to data before the model reads them; nil for nothing.
  let preparation: InputPreparation?

  private static let preparationKey = "preparation"

  /// Reads a run given by its name or its folder.
  init(_ name: String) throws {
    let folder = try RunFolder(existing: name)
    record = try RunRecord(of: folder)
    let file = try SafetensorsFile(bytes: WholeFile.contents(of: folder.model), path: folder.model)
    model = try SequenceModel(file)
    preparation = try Self.preparation(in: file, at: folder.model)
    guard Self.isModel(model, of: record) else {
      throw CommandFailure(
        "\(folder.model): does not belong to \(folder.record): the layers differ"
      )
    }
    guard Self.fits(preparation, record) else {
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
    guard let preparation else { return file }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata[preparationKey] = String(decoding: try encoder.encode(preparation), as: UTF8.self)
    return file
  }

  private static func preparation(
    in file: SafetensorsFile,
    at path: String
  ) throws -> InputPreparation? {
    guard let text = file.metadata[preparationKey] else { return nil }
    do {
      return try JSONDecoder().decode(InputPreparation.self, from: Data(text.utf8))
    } catch {
      throw CommandFailure(
        "\(path): says how data are prepared in a way this version does not read"
      )
    }
  }

  /// Whether data that are prepared so are what the record's model reads.
  private static func fits(_ preparation: InputPreparation?, _ record: RunRecord) -> Bool {
    switch (preparation, record.data.name) {
    case (.text(let text), .text): text.vocabulary == record.classNames
    case (.series(let series), let name):
      name.isSeries && name != .table && series.features == record.features
    case (.table(let table, let series), .table):
      table.variableNames.count == series.variables && series.features == record.features
        && table.outputNames == record.classNames
    case (.forecast(let forecast, let table), let name):
      name.isSeries && (name == .table) == (table != nil)
        && forecast.variables.count == record.features && forecast.variables == record.classNames
        && (table.map { $0.variableNames == forecast.variables } ?? true)
    case (nil, let name): !name.isFile
    default: false
    }
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
