import RecurrentData
import RecurrentTestSupport
import Testing

@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct PublishedDigitImageTests {
  /// Returns the picture 196 by 196, each pixel repeated, dark on white.
  private func repeated(_ pixels: [UInt8]) -> GrayscaleImage {
    let shades = (0..<196 * 196).map { index -> UInt8 in
      let (column, row) = (index % 196 / 7, index / 196 / 7)
      return 255 - pixels[row * 28 + column]
    }
    return GrayscaleImage(width: 196, height: 196, pixels: shades)
  }

  /// Returns the picture 200 by 200, each pixel from the four nearest, dark on white.
  private func enlarged(_ pixels: [UInt8]) -> GrayscaleImage {
    let shades = (0..<200 * 200).map { index -> UInt8 in
      func place(_ position: Int) -> (Int, Int, Double) {
        let exact = min(max((Double(position) + 0.5) * 28 / 200 - 0.5, 0), 27)
        return (Int(exact), min(27, Int(exact) + 1), exact - exact.rounded(.down))
      }
      let (left, right, x) = place(index % 200)
      let (top, bottom, y) = place(index / 200)
      func ink(_ column: Int, _ row: Int) -> Double { Double(pixels[row * 28 + column]) }
      let upper = ink(left, top) * (1 - x) + ink(right, top) * x
      let lower = ink(left, bottom) * (1 - x) + ink(right, bottom) * x
      return UInt8(255 - (upper * (1 - y) + lower * y).rounded())
    }
    return GrayscaleImage(width: 200, height: 200, pixels: shades)
  }

  /// Returns by how much a pixel differs in the mean, and the greatest such mean of a digit.
  private func difference(
    _ enlarge: ([UInt8]) -> GrayscaleImage
  ) throws -> (mean: Double, greatest: Double) {
    let test = try IDXFile(path: SharedFolder.path("data/mnist/t10k-images-idx3-ubyte.gz"))
    let differences = try (0..<30).map { example in
      let pixels = Array(test.bytes[example * 784..<(example + 1) * 784])
      let digit = try DigitImage(GrayscaleImage(png: enlarge(pixels).encodedAsPNG()))
      let sum = zip(digit.pixels, pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)
      return Double(sum) / 784
    }
    let mean = differences.reduce(0, +) / Double(differences.count)
    return (mean, differences.max() ?? 0)
  }

  // For comparison: a digit of MNIST differs from itself moved by one pixel by 17 in the mean, from
  // the next digit by 41.

  @Test func `a digit of MNIST with repeated pixels comes back nearly as it was`() throws {
    let difference = try difference(repeated)
    print("repeated pixels: mean difference \(difference.mean), at most \(difference.greatest)")
    #expect(difference.mean < 1)
  }

  @Test func `a smoothly enlarged digit of MNIST comes back much as it was`() throws {
    let difference = try difference(enlarged)
    print("smooth enlarging: mean difference \(difference.mean), at most \(difference.greatest)")
    #expect(difference.mean < 9)
  }
}
