/// The way of a message from one process to all others along a binomial tree.
///
/// Whoever has the message sends it on, so that in each round twice as many processes have it.
struct Broadcast {
  /// What one process does with the message.
  enum Hop: Equatable {
    case receive(from: Int)
    case send(to: Int)
  }

  /// What the process does, in order.
  let hops: [Hop]

  /// The part of process `rank` in a message from `origin` to all of `count`.
  init(from origin: Int, at rank: Int, of count: Int) {
    let place = (rank - origin + count) % count
    func process(at place: Int) -> Int { (place + origin) % count }
    var hops: [Hop] = []
    // The lowest bit of a place says in which round it is reached; the origin is there from the start.
    var bit = place == 0 ? 1 : place & -place
    if place == 0 {
      while bit < count { bit *= 2 }
    } else {
      hops.append(.receive(from: process(at: place & (place - 1))))
    }
    bit /= 2
    while bit > 0 {
      if place + bit < count { hops.append(.send(to: process(at: place + bit))) }
      bit /= 2
    }
    self.hops = hops
  }
}
