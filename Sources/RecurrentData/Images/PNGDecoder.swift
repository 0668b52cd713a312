import Recurrent

/// Turns the content of a PNG file into shades of grey, row by row.
///
/// Only two rows are held beside the result, so a small file cannot ask for much memory.
///
/// Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025,
/// <https://www.w3.org/TR/png-3/>.
struct PNGDecoder {
  /// Returns the picture in `content`; `file` is the name in errors.
  static func decode(_ content: [UInt8], file: String) throws(FileError) -> GrayscaleImage {
    let chunks = try PNGChunks(content, file: file)
    let header = chunks.header
    // Both are far below the range of Int: the file's size and 64 million pixels bound them.
    guard header.inflatedSize <= chunks.compressed.count * InflateStream.greatestExpansion else {
      throw incomplete(file)
    }
    let stream = try InflateStream(chunks.compressed, wrapping: .zlib, file: file)
    let shades = PNGShades(chunks)
    var pixels = [UInt8](repeating: 0, count: header.width * header.height)
    for pass in header.passes {
      let size = header.rowSize(pass.width)
      var row = [UInt8](repeating: 0, count: 1 + size)
      var above = [UInt8](repeating: 0, count: 1 + size)
      for y in 0..<pass.height {
        swap(&row, &above)
        guard try stream.read(into: &row) == row.count else { throw incomplete(file) }
        guard unfilter(&row, above, pixelSize: max(1, header.bitsPerPixel / 8)) else {
          throw FileError("is damaged: row \(y) has an unknown filter \(row[0])", file: file)
        }
        let start = (pass.y + y * pass.dy) * header.width + pass.x
        shades.write(row, count: pass.width, into: &pixels, start: start, step: pass.dx)
      }
    }
    guard try stream.read(1).isEmpty else {
      throw FileError("is damaged: it holds more pixels than its size says", file: file)
    }
    return GrayscaleImage(width: header.width, height: header.height, pixels: pixels)
  }

  private static func incomplete(_ file: String) -> FileError {
    FileError("is incomplete: it holds fewer pixels than its size says", file: file)
  }

  /// Undoes a row's filter in place; returns whether the filter, `row[0]`, is known.
  ///
  /// `above` is the row before, unfiltered, of the same length, or zeros. All indices stay within
  /// `1..<row.count`, because `pixelSize` is at least 1.
  private static func unfilter(_ row: inout [UInt8], _ above: [UInt8], pixelSize: Int) -> Bool {
    let filter = row[0]
    guard filter <= 4 else { return false }
    precondition(row.count == above.count && pixelSize >= 1)
    row.withUnsafeMutableBufferPointer { row in
      above.withUnsafeBufferPointer { above in
        var index = 1
        while index < row.count {
          let hasLeft = index > pixelSize
          let left = hasLeft ? row[index &- pixelSize] : 0
          let up = above[index]
          switch filter {
          case 1: row[index] &+= left
          case 2: row[index] &+= up
          case 3: row[index] &+= UInt8((Int(left) &+ Int(up)) &>> 1)
          case 4: row[index] &+= paeth(left, up, hasLeft ? above[index &- pixelSize] : 0)
          default: return
          }
          index &+= 1
        }
      }
    }
    return true
  }

  /// Returns whichever neighbour is nearest to left + up − corner.
  private static func paeth(_ left: UInt8, _ up: UInt8, _ corner: UInt8) -> UInt8 {
    let estimate = Int(left) &+ Int(up) &- Int(corner)
    let toLeft = abs(estimate &- Int(left))
    let toUp = abs(estimate &- Int(up))
    let toCorner = abs(estimate &- Int(corner))
    if toLeft <= toUp && toLeft <= toCorner { return left }
    return toUp <= toCorner ? up : corner
  }
}
