import Foundation
import Recurrent
import RecurrentData

/// Sequences as they came, before they are prepared.
extension ServedModel {
  /// Checks the numbers of steps, and prepares sequences as the run's were.
  ///
  /// - Throws: `Problem` where the model cannot read them.
  func prepared(
    _ sequences: NumberSequences,
    limits: SequenceLimits
  ) throws(Problem) -> [ArraySlice<Float>] {
    for (place, length) in sequences.lengths.enumerated() {
      guard length <= limits.steps else {
        throw .tooLarge(
          "inputs[\(place)] has \(length) steps; the server reads at most \(limits.steps)"
        )
      }
      if run.model.reading != .rows, length != run.steps {
        throw .unfit(
          "inputs[\(place)] has \(length) step\(length == 1 ? "" : "s"), and the model reads \(run.steps) at once"
        )
      }
    }
    try limits.check(
      steps: answersEachStep ? sequences.lengths.reduce(0, +) : sequences.lengths.count,
      numbers: run.outputNames.count
    )
    guard let preparation = run.preparation?.series else { return sequences.parts }
    return sequences.parts.map { preparation.prepared(Array($0))[...] }
  }

  /// Sequences of little-endian numbers, all of one length.
  ///
  /// - Throws: `Problem` where they are none.
  func sequences(
    ofFloats body: [UInt8],
    count: Int,
    limits: SequenceLimits
  ) throws(Problem) -> NumberSequences {
    guard count <= limits.sequences else {
      throw .tooLarge(
        "sequences is \(count); send at most \(limits.sequences) in a request"
      )
    }
    let step = 4 * width
    guard !body.isEmpty, body.count.isMultiple(of: step * count) else {
      throw .unfit(
        """
        the body has \(body.count) bytes; \(count) sequence\(count == 1 ? "" : "s") of one length \
        need a multiple of \(step * count), 4 for each of \(width) numbers a step
        """
      )
    }
    guard body.count / (step * count) <= limits.steps else {
      throw .tooLarge(
        """
        the body has sequences of \(body.count / (step * count)) steps; the server reads at most \
        \(limits.steps)
        """
      )
    }
    return NumberSequences(width: width, values: try Self.floats(body), count: count)
  }

  /// Little-endian numbers.
  ///
  /// - Throws: `Problem` where one is NaN or infinite.
  private static func floats(_ body: [UInt8]) throws(Problem) -> [Float] {
    let numbers = body.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { place in
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)
          )
        )
      }
    }
    if let place = numbers.firstIndex(where: { !$0.isFinite }) {
      throw .unfit(
        "number \(place) of the body, counted from 0, is \(numbers[place]); give a finite one"
      )
    }
    return numbers
  }

  /// The rows of a picture of a digit.
  ///
  /// - Throws: `Problem` where the model reads no pictures, or it is none.
  func sequences(ofPicture body: [UInt8]) throws(Problem) -> NumberSequences {
    guard readsPictures else {
      throw .impossible("model '\(name)' reads no pictures; send numbers as application/json")
    }
    do {
      let picture = try DigitImage(GrayscaleImage(png: body, file: "the body"), file: "the body")
      return NumberSequences(
        width: DigitImage.side,
        values: picture.dataset(classNames: run.outputNames).values(ofExample: 0),
        count: 1
      )
    } catch {
      throw .unfit(error)
    }
  }

  /// The series of a table.
  ///
  /// - Throws: `Problem` where the model reads no series, or they are none.
  func series(ofTable body: [UInt8], limits: SequenceLimits) throws -> [LongSeries] {
    guard let preparation = run.preparation, run.task != .languageModel else {
      throw Problem.impossible(
        "model '\(name)' reads no series of a table; send numbers as application/json"
      )
    }
    guard !body.isEmpty else {
      throw Problem.unfit("the body is empty; rows of a table are wanted")
    }
    // What is compressed may become any size.
    guard !body.starts(with: [0x1F, 0x8B]) else {
      throw Problem.unfit("the body is compressed; send the rows as they are")
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("recurrent-server-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder,
      withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700]
    )
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("body.csv")
    try Data(body).write(to: file)
    let series: [LongSeries]
    do {
      series = try preparation.series(ofTable: file.path)
    } catch {
      throw Problem.unfit(error)
    }
    guard series.count <= limits.sequences else {
      throw Problem.tooLarge(
        "the table has \(series.count) series; send at most \(limits.sequences) in a request"
      )
    }
    for one in series where one.times > limits.steps {
      throw Problem.tooLarge(
        "the table has a series of \(one.times) rows; the server reads at most \(limits.steps)"
      )
    }
    guard !series.isEmpty, series.allSatisfy({ $0.times > 0 }) else {
      throw Problem.unfit("the body has no rows; give at least one")
    }
    return series
  }
}
