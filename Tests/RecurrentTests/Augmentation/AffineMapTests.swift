import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

struct AffineMapTests {
  /// An image of numbers from 0 to 1 that differ.
  private static func image(_ rows: Int, _ columns: Int) -> [Float] {
    (0..<rows * columns).map { Float($0 * 37 % 101 + 1) / 128 }
  }

  private static func moved(_ image: [Float], _ map: AffineMap, columns: Int) -> [Float] {
    image.moved(by: map, columns: columns)
  }

  private static func map(
    _ rows: Int,
    _ columns: Int,
    rotation: Double = 0,
    shift: (right: Double, down: Double) = (0, 0),
    scale: Double = 1,
    shear: Double = 0
  ) -> AffineMap {
    AffineMap(
      rows: rows,
      columns: columns,
      rotation: rotation,
      shift: shift,
      scale: scale,
      shear: shear
    )
  }

  @Test func `directions are good to the last places`() {
    for degrees in stride(from: -180.0, through: 180, by: 0.37) {
      let (cosine, sine) = AffineMap.direction(degrees: degrees)
      #expect(abs(cosine - cos(degrees * .pi / 180)) < 1e-15)
      #expect(abs(sine - sin(degrees * .pi / 180)) < 1e-15)
    }
    #expect(AffineMap.direction(degrees: 0) == (1, 0))
    #expect(AffineMap.direction(degrees: 90) == (0, 1))
    #expect(AffineMap.direction(degrees: 180) == (-1, 0))
    #expect(AffineMap.direction(degrees: -90) == (0, -1))
  }

  @Test func `no change is the identity`() {
    #expect(Self.map(28, 28).isIdentity)
    #expect(Self.map(5, 8).isIdentity)
    #expect(!Self.map(5, 8, rotation: 1).isIdentity)
  }

  @Test(arguments: [(4, 4), (5, 5), (28, 28)])
  func `a quarter turn moves every pixel, clockwise`(rows: Int, columns: Int) {
    let image = Self.image(rows, columns)
    let turned = Self.moved(image, Self.map(rows, columns, rotation: 90), columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        #expect(turned[column * columns + (rows - 1 - row)] == image[row * columns + column])
      }
    }
    let back = Self.moved(turned, Self.map(rows, columns, rotation: -90), columns: columns)
    #expect(back == image)
    let half = Self.moved(image, Self.map(rows, columns, rotation: 180), columns: columns)
    #expect(half == image.reversed())
  }

  @Test(arguments: [(0, 0), (3, 0), (-2, 1), (0, -4), (5, 5), (20, 0), (0, 20)])
  func `a shift by whole pixels moves them and lets zeros in`(right: Int, down: Int) {
    let (rows, columns) = (6, 19)
    let image = Self.image(rows, columns)
    let map = Self.map(rows, columns, shift: (Double(right), Double(down)))
    let got = Self.moved(image, map, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let (r, c) = (row - down, column - right)
        let isInside = (0..<rows).contains(r) && (0..<columns).contains(c)
        #expect(got[row * columns + column] == (isInside ? image[r * columns + c] : 0))
      }
    }
  }

  @Test func `a shift by half a pixel is the mean of two`() {
    let image: [Float] = [1, 2, 4, 8]
    let got = Self.moved(image, Self.map(1, 4, shift: (0.5, 0)), columns: 4)
    #expect(got == [0.5, 1.5, 3, 6])
  }

  @Test func `an image of half the size has every second pixel around its middle`() {
    let image = Self.image(5, 5)
    let got = Self.moved(image, Self.map(5, 5, scale: 0.5), columns: 5)
    let want: [Float] = [
      0, 0, 0, 0, 0,  //
      0, image[0], image[2], image[4], 0,  //
      0, image[10], image[12], image[14], 0,  //
      0, image[20], image[22], image[24], 0,  //
      0, 0, 0, 0, 0,
    ]
    #expect(got == want)
  }

  // The tangent of 45° is 1 but for a rounding, which bilinear interpolation shows.
  @Test func `a shear of 45° shifts rows by their distance from the middle`() {
    let image = Self.image(5, 5)
    let got = Self.moved(image, Self.map(5, 5, shear: 45), columns: 5)
    for row in 0..<5 {
      for column in 0..<5 {
        // torchvision's shear moves what is below the middle to the left.
        let source = column + (row - 2)
        let want = (0..<5).contains(source) ? image[row * 5 + source] : 0
        #expect(abs(got[row * 5 + column] - want) < 1e-5)
      }
    }
  }

  // The forward map as torchvision's `_get_inverse_affine_matrix` documents it, for a shear along x:
  // T · C · scale · [[cos a, −cos a tan s − sin a], [sin a, −sin a tan s + cos a]] · C⁻¹.
  @Test func `all together are torchvision's map`() {
    let (rows, columns) = (20, 30)
    let (a, s) = (25.0 * .pi / 180, 12.0 * .pi / 180)
    let map = Self.map(rows, columns, rotation: 25, shift: (2.5, -1.25), scale: 1.2, shear: 12)
    for (x, y) in [(0.0, 0.0), (29, 0), (0, 19), (13, 7)] {
      let (u, v) = (x - 14.5, y - 9.5)
      let toX = 1.2 * (cos(a) * u + (-cos(a) * tan(s) - sin(a)) * v) + 14.5 + 2.5
      let toY = 1.2 * (sin(a) * u + (-sin(a) * tan(s) + cos(a)) * v) + 9.5 - 1.25
      let (p, q) = (map.across, map.down)
      #expect(abs(Double(p.0) * toX + Double(p.1) * toY + Double(p.2) - x) < 1e-5)
      #expect(abs(Double(q.0) * toX + Double(q.1) * toY + Double(q.2) - y) < 1e-5)
    }
  }

  @Test func `draws fill their ranges evenly`() {
    let settings = RandomAffine(rotation: 0, shift: 0.25, scale: 0, shear: 0)
    var stream = RandomStream(seed: 1, purpose: .testing)
    let shifts = (0..<10_000).map { _ in
      -Double(settings.map(rows: 10, columns: 20, drawingFrom: &stream).across.2)
    }
    #expect(shifts.allSatisfy { abs($0) <= 5 })
    // Five standard deviations: a shift's is 5 / √3, its square's 25 · √(4 / 45).
    #expect(abs(shifts.reduce(0, +) / 10_000) < 0.145)
    #expect(abs(shifts.reduce(0) { $0 + $1 * $1 } / 10_000 - 25.0 / 3) < 0.373)
    let turns = (0..<10_000).map { _ in
      RandomAffine(rotation: 30, shift: 0, scale: 0, shear: 0)
        .map(rows: 10, columns: 20, drawingFrom: &stream).across.1
    }
    #expect(turns.allSatisfy { abs($0) <= 0.5 } && turns.contains { abs($0) > 0.49 })
    let scales = (0..<10_000).map { _ in
      1
        / RandomAffine(rotation: 0, shift: 0, scale: 0.2, shear: 0)
        .map(rows: 10, columns: 20, drawingFrom: &stream).across.0
    }
    #expect(scales.allSatisfy { 0.7999 <= $0 && $0 <= 1.2001 })
    #expect(scales.contains { $0 < 0.81 } && scales.contains { $0 > 1.19 })
  }
}

extension [Float] {
  /// The pixels of an image, moved.
  func moved(by map: AffineMap, columns: Int) -> [Float] {
    var result = self
    let rows = count / columns
    result.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      AugmentedExample(values: base, steps: rows, features: columns)
        .resample(map, nil, workingIn: Buffer())
    }
    return result
  }
}
