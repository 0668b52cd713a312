/// Compares a gradient with central differences; returns a line for each parameter that is off.
///
/// `loss` is computed in double precision, so with steps of 10⁻⁵ the difference
/// (L(w + h) - L(w - h)) / 2h is good to about 10⁻⁹ and what remains is the rounding of the
/// gradient under test, which is in single precision: sums of some hundred products, each good to
/// 6 · 10⁻⁸ of the largest. The bound for each array is 2 · 10⁻⁵ (1 + its largest gradient).
public func gradientMismatches(
  _ gradient: [[Float]],
  names: [String] = [],
  at parameters: [[Float]],
  tolerance: Double = 2e-5,
  of loss: ([[Double]]) -> Double
) -> [String] {
  guard gradient.count == parameters.count else {
    return ["\(gradient.count) gradients for \(parameters.count) parameters"]
  }
  let step = 1e-5
  var point = parameters.map { $0.map(Double.init) }
  var problems: [String] = []
  for array in parameters.indices {
    let name = array < names.count ? names[array] : "parameter \(array)"
    guard gradient[array].count == parameters[array].count else {
      problems.append("\(name): \(gradient[array].count) gradients for \(parameters[array].count)")
      continue
    }
    var wanted: [Double] = []
    for place in parameters[array].indices {
      let centre = point[array][place]
      point[array][place] = centre + step
      let above = loss(point)
      point[array][place] = centre - step
      let below = loss(point)
      point[array][place] = centre
      wanted.append((above - below) / (2 * step))
    }
    if let problem = mismatch(gradient[array], wanted, tolerance: tolerance) {
      problems.append("\(name): \(problem)")
    }
  }
  return problems
}

/// What is wrong with numbers that should equal a reference, nil if nothing is.
///
/// The bound is `tolerance` times (1 + the largest reference number), for each number alike.
public func mismatch(_ got: [Float], _ want: [Double], tolerance: Double) -> String? {
  guard got.count == want.count else { return "\(got.count) numbers instead of \(want.count)" }
  let bound = tolerance * (1 + want.reduce(0) { max($0, abs($1)) })
  var worst = (place: 0, distance: -1.0)
  for place in got.indices {
    let distance = abs(Double(got[place]) - want[place])
    if !(distance <= worst.distance) { worst = (place, distance) }
    if distance.isNaN { break }
  }
  guard !got.isEmpty, !(worst.distance <= bound) else { return nil }
  let (place, distance) = worst
  return
    "number \(place) is \(got[place]) instead of \(want[place]), \(distance) off (\(bound) allowed)"
}

/// What is wrong with numbers that should equal others of the same precision, nil if nothing is.
public func mismatch(_ got: [Float], _ want: [Float], tolerance: Double) -> String? {
  mismatch(got, want.map(Double.init), tolerance: tolerance)
}

/// Whether two lists of numbers have the same bits, NaN and the sign of zero included.
public func haveSameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}
