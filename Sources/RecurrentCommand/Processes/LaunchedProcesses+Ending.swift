import ArgumentParser
import Foundation
import Recurrent
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

extension LaunchedProcesses {
  /// Refuses what several processes cannot do together, and launchers that this program does not know.
  static func check(_ command: any ParsableCommand) throws {
    guard let group = try launched.get().group else { return }
    guard command is TrainCommand || command is SweepCommand else {
      throw ValidationError(
        "'\(type(of: command)._commandName)' runs in one process, not in \(group.count); start it without a launcher"
      )
    }
  }

  /// What one process says for all when this one ends with an error, and whether all end so; the others
  /// end here.
  static func told(_ failure: any Error) -> (error: any Error, isShared: Bool) {
    guard let group else { return (failure, false) }
    let error = agreed(on: failure, in: group)
    if let refusal = error as? ProcessRefusal {
      if !group.isFirst { end(with: refusal.isWrongUse ? 2 : 1, together: true) }
      let shown: any Error =
        refusal.isWrongUse
        ? ValidationError(refusal.description) : CommandFailure(refusal.description)
      return (shown, true)
    }
    let isShared = error is Interruption.Ended || Program.exitCode(for: error) == .success
    if group.isFirst { return (error, isShared) }
    if let ended = error as? Interruption.Ended { end(with: ended.exitCode, together: true) }
    if isShared { end(with: 0, together: true) }
    if let loss = error as? ProcessLoss ?? (error as? TrainingError)?.loss {
      // Where process 0 is not there to say so, one process of each machine does.
      let isFirstHere =
        group.hosts.indices.first { $0 != loss.rank && group.hosts[$0] == group.hosts[group.rank] }
        == group.rank
      guard loss.rank == 0, !loss.isAnnounced, isFirstHere else { end(with: 1, together: false) }
      return (CommandFailure(loss.description), false)
    }
    if error is TrainingError { end(with: 1, together: false) }
    return (
      CommandFailure("\(group.name(of: group.rank)): \(Program.message(for: error))"), false
    )
  }

  /// An error before any run as all agree on it.
  private static func agreed(on error: any Error, in group: ProcessGroup) -> any Error {
    let isNew = !ProcessGroup.haveAgreed.load(ordering: .sequentiallyConsistent)
    guard isNew, !(error is ProcessRefusal), Program.exitCode(for: error) != .success else {
      return error
    }
    do {
      try group.refuse(error)
      return error
    } catch let refusal {
      return refusal
    }
  }

  /// Parts from the other processes, once all of them do, or alone.
  static func part(together isShared: Bool) {
    guard let group else { return }
    if isShared { finish() } else { group.link.leave() }
  }

  private static func end(with code: Int32, together isShared: Bool) -> Never {
    part(together: isShared)
    exit(code)
  }
}

extension TrainingError {
  /// The process that is gone, where that is the cause.
  fileprivate var loss: ProcessLoss? {
    if case .lostProcess(let loss) = cause { loss } else { nil }
  }
}
