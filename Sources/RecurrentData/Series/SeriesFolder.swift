import Foundation
public import Recurrent

/// Series in a folder that has a folder for each class, named by it, with a file for each series.
///
/// A file is a table (`.csv`, `.tsv`) whose rows are times and whose columns are variables, or an array
/// (`.npy`) of `[time]` or `[time, variable]`. Files and folders whose names begin with a dot are passed
/// over.
public enum SeriesFolder {
  /// Reads the folder at `path`, class by class and file by file in order of their names.
  ///
  /// - Throws: `FileError` when a file cannot be read, has other variables than the first one, or there
  ///   are none.
  public static func read(_ path: String) throws(FileError) -> LabelledSeries {
    let classes = try names(in: path).filter { isFolder(path + "/" + $0) }
    guard !classes.isEmpty else {
      throw FileError(
        "has no folders",
        file: path,
        advice: "one for each class is wanted, with a file for each series in it"
      )
    }
    var series: [LabelledSeries.Series] = []
    var first: (path: String, variables: Int)?
    for (label, name) in classes.enumerated() {
      let folder = path + "/" + name
      let files = try names(in: folder).map { folder + "/" + $0 }
      guard !files.isEmpty else { throw FileError("has no files", file: folder) }
      for file in files {
        let (values, variables) = try values(of: file)
        guard first == nil || first?.variables == variables else {
          throw FileError(
            "has \(variables) variables, and \(first?.path ?? "") has \(first?.variables ?? 0)",
            file: file
          )
        }
        first = first ?? (file, variables)
        series.append(LabelledSeries.Series(values: values, label: label))
      }
    }
    return LabelledSeries(
      name: path,
      variables: first?.variables ?? 1,
      outputNames: classes,
      series: series
    )
  }

  /// The files that `read` reads, in order.
  public static func files(in path: String) throws(FileError) -> [String] {
    var files: [String] = []
    for name in try names(in: path) where isFolder(path + "/" + name) {
      files += try names(in: path + "/" + name).map { path + "/" + name + "/" + $0 }
    }
    return files
  }

  /// The one series of a file as such a folder has them, and the number of its variables.
  ///
  /// - Throws: `FileError` when it cannot be read, or is no series.
  public static func series(
    of path: String
  ) throws(FileError) -> (all: [LongSeries], variables: Int) {
    let (values, variables) = try values(of: path)
    return ([LongSeries(values: values, variables: variables)], variables)
  }

  private static func names(in path: String) throws(FileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw FileError("cannot be listed", file: path)
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private static func values(of path: String) throws(FileError) -> ([Float], Int) {
    if isFolder(path) {
      throw FileError(
        "is a folder where a series is wanted",
        file: path,
        advice: "use one folder for each class, and files in it"
      )
    }
    switch URL(filePath: path).pathExtension.lowercased() {
    case "csv", "tsv":
      let table = try TableFile(path).read()
      for column in table.columns where column.numbers == nil {
        throw FileError("column '\(column.name)' has words; numbers are wanted", file: path)
      }
      let columns = table.columns.compactMap(\.numbers)
      return ((0..<table.rowCount).flatMap { row in columns.map { $0[row] } }, columns.count)
    case "npy":
      let array = try NumPyArray(contentsOf: path)
      guard 1...2 ~= array.shape.count, array.count > 0 else {
        throw FileError(
          "has the shape \(array.shape)",
          file: path,
          advice: "[time] or [time, variable] is wanted"
        )
      }
      return (
        try ArraySeries.finite(array, path: path), array.shape.count == 2 ? array.shape[1] : 1
      )
    default:
      throw FileError(
        "is no series",
        file: path,
        advice: "files of a class's folder are .csv, .tsv or .npy"
      )
    }
  }
}
