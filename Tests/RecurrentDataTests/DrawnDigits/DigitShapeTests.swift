import Recurrent
import Testing

@testable import RecurrentData

struct DigitShapeTests {
  @Test func `a stroke is read from points in hundredths with bars at its corners`() {
    let stroke = DigitStroke("10,20 30,40 | 50,-60")
    #expect(stroke.points == [SIMD2(0.1, 0.2), SIMD2(0.3, 0.4), SIMD2(0.5, -0.6)])
    #expect(stroke.corners == [0, 1, 2])
  }

  @Test func `a family whose two ends differ in structure is refused`() async {
    await #expect(processExitsWith: .failure) {
      _ = DigitShape(weight: 1, "0,0 50,50 0,100", "0,0 50,50 | 0,100")
    }
  }

  @Test(arguments: 0..<10)
  func `every digit has several shapes of about its size`(digit: Int) {
    let shapes = DigitSkeletons.shapes[digit]
    #expect(shapes.count >= 4)
    for shape in shapes {
      #expect(shape.weight > 0)
      for stroke in shape.first + shape.second {
        #expect(stroke.points.count >= 3)
        for point in stroke.points {
          #expect((-0.15...1.15).contains(point.x))
          #expect((-0.05...1.05).contains(point.y))
        }
      }
    }
  }

  @Test(arguments: 0..<10)
  func `shapes are chosen as often as their weights say`(digit: Int) {
    let shapes = DigitSkeletons.shapes[digit]
    var counts = [Int](repeating: 0, count: shapes.count)
    let draws = 4000
    for index in 0..<draws {
      var stream = RandomStream(seed: 1, purpose: .testing, index: UInt32(index))
      let chosen = DigitSkeletons.shape(of: digit, drawingFrom: &stream)
      if let place = shapes.firstIndex(where: { $0.first == chosen.first }) { counts[place] += 1 }
    }
    let total = shapes.reduce(0) { $0 + $1.weight }
    for (shape, count) in zip(shapes, counts) {
      // Four standard deviations of a share of one half, the widest there can be.
      #expect(abs(Float(count) / Float(draws) - shape.weight / total) < 0.032)
    }
  }
}
