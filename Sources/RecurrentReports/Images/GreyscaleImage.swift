/// A small picture of one byte per pixel, row by row from the top left.
public struct GreyscaleImage: Sendable, Hashable {
  /// What the bytes measure.
  public enum Tone: Sendable, Hashable {
    /// Light: 0 is black and 255 is white.
    case light
    /// Ink on paper: 0 is paper and 255 is ink, as MNIST's files have it.
    case ink
  }

  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// One byte per pixel, `[row, column]`.
  public let pixels: [UInt8]
  /// What the bytes measure.
  public let tone: Tone

  /// Creates a picture; bytes that are missing are zero, and those beyond the last pixel ignored.
  ///
  /// At most 4,096 rows and columns are kept, and at least one of each.
  public init(rows: Int, columns: Int, pixels: [UInt8], tone: Tone = .light) {
    let kept = (rows: min(max(rows, 1), 4_096), columns: min(max(columns, 1), 4_096))
    var bytes = [UInt8](repeating: 0, count: kept.rows * kept.columns)
    // One more column than there are bytes is as good as any number of them.
    let stride = min(max(columns, 0), pixels.count + 1)
    for row in 0..<min(kept.rows, max(rows, 0)) {
      for column in 0..<min(kept.columns, stride) where row * stride + column < pixels.count {
        bytes[row * kept.columns + column] = pixels[row * stride + column]
      }
    }
    self.rows = kept.rows
    self.columns = kept.columns
    self.pixels = bytes
    self.tone = tone
  }

  /// The picture as a PNG file inside a `data:` address.
  var dataAddress: String {
    "data:image/png;base64," + Base64Text.encoded(PNGEncoding.file(for: self))
  }
}
