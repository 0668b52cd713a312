/// How far `got` is from the exact value, in units of the spacing of floats there.
///
/// A correctly rounded result is at most 0.5 away. NaN is 0 away from NaN and infinitely far from
/// everything else; so is an infinity, but for the largest finite float next to it.
public func ulpDistance(_ got: Float, _ want: Double) -> Double {
  if got.isNaN || want.isNaN { return got.isNaN && want.isNaN ? 0 : .infinity }
  let rounded = Float(want)
  if rounded.isInfinite || got.isInfinite {
    if got == rounded { return 0 }
    let isNeighbour = min(got.magnitude, rounded.magnitude) == .greatestFiniteMagnitude
    return isNeighbour && got.sign == rounded.sign ? 1 : .infinity
  }
  return abs(Double(got) - want) / Double(max(rounded.ulp, .leastNonzeroMagnitude))
}
