import Foundation
import RecurrentData
import Testing

/// A file written by another program, and what its pixels are.
struct PillowPNG: Sendable, CustomTestStringConvertible {
  let name: String
  let base64: String
  let shade: @Sendable (_ x: Int, _ y: Int) -> Double

  var testDescription: String { name }
}

/// The files were written by Pillow 13.0.0, `Image.save(…, "PNG")`, from 7 by 5 pixels set by the
/// formulas below.
struct PillowPNGTests {
  static let files = [
    PillowPNG(
      name: "8-bit greyscale",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAAAAACs8akEAAAAFUlEQVR4nGNk0NDQ0NDQYGKGAFw0ACd4"
        + "AU619FYpAAAAAElFTkSuQmCC",
      shade: { x, y in Double(x * 40 + y * 3) }
    ),
    PillowPNG(
      name: "8-bit colour",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAIAAAAG+GGPAAAAJElEQVR4nGNkYGDQwEAsDDYMDAycaAgu"
        + "KoSMkEWl4QhNVAWCAMmzA7SWwp8bAAAAAElFTkSuQmCC",
      shade: { x, y in 0.299 * Double(x * 40) + 0.587 * Double(y * 60) + 0.114 * Double(x * y * 9) }
    ),
    PillowPNG(
      name: "greyscale with alpha",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFCAQAAAAjkz5TAAAAFUlEQVR4nGNkYNBAgiwMNgxIgCQuAGMG"
        + "AfKqh3oFAAAAAElFTkSuQmCC",
      shade: { x, y in 255 + Double(x * 40 - 255) * Double(y * 60) / 255 }
    ),
    PillowPNG(
      name: "a palette of four with transparency",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFAgMAAAD09B5LAAAADFBMVEUAAAA8PDx4eHi0tLRO52twAAAA"
        + "BHRSTlMAgP//7IBv5QAAABdJREFUeJxjlP7LEsjA4vqfRfQfo/RfACEQBOffZ9IHAAAAAElFTkSuQmCC",
      shade: { x, y in [255, 60 * 128 / 255.0 + 127, 120, 180][(x + y) % 4] }
    ),
    PillowPNG(
      name: "one bit",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFAQAAAACh4ct1AAAAEklEQVR4nGMIYVjFEMKwiiEEAAuaAlHd"
        + "roItAAAAAElFTkSuQmCC",
      shade: { x, y in (x + y) % 2 == 0 ? 0 : 255 }
    ),
    PillowPNG(
      name: "16-bit greyscale",
      base64: "iVBORw0KGgoAAAANSUhEUgAAAAcAAAAFEAAAAAD8YXVHAAAALklEQVR4nGNkYFDWQEAWpj1MGswazE8g"
        + "kIV5D/MThBAL8x6IOESIhWkPQinTHgCaThTUWEJSywAAAABJRU5ErkJggg==",
      shade: { x, y in Double(x * 9_000 + y * 700) / 257 }
    ),
  ]

  @Test(arguments: files)
  func `files of another program are read`(file: PillowPNG) throws {
    let content = try #require(Data(base64Encoded: file.base64))
    let image = try GrayscaleImage(png: Array(content))
    #expect(image.width == 7 && image.height == 5)
    for y in 0..<5 {
      for x in 0..<7 {
        // Rounding to whole shades moves none by more than one half.
        #expect(abs(Double(image.pixels[y * 7 + x]) - file.shade(x, y)) <= 0.500_001)
      }
    }
  }
}
