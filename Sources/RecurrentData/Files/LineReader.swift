import Foundation
import Recurrent

/// A text file read line by line, of which no more than a piece is in memory.
///
/// Lines end with a line feed, or a carriage return and a line feed; the last one may end with the
/// file. A byte order mark before the first line is passed over.
final class LineReader {
  /// The number of the line read last, from 1.
  private(set) var number = 0
  /// Whether the line read last ended with a carriage return before the line feed.
  private(set) var hadReturn = false

  private static let pieceSize = 1 << 20
  private let file: FilePieces
  private let longestLine: Int
  private var piece: [UInt8] = []
  private var position = 0

  /// The file's path, for errors.
  var path: String { file.path }
  /// The number of bytes in the file.
  var fileSize: Int { file.size }

  /// Opens the file at `path`; a line of more bytes than `longestLine` is refused.
  init(_ path: String, longestLine: Int = 1 << 28) throws(FileError) {
    file = try FilePieces(of: path)
    self.longestLine = longestLine
  }

  /// Puts the next line into `line`, without its end; returns false where there is none.
  func read(into line: inout [UInt8]) throws(FileError) -> Bool {
    line.removeAll(keepingCapacity: true)
    var isStarted = false
    while true {
      if position == piece.count {
        piece = try file.next(Self.pieceSize)
        position = 0
        if piece.isEmpty { break }
      }
      isStarted = true
      let end = endOfLine()
      line += piece[position..<(end ?? piece.count)]
      guard line.count <= longestLine else {
        throw FileError(
          "has a line \(number + 1) of more than \(longestLine) bytes",
          file: path,
          advice: "it may not be text"
        )
      }
      position = end.map { $0 + 1 } ?? piece.count
      if end != nil { break }
    }
    guard isStarted else { return false }
    hadReturn = line.last == UInt8(ascii: "\r")
    if hadReturn { line.removeLast() }
    number += 1
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    return true
  }

  /// Returns the error for what is wrong in the line read last, at a column counted from 1.
  func problem(_ text: String, column: Int? = nil, advice: String? = nil) -> FileError {
    let place = column.map { ", column \($0)" } ?? ""
    return FileError("line \(number)\(place): \(text)", file: path, advice: advice)
  }

  /// The place of the next line feed in the piece.
  private func endOfLine() -> Int? {
    piece.withUnsafeBytes { bytes in
      // `memchr` looks at `bytes[position..<bytes.count]` only.
      guard let base = bytes.baseAddress,
        let found = memchr(base + position, 0x0A, bytes.count - position)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }
}
