import Recurrent
import Testing

@testable import RecurrentData

struct PenTraceTests {
  /// The trace of example `index` and the hand that wrote it.
  private static func trace(_ index: Int) -> (trace: PenTrace, hand: Handwriting) {
    var stream = RandomStream(seed: 7, purpose: .testing, index: UInt32(index))
    let digit = index % 10
    let shape = DigitSkeletons.shape(of: digit, drawingFrom: &stream)
    let hand = Handwriting(writing: digit, drawingFrom: &stream)
    return (PenTrace(of: shape, by: hand, drawingFrom: &stream), hand)
  }

  @Test func `a trace lifts the pen once a stroke`() {
    var stream = RandomStream(seed: 7, purpose: .testing)
    let shape = DigitShape(weight: 1, "0,0 50,50\n50,0 0,50", "0,0 60,50\n60,0 0,50")
    let hand = Handwriting(writing: 4, drawingFrom: &stream)
    let points = PenTrace(of: shape, by: hand, drawingFrom: &stream).points
    #expect(points.count { $0.startsStroke } == 2)
    #expect(points.first?.startsStroke == true)
  }

  @Test func `a fitted trace fills its box along the longer side`() {
    for index in 0..<500 {
      let points = DigitNormalisation.fitted(Self.trace(index).trace).points
      let low = points.reduce(SIMD2(repeating: Float.infinity)) {
        pointwiseMin($0, $1.position - $1.radius)
      }
      let high = points.reduce(SIMD2(repeating: -Float.infinity)) {
        pointwiseMax($0, $1.position + $1.radius)
      }
      #expect(low.min() > -0.001)
      #expect(abs(high.max() - 20) < 0.01, "trace \(index) of seed 7")
    }
  }

  @Test func `the pen's pressure passes through its three given values`() {
    let hand = Self.trace(3).hand
    let values = [hand.pressure.x, hand.pressure.y, hand.pressure.z]
    for (place, value) in values.enumerated() {
      let radius = hand.radius(at: Float(place) / 2)
      // A parabola through three points, in single precision.
      #expect(abs(radius - hand.penRadius * value) < 1e-5)
    }
  }

  @Test func `a line is full in its middle, half at its edge and nothing beyond`() {
    // A level line through the pixel centres of row 4, three pixels wide.
    var trace = Self.trace(1).trace
    trace.points = [
      PenTrace.Point(position: SIMD2(3.5, 4.5), radius: 1.5, startsStroke: true),
      PenTrace.Point(position: SIMD2(7.5, 4.5), radius: 1.5, startsStroke: false),
    ]
    #expect(Self.column5(of: trace) == [0, 0, 0, 255, 255, 255, 0, 0, 0, 0])
    trace.points[0].position.y += 0.5
    trace.points[1].position.y += 0.5
    #expect(Self.column5(of: trace) == [0, 0, 0, 128, 255, 255, 128, 0, 0, 0])
  }

  /// The ink in column 5 of a field of 10 by 10 pixels with edges one pixel soft.
  private static func column5(of trace: PenTrace) -> [UInt8] {
    let ink = InkField(drawing: trace, side: 10, softness: 1)
    return (0..<10).map { row in ink.bytes[row * 10 + 5] }
  }
}
