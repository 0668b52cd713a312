import Foundation
import Recurrent
import RecurrentData
import RecurrentFormats

/// A trained model, from a run or from a file of any format that is read.
struct ModelSource {
  let model: SequenceModel
  /// The run's record; nil for a file.
  let record: RunRecord?
  /// What is done to data before the model reads them; nil for nothing, and for a file.
  let preparation: InputPreparation?
  /// The name of the run, or of the file without its ending.
  let name: String
  /// The folder of the run, or of the file.
  let folder: String
  /// What was recognised in a file, and what of it was left out, a line each.
  let remarks: [String]

  /// Reads a run given by its name or its folder, or else a file.
  init(_ argument: String) throws {
    guard let file = Self.file(argument) else {
      let trained = try TrainedRun(argument)
      let folder = try RunFolder(existing: argument)
      model = trained.model
      record = trained.record
      preparation = trained.preparation
      (name, self.folder, remarks) = (folder.name, folder.path, [])
      return
    }
    let read = try ImportedModel(contentsOf: file)
    model = read.model
    remarks = [read.summary] + read.notes
    (record, preparation) = (nil, nil)
    let url = URL(filePath: file)
    name = url.deletingPathExtension().lastPathComponent
    let parent = url.deletingLastPathComponent().relativePath
    folder = parent.isEmpty ? "." : parent
    for (name, value) in model.parameters where !value.elements.allSatisfy(\.isFinite) {
      throw CommandFailure("\(file): array '\(name)' holds NaN or infinity")
    }
  }

  /// The argument, if it names a file; a run is named before a file of its name.
  static func file(_ argument: String) -> String? {
    guard (try? RunFolder(existing: argument)) == nil else { return nil }
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
    return exists && !isFolder.boolValue ? argument : nil
  }

  /// Whether a step is a token.
  var readsTokens: Bool { record?.data.task == .languageModel }

  /// The steps and features of the input, for a model that does not read row by row.
  var grid: [Int]? {
    guard model.reading != .rows, let record else { return nil }
    return [record.steps, record.features]
  }

  /// How far a file's answers may be off.
  ///
  /// Where sums are near 0, normalisation multiplies rounding by up to 300.
  var tolerance: Float {
    let isNormalised = model.layerDescriptions?.contains { layer in
      layer.directions.contains { $0.options?.normalizesLayers ?? false }
    }
    return isNormalised ?? false ? 10 * ExportProof.usualTolerance : ExportProof.usualTolerance
  }
}

/// A small number as it is read best, such as 2.4e-07.
func scientific(_ value: Float) -> String { String(format: "%.1e", value) }
