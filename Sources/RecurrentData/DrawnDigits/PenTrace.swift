internal import Recurrent

/// The path of the pen over the paper, as short straight lines.
struct PenTrace: Sendable {
  /// One place on the path.
  struct Point: Sendable {
    /// Where the pen is; at first in digit heights, after `fitted` in pixels.
    var position: SIMD2<Float>
    /// Half the width of the line here, in pixels.
    var radius: Float
    /// Whether the pen was lifted before this point, so that no line leads to it.
    var startsStroke: Bool
  }

  /// The straight lines between two neighbouring points of a skeleton.
  private static let subdivisions = 5

  /// The points in the order of writing.
  var points: [Point] = []

  /// Writes the digit of `shape` by `hand`.
  init(of shape: DigitShape, by hand: Handwriting, drawingFrom stream: inout RandomStream) {
    points.reserveCapacity(96)
    for (first, second) in zip(shape.first, shape.second) {
      var skeleton: [SIMD2<Float>] = []
      // Where the pen comes down again is a little off.
      let x = 1.2 * hand.tremor * stream.nextNormal()
      let offset = SIMD2(x, 1.2 * hand.tremor * stream.nextNormal())
      for (index, (start, end)) in zip(first.points, second.points).enumerated() {
        // The ends of a stroke are placed less exactly than its course.
        let isEnd = index == 0 || index == first.points.count - 1
        let reach = isEnd ? 1.5 * hand.tremor : hand.tremor
        let x = reach * stream.nextNormal()
        let wobble = SIMD2(x, reach * stream.nextNormal())
        skeleton.append(start + (end - start) * hand.blend + wobble + offset)
      }
      append(DigitPath(points: skeleton, corners: first.corners), by: hand)
    }
    let last = Float(max(points.count - 1, 1))
    for index in points.indices {
      points[index].radius = hand.radius(at: Float(index) / last)
    }
  }

  /// The points of one stroke's skeleton, as one digit has them.
  private struct DigitPath {
    let points: [SIMD2<Float>]
    let corners: [Int]
  }

  private mutating func append(_ path: DigitPath, by hand: Handwriting) {
    append(path.points[0], by: hand, startsStroke: true)
    for (from, to) in zip(path.corners, path.corners.dropFirst()) {
      for index in from..<to {
        let p1 = path.points[index]
        let p2 = path.points[index + 1]
        let p0 = index > from ? path.points[index - 1] : p1 + (p1 - p2)
        let p3 = index + 1 < to ? path.points[index + 2] : p2 + (p2 - p1)
        for step in 1...Self.subdivisions {
          let t = Float(step) / Float(Self.subdivisions)
          append(Self.catmullRom(p0, p1, p2, p3, t), by: hand, startsStroke: false)
        }
      }
    }
  }

  private mutating func append(
    _ position: SIMD2<Float>,
    by hand: Handwriting,
    startsStroke: Bool
  ) {
    points.append(
      Point(position: hand.placed(position), radius: 0, startsStroke: startsStroke)
    )
  }

  /// The Catmull-Rom spline through p1 (at t = 0) and p2 (at t = 1).
  private static func catmullRom(
    _ p0: SIMD2<Float>,
    _ p1: SIMD2<Float>,
    _ p2: SIMD2<Float>,
    _ p3: SIMD2<Float>,
    _ t: Float
  ) -> SIMD2<Float> {
    let a = p1 * 3 - p2 * 3 + p3 - p0
    let b = p0 * 2 - p1 * 5 + p2 * 4 - p3
    let c = p2 - p0
    return p1 + (c + (b + a * t) * t) * (t * 0.5)
  }
}
