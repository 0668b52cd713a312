import Foundation
import Recurrent
import Testing

@testable import RecurrentData

struct PNGDecoderTests {
  private func failure(_ content: [UInt8]) -> String? {
    #expect(throws: FileError.self) {
      try GrayscaleImage(png: content, file: "a.png")
    }?.description
  }

  private func expectShades(_ fixture: PNGFixture) throws {
    let image = try GrayscaleImage(png: fixture.file)
    #expect(image.width == fixture.width && image.height == fixture.height)
    let distance = zip(image.pixels, fixture.shades).map { abs(Double($0) - $1) }.max()
    // Rounding to whole shades moves none by more than one half.
    #expect(try #require(distance) <= 0.500_001)
  }

  /// Every kind of pixel PNG has.
  static let kinds: [(PNGHeader.ColorType, Int)] = [
    .grayscale, .rgb, .palette, .grayscaleAlpha, .rgba,
  ].flatMap { (type: PNGHeader.ColorType) in type.depths.map { (type, Int($0)) } }

  @Test(arguments: kinds)
  func `every kind of pixel is read, with every filter, interlaced or not`(
    colorType: PNGHeader.ColorType,
    depth: Int
  ) throws {
    for isInterlaced in [false, true] {
      var fixture = PNGFixture(colorType, depth: depth, isInterlaced: isInterlaced)
      try expectShades(fixture)
      for filter: UInt8 in 0...4 {
        fixture.filters = [filter]
        try expectShades(fixture)
      }
    }
  }

  @Test func `every size from one pixel up is read interlaced`() throws {
    for width in 1...9 {
      for height in 1...9 {
        var fixture = PNGFixture(.grayscale, depth: 2, isInterlaced: true)
        (fixture.width, fixture.height) = (width, height)
        try expectShades(fixture)
      }
    }
  }

  @Test func `what is transparent becomes white`() throws {
    var gray = PNGFixture(.grayscale, depth: 8)
    gray.transparency = [0, UInt8(gray.samples(2, 2)[0])]
    try expectShades(gray)
    var wide = PNGFixture(.rgb, depth: 16)
    wide.transparency = wide.samples(3, 1).flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    try expectShades(wide)
    #expect(try GrayscaleImage(png: wide.file).pixels[9 + 3] == 255)
    var palette = PNGFixture(.palette, depth: 4)
    palette.transparency = [0, 100, 255, 3]
    try expectShades(palette)
  }

  @Test func `a value beyond the palette is black`() throws {
    var fixture = PNGFixture(.palette, depth: 8)
    fixture.palette = [255, 255, 255]
    fixture.samples = { x, _ in [x == 0 ? 0 : 200] }
    let image = try GrayscaleImage(png: fixture.file)
    #expect(image.pixels[0] == 255 && image.pixels[1] == 0)
  }

  @Test func `other formats are named`() {
    #expect(
      failure([0xff, 0xd8, 0xff, 0xe0])
        == "a.png: is a JPEG picture, not PNG; save the picture as PNG"
    )
    #expect(failure(Array("<svg/>".utf8))?.contains("text such as SVG or HTML") == true)
    #expect(failure([7])?.contains("is something else, not PNG") == true)
    #expect(failure([]) == "a.png: is empty")
  }

  @Test func `a file that breaks off anywhere is refused`() {
    let file = PNGFixture(.rgb, depth: 8).file
    for count in 0..<file.count {
      #expect(throws: FileError.self) { try GrayscaleImage(png: Array(file[..<count])) }
    }
    #expect(
      failure(Array(file.dropLast(13)))
        == "a.png, byte \(file.count - 13): is incomplete: the picture breaks off"
    )
  }

  @Test func `a changed bit anywhere is found by a checksum`() {
    let file = PNGFixture(.grayscale, depth: 4).file
    for index in file.indices {
      var changed = file
      changed[index] ^= 16
      #expect(throws: FileError.self) { try GrayscaleImage(png: changed) }
    }
    var changed = file
    changed[file.count - 13] ^= 1
    #expect(failure(changed)?.contains("is damaged: part IDAT has a wrong checksum") == true)
  }

  @Test func `sizes are not believed before the data are there`() {
    func file(_ width: [UInt8], _ height: [UInt8], _ data: [UInt8]) -> [UInt8] {
      let header = width + height + [8, 0, 0, 0, 0]
      return PNGEncoder.file([("IHDR", header), ("IDAT", data), ("IEND", [])])
    }
    #expect(
      failure(file([255, 255, 255, 255], [255, 255, 255, 255], [1]))
        == "a.png, byte 16: is 4294967295×4294967295 pixels; 1 to 64 million pixels are read; "
        + "make the picture smaller"
    )
    #expect(failure(file([0, 0, 0, 0], [0, 0, 0, 9], [1]))?.contains("is 0×9 pixels") == true)
    let short = "a.png: is incomplete: it holds fewer pixels than its size says"
    #expect(failure(file([0, 0, 31, 0], [0, 0, 31, 0], [1])) == short)
    #expect(failure(file([0, 0, 0, 2], [0, 0, 0, 2], PNGEncoder.deflated([0, 1, 2]))) != nil)
    let bomb = PNGEncoder.deflated([UInt8](repeating: 0, count: 5_000_000))
    #expect(failure(file([0, 0, 0, 2], [0, 0, 0, 2], bomb))?.contains("more pixels") == true)
  }

  @Test func `parts that do not fit together are refused`() {
    let fixture = PNGFixture(.palette, depth: 8)
    let data = PNGEncoder.deflated(fixture.rows)
    let header = ("IHDR", fixture.header)
    let palette = ("PLTE", fixture.palette)
    let end = ("IEND", [UInt8]())
    let text = ("tEXt", [UInt8]())
    let bad: [[(String, [UInt8])]] = [
      [palette, header, ("IDAT", data), end],
      [header, ("IDAT", data), end],
      [header, palette, end],
      [header, palette, palette, ("IDAT", data), end],
      [header, ("PLTE", [1, 2]), ("IDAT", data), end],
      [header, ("IDAT", data), palette, end],
      [header, palette, ("IDAT", data), text, ("IDAT", data), end],
      [header, palette, ("tRNS", [UInt8](repeating: 1, count: 257)), ("IDAT", data), end],
      [header, palette, ("ABCD", []), ("IDAT", data), end],
      [header, header, palette, ("IDAT", data), end],
      [("IHDR", [1]), palette, ("IDAT", data), end],
    ]
    for chunks in bad {
      #expect(throws: FileError.self) { try GrayscaleImage(png: PNGEncoder.file(chunks)) }
    }
    for (place, value) in [(8, UInt8(3)), (9, 1), (9, 2), (10, 1), (11, 1), (12, 2)] {
      var changed = fixture.header
      changed[place] = value
      if (place, value) == (9, 2) { changed[8] = 4 }
      let chunks = [("IHDR", changed), palette, ("IDAT", data), end]
      #expect(throws: FileError.self) { try GrayscaleImage(png: PNGEncoder.file(chunks)) }
    }
  }

  @Test func `an unknown filter is refused`() {
    var fixture = PNGFixture(.grayscale, depth: 8)
    fixture.filters = [0, 5]
    #expect(failure(fixture.file) == "a.png: is damaged: row 1 has an unknown filter 5")
  }
}
