import Testing

@testable import Recurrent

struct BroadcastTests {
  @Test("Every process gets the message once, from one that has it", arguments: 1...17)
  func everyProcessGetsItOnce(count: Int) {
    for origin in 0..<count {
      let hops = (0..<count).map { Broadcast(from: origin, at: $0, of: count).hops }
      var senders = [Int?](repeating: nil, count: count)
      for (process, own) in hops.enumerated() {
        for case .send(let target) in own {
          #expect(senders[target] == nil)
          senders[target] = process
        }
      }
      for (process, own) in hops.enumerated() {
        let sources = own.compactMap { hop in
          if case .receive(let source) = hop { source } else { nil }
        }
        #expect(sources == (process == origin ? [] : [senders[process] ?? -1]))
        // It is received before it is sent on.
        if process != origin { #expect(own.first == .receive(from: sources[0])) }
        var (place, steps) = (process, 0)
        while place != origin, let next = senders[place], steps < count {
          place = next
          steps += 1
        }
        #expect(place == origin)
      }
    }
  }

  @Test("A message among 1,024 processes takes 10 hops at most")
  func hopsAreLogarithmic() {
    for rank in [0, 1, 511, 512, 1023] {
      #expect(Broadcast(from: 0, at: rank, of: 1024).hops.count <= 10)
    }
  }
}
