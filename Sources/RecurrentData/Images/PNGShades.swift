/// What shade of grey each pixel of a PNG file is.
struct PNGShades {
  private let colorType: PNGHeader.ColorType
  private let depth: Int
  /// The shade of each value a sample of up to 8 bits can have, for one sample per pixel.
  private let table: [UInt8]
  /// The one colour that is transparent, as whole samples, if there is one.
  private let transparent: [Int]?

  /// Prepares for the pixels of one file.
  init(_ chunks: PNGChunks) {
    colorType = chunks.header.colorType
    depth = chunks.header.depth
    let samples = stride(from: 0, to: chunks.transparency.count - 1, by: 2).map {
      Int(chunks.transparency[$0]) << 8 | Int(chunks.transparency[$0 + 1])
    }
    transparent = colorType != .palette && !samples.isEmpty ? samples : nil
    table = Self.table(chunks, transparent: transparent?.first)
  }

  /// Writes the shades of one unfiltered row's pixels into every `step`-th place of `pixels`.
  ///
  /// `row` has its filter byte first, then `count` pixels; the places are
  /// `start + i * step` for i in `0..<count` and must lie in `pixels`.
  func write(
    _ row: [UInt8],
    count: Int,
    into pixels: inout [UInt8],
    start: Int,
    step: Int
  ) {
    precondition(row.count == 1 + (count * depth * colorType.samples + 7) / 8)
    precondition(count >= 1 && start >= 0 && start + (count - 1) * step < pixels.count)
    row.withUnsafeBufferPointer { row in
      pixels.withUnsafeMutableBufferPointer { pixels in
        for x in 0..<count {
          pixels[start &+ x &* step] =
            colorType.samples == 1 && depth <= 8
            ? table[packedSample(row, x)] : shade(row, x)
        }
      }
    }
  }

  /// Returns sample `x` of a row of samples of at most 8 bits, the leftmost in the highest bits.
  private func packedSample(_ row: UnsafeBufferPointer<UInt8>, _ x: Int) -> Int {
    let bit = x &* depth
    let byte = Int(row[1 &+ bit &>> 3])
    return byte &>> (8 &- depth &- (bit & 7)) & (1 &<< depth &- 1)
  }

  /// Returns the shade of pixel `x` of a row of whole bytes.
  private func shade(_ row: UnsafeBufferPointer<UInt8>, _ x: Int) -> UInt8 {
    let samples = colorType.samples
    let first = x &* samples
    let greatest = 1 &<< depth &- 1
    let isColor = samples >= 3
    let red = sample(row, first)
    let green = isColor ? sample(row, first &+ 1) : red
    let blue = isColor ? sample(row, first &+ 2) : red
    var alpha = greatest
    if samples == 2 || samples == 4 { alpha = sample(row, first &+ samples &- 1) }
    if let transparent, transparent == (isColor ? [red, green, blue] : [red]) { alpha = 0 }
    return Self.shade(red: red, green: green, blue: blue, alpha: alpha, greatest: greatest)
  }

  private func sample(_ row: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    if depth == 8 { return Int(row[1 &+ index]) }
    return Int(row[1 &+ 2 &* index]) &<< 8 | Int(row[2 &+ 2 &* index])
  }

  private static func table(_ chunks: PNGChunks, transparent: Int?) -> [UInt8] {
    let greatest = 1 << min(chunks.header.depth, 8) - 1
    return (0...greatest).map { value in
      guard chunks.header.colorType == .palette else {
        let alpha = value == transparent ? 0 : greatest
        return shade(red: value, green: value, blue: value, alpha: alpha, greatest: greatest)
      }
      // A value beyond the palette is damage that decoders show as black.
      guard 3 * value + 2 < chunks.palette.count else { return 0 }
      let hasAlpha = value < chunks.transparency.count
      return shade(
        red: Int(chunks.palette[3 * value]),
        green: Int(chunks.palette[3 * value + 1]),
        blue: Int(chunks.palette[3 * value + 2]),
        alpha: hasAlpha ? Int(chunks.transparency[value]) : 255,
        greatest: 255
      )
    }
  }

  /// Returns luma over white, 0 to 255, from samples of 0 to `greatest`, rounded once.
  private static func shade(
    red: Int,
    green: Int,
    blue: Int,
    alpha: Int,
    greatest: Int
  ) -> UInt8 {
    let luma = 299 &* red &+ 587 &* green &+ 114 &* blue
    let white = 1_000 &* greatest
    let overWhite = luma &* alpha &+ white &* (greatest &- alpha)
    let whole = white &* greatest
    return UInt8((overWhite &* 255 &+ whole / 2) / whole)
  }
}
