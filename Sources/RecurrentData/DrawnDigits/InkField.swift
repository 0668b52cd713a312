/// Ink on a square of pixels, drawn by a round pen with soft edges.
struct InkField: Sendable {
  /// The pixels along each side.
  let side: Int
  /// The ink of each pixel, row by row: 0 is paper, 255 is a full line.
  let bytes: [UInt8]

  /// Draws `trace`, whose points are in pixels.
  ///
  /// A pixel's ink depends on the distance from its centre to the nearest line, less the pen's
  /// radius there: full at `-softness / 2` and nothing at `softness / 2`.
  init(drawing trace: PenTrace, side: Int, softness: Float) {
    var cover = [Float](repeating: 0, count: side * side)
    cover.withUnsafeMutableBufferPointer { cover in
      var previous = trace.points[0]
      for point in trace.points.dropFirst() {
        if !point.startsStroke {
          Self.draw(from: previous, to: point, into: cover, side: side, softness: softness)
        }
        previous = point
      }
    }
    self.side = side
    bytes = cover.map { UInt8($0 * 255 + 0.5) }
  }

  private static func draw(
    from a: PenTrace.Point,
    to b: PenTrace.Point,
    into cover: UnsafeMutableBufferPointer<Float>,
    side: Int,
    softness: Float
  ) {
    let reach = max(a.radius, b.radius) + softness / 2
    let low = pointwiseMin(a.position, b.position) - (reach + 0.5)
    let high = pointwiseMax(a.position, b.position) + (reach - 0.5)
    let firstColumn = max(0, Int(low.x.rounded(.up)))
    let lastColumn = min(side - 1, Int(high.x.rounded(.down)))
    let firstRow = max(0, Int(low.y.rounded(.up)))
    let lastRow = min(side - 1, Int(high.y.rounded(.down)))
    guard firstColumn <= lastColumn, firstRow <= lastRow else { return }
    let ax = a.position.x
    let ay = a.position.y
    let dx = b.position.x - ax
    let dy = b.position.y - ay
    let length = dx * dx + dy * dy
    let inverse = length > 1e-12 ? 1 / length : 0
    let radius = a.radius
    let growth = b.radius - a.radius
    let contrast = 1 / softness
    for row in firstRow...lastRow {
      let py = Float(row) + 0.5 - ay
      for column in firstColumn...lastColumn {
        let px = Float(column) + 0.5 - ax
        let along = min(max((px * dx + py * dy) * inverse, 0), 1)
        let qx = px - along * dx
        let qy = py - along * dy
        let distance = (qx * qx + qy * qy).squareRoot() - radius - along * growth
        let ink = min(max(0.5 - distance * contrast, 0), 1)
        let index = row * side + column
        if ink > cover[index] { cover[index] = ink }
      }
    }
  }
}
