/// Mean and deviation of numbers, in double precision; missing ones do not count.
struct Moments {
  private var count = 0.0
  private(set) var mean = 0.0
  private var squares = 0.0

  // B. P. Welford, "Note on a method for calculating corrected sums of squares and products", 1962.
  mutating func add(_ number: Float) {
    guard !number.isNaN else { return }
    count += 1
    let distance = Double(number) - mean
    mean += distance / count
    squares += distance * (Double(number) - mean)
  }

  var deviation: Float {
    let value = Float((squares / max(count, 1)).squareRoot())
    return value > 0 && value.isFinite ? value : 1
  }
}
