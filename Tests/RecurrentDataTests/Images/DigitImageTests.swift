import Recurrent
import RecurrentData
import Testing

struct DigitImageTests {
  /// Returns a picture whose pixel at x, y has this shade.
  private func picture(
    _ width: Int,
    _ height: Int,
    _ shade: (_ x: Int, _ y: Int) -> Int
  ) -> GrayscaleImage {
    let pixels = (0..<height).flatMap { y in (0..<width).map { UInt8(shade($0, y)) } }
    return GrayscaleImage(width: width, height: height, pixels: pixels)
  }

  /// Returns the columns and rows that hold ink.
  private func inked(_ digit: DigitImage) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
    let places = digit.pixels.indices.filter { digit.pixels[$0] > 0 }
    let (columns, rows) = (places.map { $0 % 28 }, places.map { $0 / 28 })
    guard let left = columns.min(), let right = columns.max(), let top = rows.min(),
      let bottom = rows.max()
    else { return nil }
    return (left...right, top...bottom)
  }

  @Test func `a bar becomes twenty pixels long in the middle`() throws {
    let dark = picture(100, 60) { x, y in (70..<80).contains(x) && (10..<50).contains(y) ? 0 : 255 }
    let digit = try DigitImage(dark)
    let extent = try #require(inked(digit))
    #expect(extent.rows == 5...24)
    #expect(extent.columns.count == 5)
    #expect(digit.pixels[14 * 28 + 14] == 255)
    #expect(digit.pixels[0] == 0)
  }

  @Test func `dark on light and light on dark give the same`() throws {
    let dark = picture(50, 40) { x, y in (10..<20).contains(x) && (5..<30).contains(y) ? 0 : 255 }
    let light = picture(50, 40) { x, y in (10..<20).contains(x) && (5..<30).contains(y) ? 255 : 0 }
    #expect(try DigitImage(dark) == DigitImage(light))
  }

  @Test func `pale ink on grey paper gives the same as black on white`() throws {
    let strong = picture(50, 40) { x, y in (10..<20).contains(x) && (5..<30).contains(y) ? 0 : 255 }
    let pale = picture(50, 40) { x, y in
      (10..<20).contains(x) && (5..<30).contains(y) ? 90 : 170
    }
    #expect(try DigitImage(strong) == DigitImage(pale))
  }

  @Test func `uneven paper is not taken for ink`() throws {
    var random = RandomStream(seed: 4, purpose: .testing)
    let noisy = picture(80, 80) { x, y in
      (30..<40).contains(x) && (20..<60).contains(y) ? 20 : 225 + random.nextIndex(below: 20)
    }
    let extent = try #require(inked(try DigitImage(noisy)))
    #expect(extent.rows == 5...24)
    #expect(extent.columns.count == 5)
  }

  @Test func `the centre of mass goes to the middle`() throws {
    // More ink is in the left half of the shape.
    let lopsided = picture(80, 60) { x, y in
      let isHead = (10..<25).contains(x) && (10..<50).contains(y)
      return isHead || ((25..<50).contains(x) && (25..<40).contains(y)) ? 0 : 255
    }
    let digit = try DigitImage(lopsided)
    let mass = digit.pixels.map { Double($0) }.reduce(0, +)
    let x = digit.pixels.indices.map { Double(digit.pixels[$0]) * (Double($0 % 28) + 0.5) }
    // The shift is by whole pixels, so up to half a pixel is left.
    #expect(abs(x.reduce(0, +) / mass - 14.5) <= 0.501)
  }

  @Test func `a digit like MNIST's is kept as it is`() throws {
    let image = picture(28, 28) { x, y in (5..<9).contains(x) && (3..<20).contains(y) ? 200 : 0 }
    #expect(try DigitImage(image).pixels == image.pixels)
    let inverted = picture(28, 28) { x, y in 255 - Int(image.pixels[y * 28 + x]) }
    #expect(try inked(DigitImage(inverted))?.rows == 5...24)
  }

  @Test func `a single dark pixel is a digit too`() throws {
    let dot = picture(9, 9) { x, y in x == 4 && y == 4 ? 0 : 255 }
    #expect(try inked(DigitImage(dot))?.rows.count == 20)
    let line = picture(1, 9) { _, y in y == 4 ? 0 : 255 }
    #expect(try inked(DigitImage(line))?.rows.count == 20)
  }

  @Test func `a thin stroke in a large picture is not lost`() throws {
    let thin = picture(600, 600) { x, y in x == 300 && (50..<550).contains(y) ? 0 : 255 }
    let digit = try DigitImage(thin)
    #expect(digit.pixels.max() == 255)
    #expect(try #require(inked(digit)).rows == 5...24)
  }

  @Test(arguments: [0, 128, 255])
  func `a blank picture says so`(shade: Int) {
    let blank = picture(40, 30) { x, y in min(255, shade + (x + y) % 3) }
    let error = #expect(throws: FileError.self) { try DigitImage(blank, file: "a.png") }
    #expect(
      error?.description == "a.png: shows no digit: all its pixels have nearly the same shade; "
        + "give a picture of one dark digit on light paper, or the reverse"
    )
  }

  @Test func `a picture becomes a data set of one example`() throws {
    let image = picture(28, 28) { x, y in x == 5 && y == 3 ? 255 : 0 }
    let dataset = try DigitImage(image).dataset(classNames: ["no", "yes"])
    #expect(dataset.count == 1 && dataset.steps == 28 && dataset.features == 28)
    #expect(dataset.values(ofExample: 0)[3 * 28 + 5] == 1)
  }
}
