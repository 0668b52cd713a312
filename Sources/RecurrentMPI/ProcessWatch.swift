#if MPI
import CMPI
import Foundation
import Recurrent
import Synchronization

/// Notices when a process of the group is gone.
///
/// Ten times a second process 0 and every other one tell each other that they are there, from a thread of
/// its own, so that neither long steps nor slow disks are taken for an end. MPI itself does not say so:
/// without it, who waits for a message of a process that is gone waits for ever.
final class ProcessWatch: Sendable {
  /// What processes tell each other.
  private enum Word {
    static let present: Int32 = -1
    /// It needs the others no longer: all is done.
    static let done: Int32 = -2
    /// It ends, for a reason of its own.
    static let leaving: Int32 = -3
    /// From 0 up it is the number of a process that is gone, and for which this one ends.
  }

  private static let interval = Duration.milliseconds(100)
  /// For how long nothing may be heard while this process is asked to end: launchers give it a second.
  private static let patienceWhenEnding = Duration.milliseconds(600)
  /// How long the last words may take on their way.
  private static let lastWords = Duration.milliseconds(500)

  private let communicator: MPICommunicator
  private let patience: Duration
  private let isAskedToEnd: @Sendable () -> Bool
  private let state = Guarded(State())
  private let ended = DispatchSemaphore(value: 0)
  private let hasLoss = Atomic(false)

  private struct State {
    var hosts: [String] = []
    var isRunning = false
    /// What is told with the next beat.
    var word = Word.present
    var loss: ProcessLoss?
  }

  init(
    _ communicator: MPICommunicator,
    patience: Duration,
    isAskedToEnd: @escaping @Sendable () -> Bool
  ) {
    self.communicator = communicator
    self.patience = patience
    self.isAskedToEnd = isAskedToEnd
  }

  /// The machines that the processes are on.
  var hosts: [String] { state.withLock(\.hosts) }

  /// The process that is gone; nil while all are there.
  var loss: ProcessLoss? {
    hasLoss.load(ordering: .relaxed) ? state.withLock(\.loss) : nil
  }

  /// Begins to watch processes on these machines.
  func begin(on hosts: [String]) {
    state.withLock {
      $0.hosts = hosts
      $0.isRunning = communicator.count > 1
    }
    if communicator.count > 1 {
      Thread.detachNewThread { [self] in
        run()
        ended.signal()
      }
    }
  }

  /// Stops watching, once every process has agreed to.
  func end() { stop(saying: Word.done) }

  /// Stops watching, and tells the others not to wait for this process.
  func leave() {
    stop(saying: state.withLock { $0.loss?.rank.map { Int32($0) } } ?? Word.leaving)
  }

  private func stop(saying word: Int32) {
    let wasRunning = state.withLock { state in
      state.word = word
      return state.isRunning
    }
    if wasRunning { _ = ended.wait(timeout: .now() + 2) }
  }

  /// What is known of another process.
  private struct Peer {
    let process: Int
    var heard = ContinuousClock.now
    /// Whether it said its last word.
    var isDone = false
    var receiving: Mailbox
    var sending: Mailbox?
    var said = Word.present
  }

  private func run() {
    let processes = communicator.rank == 0 ? Array(1..<communicator.count) : [0]
    var peers = processes.map { process in
      Peer(process: process, receiving: Mailbox(receivingFrom: process, by: communicator))
    }
    var last = ContinuousClock.now
    var ending: ContinuousClock.Instant?
    while true {
      let now = ContinuousClock.now
      // Who was stopped itself, as on a laptop that slept, has heard of nobody meanwhile.
      if now - last > .seconds(1) {
        for index in peers.indices { peers[index].heard = now }
      }
      last = now
      let word = state.withLock(\.word)
      for index in peers.indices { beat(&peers[index], saying: word) }
      if word == Word.present {
        for peer in peers where isLost(peer, at: now) { lose(peer.process) }
        Thread.sleep(forTimeInterval: Self.interval / .seconds(1))
        continue
      }
      let start = ending ?? now
      ending = start
      let areAllDone = peers.allSatisfy { peer in
        peer.said == word && peer.sending == nil && (word != Word.done || peer.isDone)
      }
      if areAllDone || now - start > Self.lastWords { break }
      Thread.sleep(forTimeInterval: 0.002)
    }
    for peer in peers {
      peer.receiving.abandon()
      peer.sending?.abandon()
    }
    state.withLock { $0.isRunning = false }
  }

  /// Hears what a process says, and says a word to it.
  private func beat(_ peer: inout Peer, saying word: Int32) {
    while !peer.isDone, let heard = peer.receiving.word {
      peer.heard = .now
      peer.isDone = heard != Word.present
      if heard == Word.leaving || heard >= 0 {
        lose(heard >= 0 ? Int(heard) : peer.process, isAnnounced: true)
      }
      if !peer.isDone {
        peer.receiving = Mailbox(receivingFrom: peer.process, by: communicator)
      }
    }
    if let sending = peer.sending {
      guard sending.word != nil else { return }
      peer.sending = nil
    }
    guard peer.said == Word.present else { return }
    peer.said = word
    peer.sending = Mailbox(sending: word, to: peer.process, by: communicator)
  }

  private func isLost(_ peer: Peer, at now: ContinuousClock.Instant) -> Bool {
    guard !peer.isDone else { return false }
    let silence = now - peer.heard
    return silence > patience || isAskedToEnd() && silence > Self.patienceWhenEnding
  }

  /// Takes notice of a process that is gone.
  private func lose(_ process: Int, isAnnounced: Bool = false) {
    state.withLock { state in
      guard state.loss == nil else { return }
      state.loss = ProcessLoss(
        rank: process,
        isAnnounced: isAnnounced,
        """
        \(ProcessGroup.name(of: process, on: state.hosts)) has ended\
        \(isAnnounced ? "" : ", or cannot be reached")
        """
      )
    }
    hasLoss.store(true, ordering: .sequentiallyConsistent)
  }
}
#endif
