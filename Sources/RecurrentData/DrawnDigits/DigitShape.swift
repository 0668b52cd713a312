internal import Recurrent

/// One movement of the pen, from touching the paper to leaving it.
///
/// A stroke is a chain of pieces. Each piece is a smooth curve through its points and starts where
/// the piece before it ended, so the places where pieces meet are the stroke's corners.
struct DigitStroke: Equatable, Sendable {
  /// The points the pen passes, in order; `x` grows to the right, `y` downwards.
  let points: [SIMD2<Float>]
  /// The indices into `points` at which pieces begin and end: first, corners, last.
  let corners: [Int]

  /// Reads one stroke: points as `x,y` in hundredths, parted by spaces, a `|` after each piece.
  init(_ text: Substring) {
    var points: [SIMD2<Float>] = []
    var corners = [0]
    for word in text.split(separator: " ") {
      if word == "|" {
        corners.append(points.count - 1)
        continue
      }
      let numbers = word.split(separator: ",").compactMap { Int($0) }
      require(numbers.count == 2, "a point of a digit's stroke is written x,y, got \(word)")
      points.append(SIMD2(Float(numbers[0]), Float(numbers[1])) / 100)
    }
    corners.append(points.count - 1)
    self.points = points
    self.corners = corners
  }
}

/// One way of writing a digit: a family of skeletons between two extremes.
///
/// Both extremes have the same strokes with the same numbers of points and pieces, so that any
/// skeleton between them, and a little beyond, is a blend of the two, point by point. A digit is
/// about 1 high and 0.65 wide, upright, before a hand slants, stretches and shakes it.
struct DigitShape: Sendable {
  /// How common this way of writing is among those of its digit.
  let weight: Float
  /// The strokes at one end of the family.
  let first: [DigitStroke]
  /// The strokes at the other end, which match `first` one by one.
  let second: [DigitStroke]

  /// Reads a family from its two extremes, one stroke a line.
  init(weight: Float, _ first: String, _ second: String) {
    self.weight = weight
    self.first = first.split(separator: "\n").map(DigitStroke.init)
    self.second = second.split(separator: "\n").map(DigitStroke.init)
    require(
      self.first.map(\.corners) == self.second.map(\.corners),
      "the two ends of a digit's shape need the same strokes, corners and numbers of points"
    )
  }
}
