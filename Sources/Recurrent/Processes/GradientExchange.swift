import RecurrentKernels
import Synchronization

/// Adds the gradients of a step's shards over all processes of a group.
///
/// A gradient has parts, such as layers, each of which goes on its way as soon as it is there. It goes in
/// pieces, each with its own messages, so that one is added while others are on their way.
///
/// Sendable without a check by the compiler: what changes is touched by who has the turn only, or between
/// steps, when no worker is in one.
final class GradientExchange: @unchecked Sendable {
  /// The elements of a piece, where there are not very many pieces.
  ///
  /// 48 kB are few enough for MPI to hand them to a network without asking the receiver first; they
  /// travel while nobody calls MPI.
  private static let pieceSize = 12_288
  /// About so many pieces are made of the longest gradients: each has a tag, and MPI promises 32,767.
  private static let mostPieces = 1024

  let processes: ProcessGroup
  private let elements: Int
  /// The pieces of each part, by their numbers.
  private let piecesOfParts: [Range<Int>]
  private let turn = Guarded(())
  private let arrived = Buffer()
  private var plans: [Int: ExchangePlan] = [:]
  private var pieces: [Piece] = []
  /// The sums of the blocks of the step that is under way, and what becomes of them.
  private var blocks: [Buffer] = []
  private var plan: ExchangePlan?

  /// A range of the gradient on its way through the plan's steps.
  private struct Piece {
    let range: Range<Int>
    let tag: Int
    var isStarted = false
    var step = 0
    var sending: ProcessMessage?
    var receiving: ProcessMessage?
  }

  /// Makes ready to exchange gradients of these parts, which lie one after another.
  init(_ processes: ProcessGroup, parts: [Range<Int>]) {
    self.processes = processes
    elements = parts.last?.upperBound ?? 0
    let pieceSize = max(Self.pieceSize, (elements + Self.mostPieces - 1) / Self.mostPieces)
    var pieces: [Piece] = []
    piecesOfParts = parts.map { part in
      let start = pieces.count
      for first in stride(from: part.lowerBound, to: part.upperBound, by: pieceSize) {
        let range = first..<min(first + pieceSize, part.upperBound)
        // Tag 0 is that of messages outside of gradients.
        pieces.append(Piece(range: range, tag: 1 + pieces.count))
      }
      return start..<pieces.count
    }
    self.pieces = pieces
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

  /// Begins a step, in which the sums of this process's blocks are added to those of all others, into the
  /// first block.
  ///
  /// `blocks` will have a buffer of the gradient's elements for each of the plan's blocks.
  func begin(_ blocks: [Buffer], along plan: ExchangePlan) {
    self.blocks = blocks
    self.plan = plan
    for index in pieces.indices {
      pieces[index].isStarted = false
      pieces[index].step = 0
    }
  }

  /// Sends a part on its way, of which each block has its sum; any thread may call.
  func start(part: Int) {
    turn.withLock { _ in
      guard let plan else { return }
      for index in piecesOfParts[part] where !pieces[index].isStarted {
        pieces[index].isStarted = true
        start(&pieces[index], plan)
      }
    }
  }

  /// Goes on with what has arrived; any thread may call.
  ///
  /// That a process is gone is told at the end.
  func advance() {
    turn.withLock { _ in
      guard let plan else { return }
      for index in pieces.indices where pieces[index].isStarted {
        guard (try? advance(&pieces[index], plan)) != nil else { return }
      }
    }
  }

  /// Sends what is left on its way, and waits for everything.
  ///
  /// - Throws: `ProcessLoss` when another process is gone; what is in the buffers is then anything.
  func finish() throws(ProcessLoss) {
    do {
      try wait()
    } catch {
      // Messages that are late may still be written to what this has: it must not go.
      _ = unsafe Unmanaged.passRetained(self)
      throw error
    }
  }

  private func wait() throws(ProcessLoss) {
    guard let plan else { return }
    for part in piecesOfParts.indices { start(part: part) }
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
