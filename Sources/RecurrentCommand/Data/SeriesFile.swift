import Foundation
import Recurrent
import RecurrentData

/// Series as a file has them.
struct SeriesFile {
  /// The series.
  let content: SeriesContent
  /// Those to test on, where the same file has them.
  var test: SeriesContent?
  /// How a table's rows became series; nil for what is no table.
  var table: TablePreparation?
  /// What is worth telling, a line each.
  var remarks: [String] = []
  /// The SHA-256 of the file.
  let digest: String

  /// What is to be answered about the series.
  var task: LearningTask {
    switch content {
    case .recorded: .forecast
    case .labelled(let series):
      series.labelsEachTime ? .label : series.answersAreNumbers ? .regress : .classify
    }
  }

  /// Reads what `selection` names, or another file of the same kind.
  ///
  /// A table is read as `table` says, or as it was asked for and as it shows by itself.
  init(_ path: String, of selection: DataSelection, like table: TablePreparation? = nil) throws {
    digest = try Self.digest(of: path)
    switch selection.name {
    case .table:
      let isMapped = try selection.isFromDisk ?? Self.isLarge(path)
      let rows = try TableFile(path).read(first: isMapped ? Self.firstRows : .max)
      var found = table
      if found == nil {
        let (recognised, remarks) = try TablePreparation.recognised(
          in: rows,
          path: path,
          selection.columns ?? TablePreparation.Columns(),
          task: selection.tableTask
        )
        self.remarks = ["Columns: \(recognised.words)"] + remarks
        found = recognised
      }
      guard let preparation = found else { throw CommandFailure("\(path): is no table") }
      self.table = preparation
      if preparation.task == .forecast && isMapped {
        content = .recorded(
          try TableFile(path).mappedSeries(preparation),
          variables: preparation.variableNames
        )
      } else if isMapped {
        throw CommandFailure(
          """
          \(path): is read from disk, which is for forecasts; leave out --from-disk, or have more memory, \
          to \(LearningTask(preparation.task).words)
          """
        )
      } else if preparation.task == .forecast {
        let (series, remarks) = try preparation.series(in: rows, path: path)
        content = .recorded(series, variables: preparation.variableNames)
        self.remarks += remarks
      } else {
        let (series, remarks) = try preparation.labelledSeries(in: rows, path: path)
        content = .labelled(series)
        self.remarks += remarks
      }
    case .arrays:
      let arrays = try ArraySeries(contentsOf: path)
      (content, test) = (arrays.training, arrays.test)
    case .folder: content = .labelled(try SeriesFolder.read(path))
    default: content = .labelled(try TimeSeriesFile.read(path))
    }
  }

  /// Of a table that is read from disk so many rows say what its columns are.
  private static let firstRows = 10_000

  /// Whether a table takes more than a quarter of this machine's memory.
  private static func isLarge(_ path: String) throws -> Bool {
    let size = try FilePieces(of: path).size
    return Double(size) > Double(ProcessInfo.processInfo.physicalMemory) / 4
  }

  /// The SHA-256 of a file, or of a folder's files one after another.
  private static func digest(of path: String) throws -> String {
    var digest = SHA256Digest()
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    for file in isFolder.boolValue ? try SeriesFolder.files(in: path) : [path] {
      let pieces = try FilePieces(of: file)
      while true {
        let piece = try pieces.next(1 << 20)
        if piece.isEmpty { break }
        digest.append(piece)
      }
    }
    return digest.hexadecimal
  }
}
