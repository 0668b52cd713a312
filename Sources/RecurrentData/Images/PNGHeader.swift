import Recurrent

/// What a PNG file says about its pixels before they come: the IHDR chunk.
struct PNGHeader: Sendable {
  /// What the samples of a pixel mean.
  enum ColorType: UInt8, Sendable {
    case grayscale = 0
    case rgb = 2
    case palette = 3
    case grayscaleAlpha = 4
    case rgba = 6

    /// How many samples make a pixel.
    var samples: Int {
      switch self {
      case .grayscale, .palette: 1
      case .grayscaleAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    /// How many bits a sample may have.
    var depths: [UInt8] {
      switch self {
      case .grayscale: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .grayscaleAlpha, .rgba: [8, 16]
      }
    }
  }

  /// One pass over the picture: all of it, or one of Adam7's seven grids.
  struct Pass: Sendable {
    /// The column and row of the first pixel, and the distance to the next ones.
    let x, y, dx, dy: Int
    /// How many pixels the pass has across and down; neither is 0.
    let width, height: Int
  }

  /// No picture of more pixels is read.
  static let pixelLimit = 64_000_000

  let width: Int
  let height: Int
  let depth: Int
  let colorType: ColorType
  let isInterlaced: Bool

  /// Reads the 13 bytes of the chunk, which begin at byte `offset` of `file`.
  init(_ bytes: ArraySlice<UInt8>, file: String, offset: Int) throws(FileError) {
    let bytes = Array(bytes)
    guard bytes.count == 13 else {
      throw FileError("its header is not 13 bytes long", file: file, byteOffset: offset)
    }
    width = bytes[0..<4].reduce(0) { $0 << 8 | Int($1) }
    height = bytes[4..<8].reduce(0) { $0 << 8 | Int($1) }
    // Divided, because the product of two numbers below 2³² may be beyond Int.
    guard width > 0 && height > 0 && height <= Self.pixelLimit / width
    else {
      throw FileError(
        "is \(width)×\(height) pixels; 1 to 64 million pixels are read",
        file: file,
        byteOffset: offset,
        advice: "make the picture smaller"
      )
    }
    guard let colorType = ColorType(rawValue: bytes[9]), colorType.depths.contains(bytes[8]) else {
      throw FileError(
        "has colour type \(bytes[9]) with \(bytes[8]) bits, which PNG does not know",
        file: file,
        byteOffset: offset + 8
      )
    }
    guard bytes[10] == 0 && bytes[11] == 0 && bytes[12] <= 1 else {
      throw FileError(
        "uses a compression, filter or interlace method that PNG does not know",
        file: file,
        byteOffset: offset + 10
      )
    }
    self.colorType = colorType
    depth = Int(bytes[8])
    isInterlaced = bytes[12] == 1
  }

  /// The bits of one pixel.
  var bitsPerPixel: Int { depth * colorType.samples }

  /// Returns the bytes of one row of `width` pixels, without its filter byte.
  func rowSize(_ width: Int) -> Int { (width * bitsPerPixel + 7) / 8 }

  /// The passes that have pixels, in the order of the file.
  var passes: [Pass] {
    if !isInterlaced { return [Pass(x: 0, y: 0, dx: 1, dy: 1, width: width, height: height)] }
    let grids = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    return grids.compactMap { x, y, dx, dy in
      let across = (width - x + dx - 1) / dx
      let down = (height - y + dy - 1) / dy
      return across > 0 && down > 0
        ? Pass(x: x, y: y, dx: dx, dy: dy, width: across, height: down) : nil
    }
  }

  /// The bytes of all rows with their filter bytes.
  var inflatedSize: Int { passes.reduce(0) { $0 + $1.height * (1 + rowSize($1.width)) } }
}
