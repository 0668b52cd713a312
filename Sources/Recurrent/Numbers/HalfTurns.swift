/// Returns the cosine of an angle in half turns, cos πx, to about 10⁻¹⁵: the same bits everywhere.
///
/// The angle is brought to at most an eighth of a turn, where a few terms of the Taylor series are
/// enough.
func cosine(halfTurns x: Double) -> Double {
  let turns = x.magnitude.truncatingRemainder(dividingBy: 2)
  let half = turns > 1 ? 2 - turns : turns
  if half > 0.5 { return -cosine(halfTurns: 1 - half) }
  // cos πx = sin π(1/2 - x), whose series converges faster there.
  let isSine = half > 0.25
  let angle = Double.pi * (isSine ? 0.5 - half : half)
  let square = angle * angle
  var series = 0.0
  for term in stride(from: 20, to: 0, by: -2) {
    let n = Double(isSine ? term + 1 : term)
    series = -square / (n * (n - 1)) * (1 + series)
  }
  return isSine ? angle * (1 + series) : 1 + series
}
