import Foundation
public import Recurrent

extension InputPreparation {
  private static let key = "preparation"

  /// The preparation that a model's file keeps; nil where there is none.
  ///
  /// - Throws: `FileError` where it is damaged, or of another version.
  package init?(keptIn file: SafetensorsFile) throws(FileError) {
    guard let text = file.metadata[Self.key] else { return nil }
    do {
      self = try JSONDecoder().decode(InputPreparation.self, from: Data(text.utf8))
    } catch {
      throw FileError(
        "says how data are prepared in a way this version does not read",
        file: file.path
      )
    }
  }

  /// Keeps the preparation in a model's file.
  package func keep(in file: inout SafetensorsFile) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata[Self.key] = String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Whether data of this name that are prepared so are what a model of these features and outputs
  /// reads and answers.
  package static func fits(
    _ preparation: InputPreparation?,
    _ name: DataSetName,
    features: Int,
    outputNames: [String]
  ) -> Bool {
    switch (preparation, name) {
    case (.text(let text), .text): text.vocabulary == outputNames
    case (.series(let series), let name):
      name.isSeries && name != .table && series.features == features
    case (.table(let table, let series), .table):
      table.variableNames.count == series.variables && series.features == features
        && table.outputNames == outputNames
    case (.forecast(let forecast, let table), let name):
      name.isSeries && (name == .table) == (table != nil)
        && forecast.variables.count == features && forecast.variables == outputNames
        && (table.map { $0.variableNames == forecast.variables } ?? true)
    case (nil, let name): !name.isFile
    default: false
    }
  }
}

extension InputPreparation {
  /// The number of variables that data have at each time before they are prepared; 1 for text.
  public var variables: Int {
    switch self {
    case .text: 1
    case .series(let series), .table(_, let series): series.variables
    case .forecast(let forecast, _): forecast.variables.count
    }
  }

  /// Reads the series of a table as it comes (`.csv`, `.tsv`).
  ///
  /// Where the run learned from a table, its columns are found by their names; otherwise the file is one
  /// series, whose rows are times and whose columns are variables.
  ///
  /// - Throws: `FileError` when it cannot be read, or has other variables.
  public func series(ofTable path: String) throws(FileError) -> [LongSeries] {
    guard let table else {
      let (all, count) = try SeriesFolder.series(of: path)
      try checkVariables(count, of: path)
      return all
    }
    let rows = try TableFile(path).read()
    try checkVariables(table.variableNames.count, of: path)
    return try table.series(in: rows, path: path).series
  }

  /// Checks that a file has as many variables as are prepared.
  package func checkVariables(_ count: Int, of path: String) throws(FileError) {
    guard count != variables else { return }
    throw FileError(
      "has \(count) variable\(count == 1 ? "" : "s") a time, the run's series have \(variables)",
      file: path
    )
  }
}
