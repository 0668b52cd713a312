public import Recurrent

/// A picture of a digit made to look as MNIST's do: bright on black, 28 by 28 pixels.
///
/// MNIST's makers scaled each digit to fit 20 by 20 pixels and moved its centre of mass to the
/// middle of 28 by 28; a picture from elsewhere is treated alike:
///
/// 1. The median shade of its border is taken as the paper. If the darkest pixel is further
///    from it than the brightest, the ink is dark, and the picture is inverted.
/// 2. Paper becomes 0 and the strongest ink 255; what stands out no more than the border's own
///    unevenness becomes 0.
/// 3. The bounding box of all ink above a fifth of the strongest is scaled, by averaging areas,
///    so that its longer side is 20.
/// 4. Its centre of mass goes by whole pixels to within half a pixel of (14½, 14½), counted from
///    the top left corner: there MNIST's own centres are, between 14 and 15 both ways.
///
/// A 28 by 28 picture with bright ink on a dark border is kept as it is.
///
/// Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
/// document recognition", Proceedings of the IEEE, 1998, section III.A.
public struct DigitImage: Sendable, Equatable {
  /// The width and the height, in pixels.
  public static let side = MNIST.side
  /// The longer side of the digit itself, in pixels.
  private static let inkSide = 20
  /// Where the centre of mass goes, in pixels from the top left corner.
  private static let centre: Float = 14.5
  /// Weaker ink, of 255, does not widen the bounding box: it is blur more often than stroke.
  private static let boxInk: Float = 51
  /// Shades that differ by less are no picture.
  private static let leastContrast = 16

  /// The pixels row by row from the top left, 0 for paper to 255 for ink.
  public let pixels: [UInt8]

  /// Makes a picture of a digit look as MNIST's do; `file` is its name in errors.
  ///
  /// - Throws: An error if the picture is blank.
  public init(_ image: GrayscaleImage, file: String = "image") throws(FileError) {
    guard let paper = Paper(image) else {
      throw FileError(
        "shows no digit: all its pixels have nearly the same shade",
        file: file,
        advice: "give a picture of one dark digit on light paper, or the reverse"
      )
    }
    if image.width == Self.side && image.height == Self.side && paper.isDark {
      pixels = image.pixels
      return
    }
    let ink = paper.ink(of: image)
    guard let box = ink.boundingBox(above: Self.boxInk) else {
      throw FileError("shows no digit that stands out from its paper", file: file)
    }
    pixels = Self.centred(Self.scaled(ink, box))
  }

  /// Reads a digit from the PNG file at `path`.
  ///
  /// - Throws: An error if the file cannot be read, or the picture is blank.
  public init(pngFile path: String) throws(FileError) {
    try self.init(try GrayscaleImage(pngFile: path), file: path)
  }

  /// Returns the picture as a data set of one example with 28 steps of 28 features.
  ///
  /// Its label means nothing and is 0.
  ///
  /// - Precondition: `classNames` is not empty.
  public func dataset(classNames: [String]) -> SequenceDataset {
    SequenceDataset(
      elements: .bytes(pixels, scale: Float(1) / 255),
      labels: [0],
      steps: Self.side,
      features: Self.side,
      classNames: classNames
    )
  }

  /// Returns the ink in `box`, its longer side 20 pixels, its strongest pixel 255.
  private static func scaled(_ ink: Ink, _ box: Ink.Box) -> Ink {
    let longer = Double(max(box.columns.count, box.rows.count))
    let width = max(1, Int((Double(inkSide * box.columns.count) / longer).rounded()))
    let height = max(1, Int((Double(inkSide * box.rows.count) / longer).rounded()))
    var scaled = ink.averaged(over: box, width: width, height: height)
    // Thin strokes pale when they are averaged with the paper beside them.
    let strongest = scaled.values.max() ?? 0
    if strongest > 0 { scaled.values = scaled.values.map { $0 * 255 / strongest } }
    return scaled
  }

  /// Returns 28 by 28 pixels with `digit` where its centre of mass puts it.
  private static func centred(_ digit: Ink) -> [UInt8] {
    var (mass, massX, massY) = (Float(0), Float(0), Float(0))
    for y in 0..<digit.height {
      for x in 0..<digit.width {
        let value = digit.values[y * digit.width + x]
        mass += value
        massX += value * (Float(x) + 0.5)
        massY += value * (Float(y) + 0.5)
      }
    }
    // A lopsided digit is moved only as far as it stays inside.
    let left = min(max(0, Int((centre - massX / mass).rounded())), side - digit.width)
    let top = min(max(0, Int((centre - massY / mass).rounded())), side - digit.height)
    var pixels = [UInt8](repeating: 0, count: side * side)
    for y in 0..<digit.height {
      for x in 0..<digit.width {
        let value = digit.values[y * digit.width + x].rounded()
        pixels[(top + y) * side + left + x] = UInt8(min(255, max(0, value)))
      }
    }
    return pixels
  }

  /// The shade a digit is drawn on, judged from the picture's border.
  private struct Paper {
    let shade: Int
    let strongestInk: Int
    let isDark: Bool
    /// Differences from the paper up to this are the paper's own unevenness.
    let unevenness: Int

    /// Judges the paper, or finds that the picture is blank.
    init?(_ image: GrayscaleImage) {
      let border = Self.border(of: image).sorted()
      let shade = Int(border[border.count / 2])
      let darker = shade - Int(image.pixels.min() ?? 0)
      let brighter = Int(image.pixels.max() ?? 0) - shade
      guard max(darker, brighter) >= leastContrast else { return nil }
      isDark = brighter >= darker
      self.shade = shade
      strongestInk = max(darker, brighter)
      // The digit may touch the border, so its furthest pixels are left out of account.
      let differences = border.map { abs(Int($0) - shade) }.sorted()
      let usual = differences[differences.count * 3 / 4]
      unevenness = min(2 * usual + 4, strongestInk / 4)
    }

    /// Returns how much ink is on each pixel.
    func ink(of image: GrayscaleImage) -> Ink {
      let ofShade = (0...255).map { value -> Float in
        let ink = isDark ? value - shade : shade - value
        return ink > unevenness ? Float(ink) * 255 / Float(strongestInk) : 0
      }
      return Ink(
        width: image.width,
        height: image.height,
        values: image.pixels.map { ofShade[Int($0)] }
      )
    }

    private static func border(of image: GrayscaleImage) -> [UInt8] {
      let (width, pixels) = (image.width, image.pixels)
      var border = Array(pixels.prefix(width) + pixels.suffix(width))
      for y in 0..<image.height { border += [pixels[y * width], pixels[(y + 1) * width - 1]] }
      return border
    }
  }
}
