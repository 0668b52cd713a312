/// Where in an image each pixel of the changed image comes from.
///
/// A pixel in column c and row r comes from column `across.0` c + `across.1` r + `across.2` and row
/// `down.0` c + `down.1` r + `down.2`.
struct AffineMap: Sendable {
  private(set) var across: (Float, Float, Float) = (1, 0, 0)
  private(set) var down: (Float, Float, Float) = (0, 1, 0)

  /// The map that changes nothing.
  init() {}

  /// The inverse of: shear horizontally, turn clockwise and scale about the middle, then shift.
  ///
  /// Angles are degrees, shifts pixels (right and down). Quarter turns are exact.
  init(
    rows: Int,
    columns: Int,
    rotation: Double,
    shift: (right: Double, down: Double),
    scale: Double,
    shear: Double
  ) {
    let (cosine, sine) = Self.direction(degrees: rotation)
    let slant = Self.direction(degrees: shear)
    let tangent = slant.sine / slant.cosine
    let a = (cosine - sine * tangent) / scale
    let b = (sine + cosine * tangent) / scale
    let c = -sine / scale
    let d = cosine / scale
    let middle = (column: Double(columns - 1) / 2, row: Double(rows - 1) / 2)
    let start = (column: middle.column + shift.right, row: middle.row + shift.down)
    across = (Float(a), Float(b), Float(middle.column - (a * start.column + b * start.row)))
    down = (Float(c), Float(d), Float(middle.row - (c * start.column + d * start.row)))
  }

  /// Whether every pixel stays where it is.
  var isIdentity: Bool { across == (1, 0, 0) && down == (0, 1, 0) }

  /// Cosine and sine of an angle, to about 1e-15, with the same bits on every platform.
  ///
  /// The angle is a multiple of 90° and a rest r of at most 45°, whose Taylor sums are taken.
  static func direction(degrees: Double) -> (cosine: Double, sine: Double) {
    let quarters = (degrees / 90).rounded()
    let r = (degrees - 90 * quarters) * (Double.pi / 180)
    let square = r * r
    var sine = 0.0
    var cosine = 0.0
    for n in stride(from: 8, through: 1, by: -1) {
      let twice = Double(2 * n)
      sine = (1 + sine) * -square / (twice * (twice + 1))
      cosine = (1 + cosine) * -square / (twice * (twice - 1))
    }
    let (c, s) = (1 + cosine, r * (1 + sine))
    return switch Int(quarters) & 3 {
    case 0: (c, s)
    case 1: (-s, c)
    case 2: (-c, -s)
    default: (s, -c)
    }
  }
}
