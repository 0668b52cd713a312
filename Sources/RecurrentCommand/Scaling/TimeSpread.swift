/// How far times of the same work lie apart, as multiples of the middle one.
struct TimeSpread: Codable, Equatable {
  /// Shares of all times, from 0 to 1.
  let shares: [Double]
  /// What so large a share of the times does not exceed.
  let factors: [Double]

  /// All times are the same.
  static let none = TimeSpread(of: [1])

  /// The shares that are kept: hundredths, and thousandths of the last hundredth.
  private static let kept =
    (0..<99).map { Double($0) / 100 } + (990...1000).map { Double($0) / 1000 }

  /// Sums up times; there is at least one.
  init(of factors: [Double]) {
    let sorted = factors.sorted()
    let last = sorted.count - 1
    shares = Self.kept
    self.factors = Self.kept.map { share in
      let place = share * Double(last)
      let index = min(Int(place), max(0, last - 1))
      let next = min(index + 1, last)
      return sorted[index] + (place - Double(index)) * (sorted[next] - sorted[index])
    }
  }

  /// The factor that this share of the times does not exceed, in a straight line between those kept.
  func factor(at share: Double) -> Double {
    // Hundredths lie where they say, and thousandths after the last of them.
    let index =
      share < 0.99
      ? min(Int(share * 100), 98) : min(99 + Int((share - 0.99) * 1000), shares.count - 2)
    let width = shares[index + 1] - shares[index]
    let part = min(max((share - shares[index]) / width, 0), 1)
    return factors[index] + part * (factors[index + 1] - factors[index])
  }

  /// The largest factor.
  var largest: Double { factors[factors.count - 1] }
}
