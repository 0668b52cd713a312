public import Recurrent

/// A picture in shades of grey.
public struct GrayscaleImage: Sendable, Equatable {
  /// The number of columns; at least 1.
  public let width: Int
  /// The number of rows; at least 1.
  public let height: Int
  /// The pixels row by row from the top left, 0 for black to 255 for white.
  public let pixels: [UInt8]

  /// Creates a picture from its pixels, row by row from the top left.
  ///
  /// - Precondition: `width` and `height` are at least 1, and `pixels` holds
  ///   `width * height` bytes.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width >= 1 && height >= 1 && pixels.count == width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Reads the PNG file at `path`, over white where it is transparent.
  ///
  /// - Throws: An error if the file cannot be read or is not a whole PNG file of at most
  ///   64 million pixels.
  public init(pngFile path: String) throws(FileError) {
    self = try GrayscaleImage(png: try WholeFile.contents(of: path, limit: 1 << 29), file: path)
  }

  /// Reads the content of a PNG file, over white where it is transparent.
  ///
  /// Colours become the luma of ITU-R BT.601; gamma and colour profiles are left aside. `file`
  /// is the name in errors.
  ///
  /// - Throws: An error if this is not a whole PNG file of at most 64 million pixels.
  public init(png content: [UInt8], file: String = "image") throws(FileError) {
    self = try PNGDecoder.decode(content, file: file)
  }
}
