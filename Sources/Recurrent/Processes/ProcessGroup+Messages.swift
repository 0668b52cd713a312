import RecurrentKernels

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ProcessGroup {
  /// The most bytes of one message: MPI counts them in 32 bits.
  package static let longestMessage = 1 << 30

  /// Sends bytes of process 0 to all others; theirs are overwritten.
  package func broadcast(_ bytes: inout [UInt8]) throws(ProcessLoss) {
    var sizes = [UInt64(bytes.count)]
    try unsafe withBytes(&sizes) { room throws(ProcessLoss) in try unsafe broadcast(room, from: 0) }
    if !isFirst { bytes = [UInt8](repeating: 0, count: Int(sizes[0])) }
    try unsafe withBytes(&bytes) { room throws(ProcessLoss) in try unsafe broadcast(room, from: 0) }
  }

  /// Tells every process what each of them says, in the order of the processes.
  package func gather(_ bytes: [UInt8]) throws(ProcessLoss) -> [[UInt8]] {
    var sizes = [UInt64](repeating: 0, count: count)
    sizes[rank] = UInt64(bytes.count)
    try gather(in: &sizes) { $0 }
    var ends = [0]
    for size in sizes { ends.append(ends[ends.count - 1] + Int(size)) }
    var all = [UInt8](repeating: 0, count: ends[count])
    all.replaceSubrange(ends[rank]..<ends[rank + 1], with: bytes)
    try gather(in: &all) { ends[$0] }
    return (0..<count).map { Array(all[ends[$0]..<ends[$0 + 1]]) }
  }

  /// The largest of the numbers that the processes say.
  package func maximum(_ number: Int) throws(ProcessLoss) -> Int {
    var numbers = [Int](repeating: number, count: count)
    try gather(in: &numbers) { $0 }
    return numbers.max() ?? number
  }

  /// Fills an array with the part of every process, of which this one's is there.
  ///
  /// The parts lie one after another; `start` says at which element a process's part begins, and for
  /// `count` where the last one ends.
  package func gather<Element: BitwiseCopyable>(
    in array: inout [Element],
    startingAt start: (Int) -> Int
  ) throws(ProcessLoss) {
    let size = MemoryLayout<Element>.stride
    try unsafe withBytes(&array) { room throws(ProcessLoss) in
      try unsafe gather(in: room) { start($0) * size }
    }
  }

  /// Fills `room` with the part of every process, of which this one's is there.
  ///
  /// The parts lie one after another; `start` says where a process's part begins, and for `count` where
  /// the last one ends. Powers of two of processes take as many rounds as the power.
  private func gather(
    in room: UnsafeMutableRawBufferPointer,
    startingAt start: (Int) -> Int
  ) throws(ProcessLoss) {
    func part(_ ranks: Range<Int>) -> UnsafeMutableRawBufferPointer {
      unsafe UnsafeMutableRawBufferPointer(
        rebasing: room[start(ranks.lowerBound)..<start(ranks.upperBound)]
      )
    }
    if count & (count - 1) == 0 {
      var distance = 1
      while distance < count {
        let own = rank & ~(distance - 1)
        let partner = rank ^ distance
        let other = partner & ~(distance - 1)
        try unsafe exchange(
          sending: UnsafeRawBufferPointer(part(own..<own + distance)),
          receiving: part(other..<other + distance),
          with: partner
        )
        distance *= 2
      }
      return
    }
    if isFirst {
      for process in 1..<count {
        try unsafe exchange(
          sending: UnsafeRawBufferPointer(start: nil, count: 0),
          receiving: part(process..<process + 1),
          with: process
        )
      }
    } else {
      try unsafe exchange(
        sending: UnsafeRawBufferPointer(part(rank..<rank + 1)),
        receiving: UnsafeMutableRawBufferPointer(start: nil, count: 0),
        with: 0
      )
    }
    try unsafe broadcast(part(0..<count), from: 0)
  }

  /// Sends the bytes of one process to all others, along a binomial tree.
  private func broadcast(
    _ room: UnsafeMutableRawBufferPointer,
    from origin: Int
  ) throws(ProcessLoss) {
    let nothing = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    for hop in Broadcast(from: origin, at: rank, of: count).hops {
      switch hop {
      case .receive(let process):
        try unsafe exchange(
          sending: UnsafeRawBufferPointer(nothing),
          receiving: room,
          with: process
        )
      case .send(let process):
        try unsafe exchange(
          sending: UnsafeRawBufferPointer(room),
          receiving: nothing,
          with: process
        )
      }
    }
  }

  /// Sends to another process and receives from it, and waits for both.
  private func exchange(
    sending: UnsafeRawBufferPointer,
    receiving: UnsafeMutableRawBufferPointer,
    with process: Int
  ) throws(ProcessLoss) {
    var first = 0
    let longest = max(sending.count, receiving.count)
    while first < longest {
      let last = first + Self.longestMessage
      var messages: [ProcessMessage] = []
      if first < receiving.count {
        let piece = unsafe receiving[first..<min(last, receiving.count)]
        messages.append(
          unsafe link.receive(
            UnsafeMutableRawBufferPointer(rebasing: piece),
            from: process,
            tag: 0
          )
        )
      }
      if first < sending.count {
        let piece = unsafe sending[first..<min(last, sending.count)]
        messages.append(
          unsafe link.send(UnsafeRawBufferPointer(rebasing: piece), to: process, tag: 0)
        )
      }
      var patience = Patience()
      while !messages.isEmpty {
        var rest: [ProcessMessage] = []
        for message in messages where try !link.isFinished(message) { rest.append(message) }
        if rest.count == messages.count { patience.wait() }
        messages = rest
      }
      first = last
    }
  }
}

/// Calls `body` with memory that has the bytes of an array, and gives the array what is in it then.
///
/// Where that fails the memory is not freed: a message that is late may still be written there.
private func withBytes<Element: BitwiseCopyable>(
  _ array: inout [Element],
  _ body: (UnsafeMutableRawBufferPointer) throws(ProcessLoss) -> Void
) throws(ProcessLoss) {
  let size = array.count * MemoryLayout<Element>.stride
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 16)
  let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<size])
  unsafe array.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
  try unsafe body(room)
  unsafe array.withUnsafeMutableBytes { unsafe $0.copyMemory(from: UnsafeRawBufferPointer(room)) }
  unsafe memory.deallocate()
}

/// How long one waits for another: busily at first, then letting others run, then asleep now and then.
struct Patience {
  /// How often it looks before it lets others run: some 30 microseconds.
  private static let busyTurns = 2000
  /// How often it lets others run before it sleeps for moments.
  private static let yieldingTurns = 20_000

  private var turns = 0

  /// Lets a moment pass.
  mutating func wait() {
    turns += 1
    if turns < Self.busyTurns {
      recurrent_pause()
    } else if turns < Self.yieldingTurns {
      recurrent_yield()
    } else {
      usleep(50)
    }
  }
}
