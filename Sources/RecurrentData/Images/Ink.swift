/// How much ink is on each pixel of a picture, 0 for none.
struct Ink {
  /// Columns and rows of a part of the picture; neither is empty.
  struct Box: Equatable {
    var columns: ClosedRange<Int>
    var rows: ClosedRange<Int>
  }

  let width: Int
  let height: Int
  /// The ink, row by row from the top left.
  var values: [Float]

  /// Returns the smallest box that holds all ink stronger than `least`, if there is any.
  func boundingBox(above least: Float) -> Box? {
    var box: Box?
    for y in 0..<height {
      let row = values[y * width..<(y + 1) * width]
      guard let first = row.firstIndex(where: { $0 > least }),
        let last = row.lastIndex(where: { $0 > least })
      else { continue }
      let (left, right) = (first - y * width, last - y * width)
      let earlier = box ?? Box(columns: left...right, rows: y...y)
      box = Box(
        columns: min(left, earlier.columns.lowerBound)...max(right, earlier.columns.upperBound),
        rows: earlier.rows.lowerBound...y
      )
    }
    return box
  }

  /// Returns the part in `box` scaled to `width` by `height`, each pixel the mean of its area.
  ///
  /// - Complexity: O(pixels in the box).
  func averaged(over box: Box, width: Int, height: Int) -> Ink {
    let columns = Self.shares(of: box.columns, count: width)
    let rows = Self.shares(of: box.rows, count: height)
    var scaled = Ink(
      width: width,
      height: height,
      values: [Float](repeating: 0, count: width * height)
    )
    for (toY, row) in rows.enumerated() {
      for (y, heightShare) in row {
        for (toX, column) in columns.enumerated() {
          var sum: Float = 0
          for (x, widthShare) in column { sum += values[y * self.width + x] * widthShare }
          scaled.values[toY * width + toX] += sum * heightShare
        }
      }
    }
    return scaled
  }

  /// Cuts `range` into `count` equal pieces; returns each one's places with their shares of it.
  private static func shares(
    of range: ClosedRange<Int>,
    count: Int
  ) -> [[(place: Int, share: Float)]] {
    let size = Double(range.count) / Double(count)
    return (0..<count).map { piece in
      let start = Double(piece) * size
      let end = start + size
      let last = min(Int(end.rounded(.up)), range.count) - 1
      return (min(Int(start), last)...last).map { place in
        let overlap = min(end, Double(place + 1)) - max(start, Double(place))
        return (range.lowerBound + place, Float(max(0, overlap) / size))
      }
    }
  }
}
