/// The format of MNIST: the digit's longer side 20 pixels, its centre of mass in the middle of 28.
///
/// Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
/// recognition", Proceedings of the IEEE 86(11), 1998, section III.A.
enum DigitNormalisation {
  /// The pixels along each side of an image.
  static let imageSide = 28
  /// The pixels along the longer side of the digit in it.
  static let digitSide = 20

  /// Returns `trace` scaled to pixels, with its lines in the box from 0 to `digitSide`.
  ///
  /// A line keeps the width of the pen whatever the scale, and the shape keeps its proportions.
  /// The edge of a line is where its ink is half; the fainter rest outside the box is cut off.
  static func fitted(_ trace: PenTrace) -> PenTrace {
    let side = Float(digitSide)
    var scale = side
    var box = lineBox(of: trace, scale: scale)
    // The box is not proportional to the scale, since the pen's width stays: a few Newton-like
    // steps bring it within a hundredth of a pixel.
    for _ in 0..<4 {
      let span = (box.high - box.low).max()
      let penShare = 2 * trace.points[0].radius
      scale *= max(side - penShare, 1) / max(span - penShare, 1)
      box = lineBox(of: trace, scale: scale)
    }
    var result = trace
    for index in result.points.indices {
      result.points[index].position = trace.points[index].position * scale - box.low
    }
    return result
  }

  private static func lineBox(
    of trace: PenTrace,
    scale: Float
  ) -> (low: SIMD2<Float>, high: SIMD2<Float>) {
    var low = SIMD2<Float>(repeating: .infinity)
    var high = SIMD2<Float>(repeating: -.infinity)
    for point in trace.points {
      let centre = point.position * scale
      low = pointwiseMin(low, centre - point.radius)
      high = pointwiseMax(high, centre + point.radius)
    }
    return (low, high)
  }

  /// Returns an image with the `ink` moved by whole pixels so that its centre of mass comes to
  /// the pixel in row 14 and column 14, where MNIST has it.
  static func centred(_ ink: InkField) -> [UInt8] {
    let size = ink.side
    var total = 0
    var rowMoment = 0
    var columnMoment = 0
    for row in 0..<size {
      for column in 0..<size {
        let value = Int(ink.bytes[row * size + column])
        total += value
        rowMoment += row * value
        columnMoment += column * value
      }
    }
    total = max(total, 1)
    let middle = imageSide / 2
    let down = middle - (2 * rowMoment + total) / (2 * total)
    let right = middle - (2 * columnMoment + total) / (2 * total)
    var image = [UInt8](repeating: 0, count: imageSide * imageSide)
    for row in max(0, -down)..<min(size, imageSide - down) {
      for column in max(0, -right)..<min(size, imageSide - right) {
        image[(row + down) * imageSide + column + right] = ink.bytes[row * size + column]
      }
    }
    return image
  }
}
