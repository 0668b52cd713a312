import RecurrentKernels

/// Adds the gradients of a step's shards over all processes of a group.
///
/// A gradient goes in pieces, each with its own messages, so that one is added while others are on their
/// way.
///
/// It is used by one thread at a time.
final class GradientExchange {
  /// The elements of a piece: long enough for a message, and few enough to be added in a cache.
  private static let pieceSize = 1 << 16

  let processes: ProcessGroup
  private let elements: Int
  private let arrived = Buffer()
  private var plans: [Int: ExchangePlan] = [:]
  private var pieces: [Piece] = []
  /// The sums of the blocks of the step that is under way.
  private var blocks: [Buffer] = []

  /// A range of the gradient on its way through the plan's steps.
  private struct Piece {
    let range: Range<Int>
    let tag: Int
    var step = 0
    var sending: ProcessMessage?
    var receiving: ProcessMessage?
  }

  /// Makes ready to exchange gradients of so many elements.
  init(_ processes: ProcessGroup, elements: Int) {
    self.processes = processes
    self.elements = elements
  }

  /// Which shards this process has of a batch cut in so many.
  func allotment(shards: Int) -> ShardAllotment {
    ShardAllotment(shards: shards, processes: processes.count)
  }

  /// The shards that this process has of so many.
  func ownShards(of shards: Int) -> Range<Int> {
    allotment(shards: shards).shards(of: processes.rank)
  }

  /// The way of a batch of so many shards.
  func plan(shards: Int) -> ExchangePlan {
    if let plan = plans[shards] { return plan }
    let plan = ExchangePlan(allotment(shards: shards), at: processes.rank, elements: elements)
    plans[shards] = plan
    return plan
  }

  /// Adds the sums of this process's blocks and of all others, into the first block.
  ///
  /// `blocks` has a buffer of the gradient's elements for each of the plan's blocks.
  ///
  /// - Throws: `ProcessLoss` when another process is gone; what is in the buffers is then anything.
  func add(_ blocks: [Buffer], along plan: ExchangePlan) throws(ProcessLoss) {
    self.blocks = blocks
    pieces.removeAll(keepingCapacity: true)
    for first in stride(from: 0, to: elements, by: Self.pieceSize) {
      let range = first..<min(first + Self.pieceSize, elements)
      // Tag 0 is that of messages outside of gradients.
      pieces.append(Piece(range: range, tag: 1 + pieces.count))
    }
    for index in pieces.indices { start(&pieces[index], plan) }
    var patience = Patience()
    var first = 0
    while first < pieces.count {
      var hasMoved = false
      for index in first..<pieces.count where try advance(&pieces[index], plan) { hasMoved = true }
      while first < pieces.count, pieces[first].step == plan.steps.count { first += 1 }
      if hasMoved { patience = Patience() } else { patience.wait() }
    }
  }

  /// Takes the next step of a piece, and those after it up to one that must be waited for.
  private func start(_ piece: inout Piece, _ plan: ExchangePlan) {
    while piece.step < plan.steps.count {
      switch plan.steps[piece.step] {
      case .add(let block, let other):
        unsafe add(
          UnsafePointer(memory(of: other) + piece.range.lowerBound),
          to: memory(of: block) + piece.range.lowerBound,
          count: piece.range.count
        )
        piece.step += 1
      case .exchange(let process, let block, let sent, let received, let isAdded):
        if let received {
          let range = received.range(of: piece.range.count)
          let room = unsafe isAdded ? arrived.reserve(elements) : memory(of: block)
          piece.receiving = unsafe processes.link.receive(
            UnsafeMutableRawBufferPointer(
              UnsafeMutableBufferPointer(
                start: room + piece.range.lowerBound + range.lowerBound,
                count: range.count
              )
            ),
            from: process,
            tag: piece.tag
          )
        }
        if let sent {
          let range = sent.range(of: piece.range.count)
          piece.sending = unsafe processes.link.send(
            UnsafeRawBufferPointer(
              UnsafeBufferPointer(
                start: UnsafePointer(memory(of: block)) + piece.range.lowerBound
                  + range.lowerBound,
                count: range.count
              )
            ),
            to: process,
            tag: piece.tag
          )
        }
        return
      }
    }
  }

  /// Goes on with a piece if what it waits for has arrived; returns whether it has.
  private func advance(_ piece: inout Piece, _ plan: ExchangePlan) throws(ProcessLoss) -> Bool {
    guard piece.step < plan.steps.count else { return false }
    if let message = piece.receiving, try processes.link.isFinished(message) {
      piece.receiving = nil
    }
    if let message = piece.sending, try processes.link.isFinished(message) { piece.sending = nil }
    guard piece.receiving == nil, piece.sending == nil else { return false }
    if case .exchange(_, let block, _, let received?, isAdded: true) = plan.steps[piece.step] {
      let range = received.range(of: piece.range.count)
      let first = piece.range.lowerBound + range.lowerBound
      unsafe add(
        UnsafePointer(arrived.reserve(elements) + first),
        to: memory(of: block) + first,
        count: range.count
      )
    }
    piece.step += 1
    start(&piece, plan)
    return true
  }

  private func memory(of block: Int) -> UnsafeMutablePointer<Float> {
    unsafe blocks[block].reserve(elements)
  }

  /// Adds `source[0..<count]` to `target[0..<count]`.
  private func add(
    _ source: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: 2) { sources in
      unsafe sources[0] = UnsafePointer(target)
      unsafe sources[1] = source
      guard let base = sources.baseAddress else { return }
      unsafe kernels.pointee.sum_tree(count, 2, base, target)
    }
  }
}
