import Foundation
import Testing

@testable import RecurrentReports

struct GreyscaleImageTests {
  @Test func `checksums match their published examples`() {
    // "123456789" is the check value of the CRC catalogue; "Wikipedia" that of Adler-32's article.
    #expect(PNGEncoding.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(PNGEncoding.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
  ])
  func `base64 matches the examples of its standard`(plain: String, encoded: String) {
    #expect(Base64Text.encoded(Array(plain.utf8)) == encoded)
  }

  @Test func `a file holds signature, header, pixels and end`() {
    let image = GreyscaleImage(rows: 2, columns: 3, pixels: [0, 1, 2, 253, 254, 255])
    let file = PNGEncoding.file(for: image)
    #expect(file.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(Array(file[16..<29]) == [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0])
    #expect(Array(file[41..<56]) == [0x78, 1, 1, 8, 0, 0xF7, 0xFF, 0, 0, 1, 2, 0, 253, 254, 255])
    #expect(file.suffix(12) == [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
  }

  @Test func `ink is drawn dark on white`() {
    let ink = GreyscaleImage(rows: 1, columns: 2, pixels: [0, 255], tone: .ink)
    let light = GreyscaleImage(rows: 1, columns: 2, pixels: [255, 0], tone: .light)
    #expect(PNGEncoding.file(for: ink) == PNGEncoding.file(for: light))
  }

  @Test func `long streams are cut into blocks of at most 65,535 bytes`() {
    let bytes = [UInt8](repeating: 7, count: 70_000)
    let stream = PNGEncoding.stored(bytes)
    #expect(stream.count == 2 + 5 + 65_535 + 5 + 4_465 + 4)
    #expect(stream[2] == 0 && stream[2 + 5 + 65_535] == 1)
  }

  @Test func `sizes and bytes that disagree do no harm`() {
    #expect(GreyscaleImage(rows: 2, columns: 2, pixels: [1, 2, 3]).pixels == [1, 2, 3, 0])
    #expect(GreyscaleImage(rows: 1, columns: 2, pixels: [1, 2, 3]).pixels == [1, 2])
    #expect(GreyscaleImage(rows: -1, columns: 0, pixels: [9]).pixels == [0])
    #expect(GreyscaleImage(rows: .max, columns: .max, pixels: [9]).rows == 4_096)
  }

  @Test func `a grid draws each picture with its caption`() {
    let image = GreyscaleImage(rows: 28, columns: 28, pixels: [])
    let items = (0..<7).map {
      ImageGrid.Item(image: image, caption: "true <\($0)>, read as 9, 87%")
    }
    let markup = WellFormedMarkup(ImageGrid(title: "Mistakes", items: items, columns: 0).svg)
    #expect(markup.problem == nil)
    #expect(markup.count(of: "image") == 7)
    #expect(markup.text.contains("true <6>, read as 9, 87%"))
    #expect(WellFormedMarkup(ImageGrid(title: "None", items: []).svg).problem == nil)
  }
}
