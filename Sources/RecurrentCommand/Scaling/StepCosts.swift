/// What the parts of a training step take on one thread, in seconds.
struct StepCosts: Codable, Equatable {
  /// What a shard takes, forward and backward.
  struct Shard: Codable, Equatable {
    let rows: Int
    /// The middle time.
    let seconds: Double
    /// How far the times lie apart.
    var spread = TimeSpread.none
  }

  /// Shards of several sizes, the smallest first; at least one.
  var shards: [Shard]
  /// Packing the weights, with which each step begins.
  var packing: Double
  /// Adding a gradient to another.
  var addition: Double
  /// Copying a gradient.
  var copying: Double
  /// Changing all parameters by the gradient.
  var update: Double
  /// The floats of a gradient.
  var floats: Int

  /// The bytes of a gradient.
  var bytes: Double { 4 * Double(floats) }

  /// A shard of so many rows.
  ///
  /// Its time lies in a straight line between those measured, and grows with the rows beyond the
  /// largest; it is spread as that of the next larger one.
  func shard(rows: Int) -> Shard {
    guard let place = shards.firstIndex(where: { $0.rows >= rows }) else {
      let largest = shards[shards.count - 1]
      let seconds = largest.seconds * Double(rows) / Double(largest.rows)
      return Shard(rows: rows, seconds: seconds, spread: largest.spread)
    }
    let above = shards[place]
    guard place > 0, above.rows > rows else {
      return Shard(rows: rows, seconds: above.seconds, spread: above.spread)
    }
    let below = shards[place - 1]
    let part = Double(rows - below.rows) / Double(above.rows - below.rows)
    let seconds = below.seconds + part * (above.seconds - below.seconds)
    return Shard(rows: rows, seconds: seconds, spread: above.spread)
  }

  /// The same with shards that all take their middle time.
  var withoutJitter: StepCosts {
    var costs = self
    for index in shards.indices { costs.shards[index].spread = .none }
    return costs
  }

  /// Whether shards of one size take unequal times.
  var hasJitter: Bool { shards.contains { $0.spread != .none } }
}
