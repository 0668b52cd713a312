import Foundation
import Recurrent

/// What weights in 8 bits do to a model, for other programs and for people.
struct QuantizationRecord: Codable, Equatable {
  /// A matrix, and how far its rounded weights are from its own.
  struct Matrix: Codable, Equatable {
    var name: String
    var rows: Int
    var columns: Int
    var relativeError: Double
  }

  /// How long steps take, with weights as they were trained and in 8 bits.
  struct Times: Codable, Equatable {
    var float32: StepTimes
    var int8: StepTimes
  }

  var version = Version.text
  var machine = Machine.current
  var run: String
  var data: String
  var part: String
  var examples: Int
  var answers: Int
  /// Nil where numbers are answered.
  var accuracy: Double?
  var int8Accuracy: Double?
  var changed: Int?
  var lost: Int?
  var gained: Int?
  var cost: Double
  var int8Cost: Double
  var largestDifference: Float
  var bytes: Int
  var int8Bytes: Int
  var times: Times
  var matrices: [Matrix]

  init(
    of report: Int8Report,
    run: String,
    data: String,
    part: String,
    examples: Int,
    times: Times,
    answersAreClasses: Bool
  ) {
    (self.run, self.data, self.part, self.examples) = (run, data, part, examples)
    answers = report.float32.count
    accuracy = answersAreClasses ? report.float32.accuracy : nil
    int8Accuracy = answersAreClasses ? report.int8.accuracy : nil
    changed = answersAreClasses ? report.changedCount : nil
    lost = answersAreClasses ? report.lostCount : nil
    gained = answersAreClasses ? report.gainedCount : nil
    (cost, int8Cost) = (report.float32.cost, report.int8.cost)
    largestDifference = report.largestDifference
    (bytes, int8Bytes) = (report.float32ByteCount, report.int8ByteCount)
    self.times = times
    matrices = report.matrices.map {
      Matrix(name: $0.name, rows: $0.rows, columns: $0.columns, relativeError: $0.relativeError)
    }
  }

  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The lines to print.
  var lines: [String] {
    var lines = ["\(run) in 8 bits, on \(examples) \(part) examples of \(data)"]
    if let accuracy, let int8Accuracy, let changed, let lost, let gained {
      let points = 100 * (accuracy - int8Accuracy)
      let change =
        points < 0 ? "\(decimals(-points, 2)) points gained" : "\(decimals(points, 2)) points lost"
      lines.append(
        """
        Accuracy: \(percent(accuracy)) -> \(percent(int8Accuracy)), \(change); \
        \(changed) of \(answers) answers differ, \(lost) became wrong and \(gained) right
        """
      )
    }
    lines.append(
      """
      Cost: \(decimals(cost, 6)) -> \(decimals(int8Cost, 6)); the largest difference of a number \
      answered is \(decimals(Double(largestDifference), 4))
      """
    )
    lines.append(
      "Matrices: \(bytes) -> \(int8Bytes) bytes, \(percent(Double(int8Bytes) / Double(bytes)))"
    )
    let (float32, int8) = (times.float32.median, times.int8.median)
    lines.append(
      """
      One step on this machine: \(BenchTable.time(float32)) -> \(BenchTable.time(int8)), \
      \(decimals(float32 / int8, 2)) times as fast
      """
    )
    let width = matrices.map(\.name.count).max() ?? 0
    for matrix in matrices {
      let name = matrix.name.padding(toLength: width, withPad: " ", startingAt: 0)
      lines.append(
        "  \(name)  [\(matrix.rows), \(matrix.columns)]  \(percent(matrix.relativeError)) off"
      )
    }
    return lines
  }
}
