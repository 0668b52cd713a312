import Foundation
import Recurrent
import RecurrentData
import RecurrentFormats

/// A model as a file of C, which is compiled and run back.
struct ExportedC {
  let source: ModelSource
  let path: String
  /// What the names in the file begin with, but for what C does not take.
  let name: String

  /// Writes the file and its proof; what stood there stays if the file is not right.
  ///
  /// Without a compiler there is no proof, nor one that an earlier file left.
  func export() throws -> String {
    do {
      return try report().text
    } catch let refusal as FormatRefusal {
      throw CommandFailure("C cannot hold this model: \(refusal)")
    } catch let error as FileError where error.file == nil {
      throw CommandFailure("\(path): not written: it \(error)")
    }
  }

  private func report() throws -> ExportReport {
    let notes = source.preparation?.unpreparedNotes ?? []
    let export = try CExport(
      source.model,
      name: name,
      classNames: source.record?.classNames ?? [],
      version: Version.text,
      notes: notes
    )
    var proof: ExportProof?
    if ProvableC.compiler != nil {
      proof = try ExportProof(
        of: ProvableC(bytes: export.bytes, path: path),
        model: source.model,
        support: export.support,
        version: Version.text,
        tolerance: source.tolerance
      )
    }
    try export.write(to: path)
    if let proof {
      try proof.write(beside: path)
    } else {
      try? FileManager.default.removeItem(atPath: ExportProof.path(of: path))
    }
    let sizes = """
      names begin with \(export.name); \(4 * export.weightCount) bytes of weights, \
      \(export.stateBytes) of state; \(export.multiplyAdds) multiply-adds a step
      """
    return ExportReport(
      path: path,
      format: .c,
      form: GraphForm.step.rawValue,
      support: export.support,
      fileHash: SHA256Digest.hexadecimal(of: export.bytes),
      proof: proof,
      byteCount: export.bytes.count,
      remarks: [sizes] + notes.prefix(1),
      use: ExportFormat.c.use(path, of: source.model, isTokens: source.readsTokens)
    )
  }
}

extension InputPreparation {
  /// What a file that holds the model alone leaves to its reader, line by line.
  fileprivate var unpreparedNotes: [String] {
    switch self {
    case .text:
      [
        "Text is left to the program: input is 1 at the number of the token and 0 elsewhere.",
        "The tokens are the names of the classes.",
      ]
    case .series(let series), .table(_, let series):
      [
        "Preparing series is left to the program: each variable less its mean, over its deviation.",
        "Missing numbers, differences and several times in a step: as the documentation of series says.",
      ] + Self.lines(series.means, series.deviations)
    case .forecast(let forecast, _):
      [
        "Preparing series is left to the program: each variable less its mean, over its deviation.",
        "Before that: differences \(forecast.choice.differences.rawValue), logarithms "
          + "\(forecast.choice.hasLogarithm). Answers are prepared numbers, too.",
      ] + Self.lines(forecast.means, forecast.deviations)
    }
  }

  private static func lines(_ means: [Float], _ deviations: [Float]) -> [String] {
    zip(means, deviations).enumerated().map {
      "Variable \($0): mean \($1.0), deviation \($1.1)"
    }
  }
}
