extension Double {
  /// The number to a whole power of at least 0, by repeated squaring: the same bits everywhere.
  func power(_ exponent: Int) -> Double {
    var result = 1.0
    var factor = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
