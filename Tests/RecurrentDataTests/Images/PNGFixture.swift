@testable import RecurrentData

/// A small PNG file of any kind, made here from what every pixel is.
///
/// The encoder is written for clearness, apart from the decoder it tests: one sample at a time,
/// filters by the formulas of the specification.
struct PNGFixture: Sendable {
  var width = 9
  var height = 7
  var colorType: PNGHeader.ColorType = .grayscale
  var depth = 8
  var isInterlaced = false
  /// The filter of each row, by turns.
  var filters: [UInt8] = [0]
  var palette: [UInt8] = []
  var transparency: [UInt8] = []
  /// The samples of the pixel at column x and row y.
  var samples: @Sendable (_ x: Int, _ y: Int) -> [Int] = { _, _ in [0] }

  /// A fixture with samples spread over their whole range.
  init(_ colorType: PNGHeader.ColorType, depth: Int, isInterlaced: Bool = false) {
    self.colorType = colorType
    self.depth = depth
    self.isInterlaced = isInterlaced
    filters = [0, 1, 2, 3, 4]
    let greatest: Int = (1 << depth) - 1
    samples = { x, y in
      let place = x * x * 31 + y * (57 + x * 7)
      return (0..<colorType.samples).map { (place + $0 * 101) * 257 & greatest }
    }
    if colorType == .palette {
      for value in 0...UInt8(greatest) { palette += [value, 255 - value, value &* 5] }
    }
  }

  /// The 13 bytes of the header chunk.
  var header: [UInt8] {
    [0, 0, 0, UInt8(width), 0, 0, 0, UInt8(height), UInt8(depth), colorType.rawValue, 0, 0]
      + [isInterlaced ? 1 : 0]
  }

  /// The filtered rows of all passes, before compression.
  var rows: [UInt8] {
    // Columns and rows start at x, y and step by dx, dy: table 4 of the specification.
    let adam7 = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    var bytes: [UInt8] = []
    for (x0, y0, dx, dy) in isInterlaced ? adam7 : [(0, 0, 1, 1)] {
      var above: [UInt8] = []
      for y in stride(from: y0, to: height, by: dy) where x0 < width {
        let row = packed(stride(from: x0, to: width, by: dx).flatMap { samples($0, y) })
        let filter = filters[(y / dy) % filters.count]
        bytes += [filter] + filtered(row, above, filter)
        above = row
      }
    }
    return bytes
  }

  /// The whole file.
  var file: [UInt8] { file(compressed: PNGEncoder.deflated(rows)) }

  /// The whole file with other compressed data.
  func file(compressed: [UInt8]) -> [UInt8] {
    // Two chunks of pixels, and one that readers may skip.
    let half = compressed.count / 2
    var chunks = [("IHDR", header), ("tEXt", Array("Title\0A fixture".utf8))]
    if !palette.isEmpty { chunks.append(("PLTE", palette)) }
    if !transparency.isEmpty { chunks.append(("tRNS", transparency)) }
    chunks += [("IDAT", Array(compressed[..<half])), ("IDAT", Array(compressed[half...]))]
    return PNGEncoder.file(chunks + [("IEND", [])])
  }

  /// The shades the decoder should give, to be compared with a tolerance of half a step.
  var shades: [Double] {
    let greatest = Double(1 << depth - 1)
    return (0..<height).flatMap { y in
      (0..<width).map { x in
        let pixel = samples(x, y)
        let values = pixel.map { Double($0) / greatest * 255 }
        var (color, alpha): ([Double], Double)
        switch colorType {
        case .grayscale: (color, alpha) = ([values[0], values[0], values[0]], 255)
        case .grayscaleAlpha: (color, alpha) = ([values[0], values[0], values[0]], values[1])
        case .rgb: (color, alpha) = (values, 255)
        case .rgba: (color, alpha) = (Array(values[..<3]), values[3])
        case .palette:
          color = palette[3 * pixel[0]..<3 * pixel[0] + 3].map { Double($0) }
          alpha = pixel[0] < transparency.count ? Double(transparency[pixel[0]]) : 255
        }
        if colorType != .palette && !transparency.isEmpty
          && transparency == pixel.flatMap({ [UInt8($0 >> 8), UInt8($0 & 255)] })
        {
          alpha = 0
        }
        let luma = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
        return luma * alpha / 255 + 255 - alpha
      }
    }
  }

  private func packed(_ samples: [Int]) -> [UInt8] {
    if depth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
    let perByte = 8 / depth
    return stride(from: 0, to: samples.count, by: perByte).map { first in
      (0..<perByte).reduce(UInt8(0)) { byte, place in
        let sample = first + place < samples.count ? samples[first + place] : 0
        return byte << depth | UInt8(sample)
      }
    }
  }

  private func filtered(_ row: [UInt8], _ above: [UInt8], _ filter: UInt8) -> [UInt8] {
    let pixelSize = max(1, depth * colorType.samples / 8)
    return row.indices.map { index in
      let a = index >= pixelSize ? Int(row[index - pixelSize]) : 0
      let b = above.isEmpty ? 0 : Int(above[index])
      let c = index >= pixelSize && !above.isEmpty ? Int(above[index - pixelSize]) : 0
      let prediction: Int
      switch filter {
      case 1: prediction = a
      case 2: prediction = b
      case 3: prediction = (a + b) / 2
      case 4:
        let p = a + b - c
        prediction = [a, b, c].min { abs(p - $0) < abs(p - $1) } ?? 0
      default: prediction = 0
      }
      return row[index] &- UInt8(prediction)
    }
  }
}
