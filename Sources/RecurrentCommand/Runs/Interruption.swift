import Dispatch
import Foundation
import Recurrent
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Notices signals that ask the process to end, so that what it does can be saved first.
///
/// A second signal ends the process at once. A signal that was ignored when the process began, as
/// after `nohup`, stays ignored. Output that nobody takes any more asks for the same, once what was
/// being done is done, instead of ending the process on the spot.
final class Interruption {
  /// The process was asked to end, and everything is saved.
  struct Ended: Error, CustomStringConvertible {
    /// The signal's number.
    let signal: Int32
    /// What to say.
    let description: String

    /// What shells expect of a process that a signal ended.
    var exitCode: Int32 { 128 + signal }
  }

  /// A queue of its own has a thread of its own: on a single processor training takes the one thread of
  /// those that are shared.
  private static let queue = DispatchQueue(label: "recurrent.signals", qos: .userInitiated)

  private let received: Received
  /// Kept because they listen only as long as somebody has them.
  private let sources: [any DispatchSourceSignal]

  /// The first signal that came; 0 before.
  private final class Received: Sendable {
    let signal = Atomic<Int32>(0)
    /// What to say before ending at once, while there is nothing to save.
    let farewell = Guarded<String?>(nil)
  }

  /// Whether any signal asked this process to end.
  static var wasAskedToEnd: Bool { anyReceived.load(ordering: .relaxed) }
  private static let anyReceived = Atomic(false)

  /// Begins to listen.
  init() {
    let received = Received()
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      sigaction(number, nil, &action)
      if Self.isIgnored(action) { continue }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: Self.queue)
      source.setEventHandler { @Sendable in
        Self.anyReceived.store(true, ordering: .relaxed)
        if let farewell = received.farewell.withLock(\.self) {
          writeToErrorOutput("\(farewell)\n")
          _exit(128 + number)
        }
        let isFirst = received.signal.compareExchange(
          expected: 0,
          desired: number,
          ordering: .sequentiallyConsistent
        ).exchanged
        if !isFirst { _exit(128 + number) }
      }
      source.resume()
      sources.append(source)
    }
    signal(SIGPIPE, SIG_IGN)
    self.received = received
    self.sources = sources
  }

  /// Lets a signal end the process at once, with one line, until training begins.
  func wait(saying farewell: String) {
    received.farewell.withLock { $0 = farewell }
  }

  /// Keeps signals from now on until what is in training is saved.
  func beginTraining() {
    received.farewell.withLock { $0 = nil }
  }

  /// Takes notice of an output whose reader is gone.
  func noteClosedOutput() {
    _ = received.signal.compareExchange(
      expected: 0,
      desired: SIGPIPE,
      ordering: .sequentiallyConsistent
    )
  }

  /// The signal that asked the process to end, if one did.
  var receivedSignal: Int32? {
    let number = received.signal.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : number
  }

  /// The signal that asked one of the processes to end; each has to ask for it after the same steps.
  func signalAgreed(onBy processes: ProcessGroup?) throws(ProcessLoss) -> Int32? {
    guard let processes else { return receivedSignal }
    let agreed = try processes.maximum(Int(receivedSignal ?? 0))
    return agreed == 0 ? nil : Int32(agreed)
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
    let handler = action.__sigaction_u.__sa_handler
    #else
    let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
