import Foundation
public import Recurrent

/// A run that has been trained, as a program reads it that uses its model.
///
/// Of the record only what a reader needs is looked at. Files from elsewhere may hold anything: nothing
/// that they tell is trusted, and whatever a run cannot have had is refused.
public struct FinishedRun: Sendable {
  /// The last part of the folder's path.
  public let name: String
  /// The model, whose numbers are all finite.
  public let model: SequenceModel
  /// What is done to data before the model reads them; nil for nothing.
  public let preparation: InputPreparation?
  /// What the model learned to answer.
  public let task: LearningTask
  /// What the classes, the tokens, or the numbers that are answered are called.
  public let outputNames: [String]
  /// The number of steps of the training data's longest sequence.
  public let steps: Int
  /// The number of features that the model reads at each of them.
  public let features: Int
  /// Whether the training data were images known by name, a row a step.
  public let readsImages: Bool
  /// The number of times that were forecast at once; nil where nothing was said, or forecast.
  public let horizon: Int?

  /// Reads a run's folder: its model, and who made it from what.
  ///
  /// - Throws: `FileError` when a file is missing, damaged, or does not belong to the other.
  public init(at folder: String) throws(FileError) {
    name = URL(filePath: folder).standardized.lastPathComponent
    let folder = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let (modelPath, recordPath) = (folder + "/model.safetensors", folder + "/run.json")
    let record = try Record(at: recordPath)
    let file = try SafetensorsFile(contentsOf: modelPath)
    model = try SequenceModel(file)
    preparation = try InputPreparation(keptIn: file)
    task = record.data.name.task(ofSeries: record.data.seriesTask)
    outputNames = record.classNames
    (steps, features) = (record.steps, record.features)
    readsImages = record.data.name.areImages
    horizon = record.data.horizon
    guard model.head.outputSize == outputNames.count,
      model.reading.size(steps: steps, features: features)?.features == model.layers[0].inputSize
    else {
      throw FileError("does not belong to \(recordPath): the sizes differ", file: modelPath)
    }
    guard
      InputPreparation.fits(
        preparation,
        record.data.name,
        features: features,
        outputNames: outputNames
      )
    else {
      throw FileError(
        "does not belong to \(recordPath): data are prepared otherwise",
        file: modelPath
      )
    }
    for (name, value) in model.parameters where !value.elements.allSatisfy(\.isFinite) {
      throw FileError(
        "array '\(name)' holds NaN or infinity",
        file: modelPath,
        advice: "train the model again"
      )
    }
  }
}

extension FinishedRun {
  /// What a reader needs of `run.json`.
  private struct Record: Decodable {
    struct Selection: Decodable {
      var name: DataSetName
      var seriesTask: LearningTask?
      var horizon: Int?
    }

    var data: Selection
    var steps: Int
    var features: Int
    var classNames: [String]

    /// No longer text is read.
    private static let limit = 1 << 26
    private static let sizes = 1...65_536

    private enum CodingKeys: CodingKey {
      case data, steps, features, classNames
    }

    init(at path: String) throws(FileError) {
      let text = try WholeFile.contents(of: path, limit: Self.limit)
      let damage = FileError(
        "is not the record of a run; it is damaged or of another version",
        file: path
      )
      do {
        self = try JSONDecoder().decode(Self.self, from: Data(text))
      } catch {
        throw damage
      }
      guard isPossible else { throw damage }
    }

    /// Whether a run can have had these numbers.
    private var isPossible: Bool {
      let task = data.name.task(ofSeries: data.seriesTask)
      // Names of classes are shown as they are, and may hold no terminal codes; those of tokens never
      // are.
      let characters = classNames.joined().unicodeScalars
      return Self.sizes.contains(steps) && Self.sizes.contains(features)
        && Self.sizes.contains(classNames.count)
        && (task == .languageModel
          || !characters.contains { $0.properties.generalCategory == .control })
        && (data.name != .text || features == classNames.count)
        && data.horizon.map { 1...100_000 ~= $0 } ?? true
    }
  }
}
