import Dispatch
import RecurrentKernels
import Synchronization

/// Threads that take numbered pieces of work until none is left.
///
/// The thread that calls is one of them. The others are started when there is first something to
/// share, wait for the next call with a short spin and then asleep, and end with the pool.
final class WorkerPool: Sendable {
  /// The number of workers.
  let threads: Int
  private let board = WorkBoard()
  private let sleepers: [Sleeper]
  private let isStarted = Atomic(false)

  init(threads: Int) {
    require(threads > 0, "a worker pool needs at least one thread, got \(threads)")
    self.threads = threads
    sleepers = (1..<max(threads, 1)).map { _ in Sleeper() }
  }

  deinit {
    board.close()
    for sleeper in sleepers { sleeper.wake() }
  }

  /// Calls `work` once for each piece from 0 to `count - 1`, and returns when all are done.
  ///
  /// A worker does one piece at a time, so what belongs to worker w is touched by one thread only.
  /// Who does which piece is left to chance. Calls must not overlap. Allocates nothing once the
  /// threads run.
  func forEach(_ count: Int, _ work: @escaping PieceOfWork) {
    if threads == 1 || count <= 1 {
      for piece in 0..<count { work(piece, 0) }
      return
    }
    start()
    board.post(work, count: count)
    for sleeper in sleepers.prefix(count - 1) { sleeper.wake() }
    board.work(as: 0)
    board.waitUntilDone()
  }

  /// Does the same for work that may not outlive the call.
  func forEach(_ count: Int, nonescaping work: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(work) { forEach(count, $0) }
  }

  private func start() {
    guard !isStarted.exchange(true, ordering: .relaxed) else { return }
    for (index, sleeper) in sleepers.enumerated() {
      let board = board
      DispatchQueue(label: "recurrent.worker.\(index + 1)", qos: .userInitiated).async {
        while sleeper.waitForWork(on: board) { board.work(as: index + 1) }
      }
    }
  }
}

/// What a worker does with one piece.
typealias PieceOfWork = @Sendable (_ piece: Int, _ worker: Int) -> Void

/// The pieces that are still to be taken and to be finished.
///
/// Sendable without a check by the compiler: `job` and `count` are written by the thread that
/// posts, while no piece is open; others read them only after they took a piece, which they see
/// opened by the posting thread's release, and the next post waits until their piece is finished.
private final class WorkBoard: @unchecked Sendable {
  private static let nothing: PieceOfWork = { _, _ in }
  private var job = WorkBoard.nothing
  private var count = 0
  /// The number of the post in the upper half, of the pieces still to be taken in the lower.
  private let open = Atomic<UInt64>(0)
  private let unfinished = Atomic(0)
  private let isClosed = Atomic(false)

  /// Changes with every post.
  var post: UInt64 { open.load(ordering: .sequentiallyConsistent) >> 32 }
  var hasClosed: Bool { isClosed.load(ordering: .acquiring) }

  func close() { isClosed.store(true, ordering: .sequentiallyConsistent) }

  func post(_ job: @escaping PieceOfWork, count: Int) {
    self.job = job
    self.count = count
    unfinished.store(count, ordering: .relaxed)
    let next = (open.load(ordering: .relaxed) >> 32) &+ 1
    open.store(next << 32 | UInt64(count), ordering: .sequentiallyConsistent)
  }

  /// Takes pieces until none is left.
  func work(as worker: Int) {
    var seen = open.load(ordering: .acquiring)
    while seen & 0xFFFF_FFFF > 0 {
      let (isTaken, now) = open.weakCompareExchange(
        expected: seen,
        desired: seen - 1,
        ordering: .acquiring
      )
      guard isTaken else {
        seen = now
        continue
      }
      run(count - Int(seen & 0xFFFF_FFFF), worker)
      unfinished.subtract(1, ordering: .releasing)
      seen = open.load(ordering: .acquiring)
    }
  }

  /// By itself, so that nothing holds the job any more when its piece counts as finished.
  @inline(never)
  private func run(_ piece: Int, _ worker: Int) { job(piece, worker) }

  /// Waits for the pieces that others took, which are under way, and lets go of the job.
  func waitUntilDone() {
    var turns = 0
    while unfinished.load(ordering: .acquiring) > 0 {
      recurrent_pause()
      turns += 1
      if turns > Sleeper.patience { recurrent_yield() }
    }
    job = Self.nothing
  }
}

/// Where one worker waits.
private final class Sleeper: Sendable {
  /// How often a worker looks for work before it falls asleep: some 30 microseconds.
  static let patience = 2000

  private let isAsleep = Atomic(false)
  private let bell = DispatchSemaphore(value: 0)
  private let lastPost = Atomic<UInt64>(0)

  /// Returns true once there is something new on the board, false once it is closed.
  func waitForWork(on board: WorkBoard) -> Bool {
    let last = lastPost.load(ordering: .relaxed)
    var turns = 0
    while !board.hasClosed && board.post == last {
      turns += 1
      if turns < Self.patience {
        recurrent_pause()
        continue
      }
      turns = 0
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      // What was posted meanwhile may have missed that this worker fell asleep.
      let hasMissed = board.hasClosed || board.post != last
      if hasMissed && isAsleep.exchange(false, ordering: .sequentiallyConsistent) { break }
      bell.wait()
    }
    lastPost.store(board.post, ordering: .relaxed)
    return !board.hasClosed
  }

  /// Wakes the worker if it is asleep.
  func wake() {
    if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { bell.signal() }
  }
}
