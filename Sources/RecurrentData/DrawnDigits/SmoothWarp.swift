internal import Recurrent

/// A smooth random displacement of the plane: a coarse grid of random shifts, cubically blended.
///
/// Source: the elastic distortions of P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for
/// convolutional neural networks applied to visual document analysis", ICDAR 2003; a uniform cubic
/// B-spline takes the place of their Gaussian blur.
struct SmoothWarp: Sendable {
  /// The number of grid nodes along each side.
  private static let side = 5
  private let nodes: [SIMD2<Float>]

  /// Draws a displacement whose nodes have the standard deviation `amplitude`, in digit heights.
  init(amplitude: Float, drawingFrom stream: inout RandomStream) {
    var nodes: [SIMD2<Float>] = []
    nodes.reserveCapacity(Self.side * Self.side)
    for _ in 0..<Self.side * Self.side {
      let x = amplitude * stream.nextNormal()
      nodes.append(SIMD2(x, amplitude * stream.nextNormal()))
    }
    self.nodes = nodes
  }

  /// Returns the displacement at `point`, whose coordinates lie around 0 to 1.
  func shift(at point: SIMD2<Float>) -> SIMD2<Float> {
    // Five nodes a side make two cells of the spline each way. The digit, 1 high and some 0.8
    // wide, spans both; what reaches out of them moves as their edge does.
    let x = min(max(point.x * 2.4, 0), 1.999)
    let y = min(max(point.y * 2, 0), 1.999)
    let column = Int(x)
    let row = Int(y)
    let across = Self.weights(x - Float(column))
    let down = Self.weights(y - Float(row))
    var sum = SIMD2<Float>()
    for j in 0..<4 {
      for i in 0..<4 {
        sum += nodes[(row + j) * Self.side + column + i] * (down[j] * across[i])
      }
    }
    return sum
  }

  /// The four weights of a uniform cubic B-spline at `t` from 0 to 1; they sum to 1.
  private static func weights(_ t: Float) -> SIMD4<Float> {
    let s = 1 - t
    return SIMD4(
      s * s * s,
      3 * t * t * t - 6 * t * t + 4,
      3 * s * s * s - 6 * s * s + 4,
      t * t * t
    ) / 6
  }
}
