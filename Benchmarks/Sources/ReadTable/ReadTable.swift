import Foundation
import RecurrentData

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Reads a table of random numbers several times, and prints how fast, and how much memory the process
/// took at its most beside what the numbers take: `ReadTable [ROWS COLUMNS]`.
@main
enum ReadTable {
  static func main() throws {
    let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let (rows, columns) = sizes.count == 2 ? (sizes[0], sizes[1]) : (1_000_000, 10)
    let path = FileManager.default.temporaryDirectory.appending(
      path: "table-\(UUID().uuidString).csv"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bytes = try write(rows: rows, columns: columns, to: path)
    var speeds: [Double] = []
    let clock = ContinuousClock()
    for _ in 0..<5 {
      let start = clock.now
      let table = try TableFile(path).read()
      let seconds = (clock.now - start) / .seconds(1)
      guard table.rowCount == rows, table.columns.count == columns else {
        fatalError("wrong table")
      }
      speeds.append(Double(bytes) / 1e6 / seconds)
    }
    speeds.sort()
    let numbers = Double(4 * rows * columns) / 1e6
    print(
      """
      \(rows) rows of \(columns) columns, \(bytes / 1_000_000) MB: \
      \(Int(speeds[2].rounded())) MB/s (median of 5; \(Int(speeds[0])) to \(Int(speeds[4])))
      Numbers take \(Int(numbers)) MB; the process took \(Int(peakMegabytes.rounded())) MB at its most
      """
    )
  }

  private static func write(rows: Int, columns: Int, to path: String) throws -> Int {
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    defer { try? file.close() }
    var state: UInt64 = 1
    var text = (1...columns).map { "column_\($0)" }.joined(separator: ",") + "\n"
    var bytes = 0
    for row in 0..<rows {
      for column in 0..<columns {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let number = Int(state >> 44) - (1 << 19)
        text += "\(number / 10_000).\(String(abs(number) % 10_000 + 10_000).dropFirst())"
        text += column + 1 == columns ? "\n" : ","
      }
      if row % 1_000 == 999 || row == rows - 1 {
        try file.write(contentsOf: Data(text.utf8))
        bytes += text.utf8.count
        text = ""
      }
    }
    return bytes
  }

  /// The most memory that the process had.
  private static var peakMegabytes: Double {
    var usage = rusage()
    #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
    return Double(usage.ru_maxrss) / 1e6
    #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024 / 1e6
    #endif
  }
}
