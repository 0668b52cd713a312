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
    guard command is TrainCommand else {
      throw ValidationError(
        "'\(type(of: command)._commandName)' runs in one process, not in \(group.count); start it without a launcher"
      )
    }
  }

  /// What one process says for all when this one ends with an error; the others end here.
  static func told(_ error: any Error) -> any Error {
    guard let group else { return error }
    var error = error
    if !ProcessGroup.haveAgreed.load(ordering: .sequentiallyConsistent), !(error is ProcessRefusal)
    {
      if Program.exitCode(for: error) == .success {
        // What was asked for, such as help, is printed once.
        finish()
        if !group.isFirst { exit(0) }
        return error
      }
      do { try group.refuse(error) } catch let refusal { error = refusal }
    }
    switch error {
    case let refusal as ProcessRefusal:
      finish()
      let code: Int32 = refusal.isWrongUse ? 2 : 1
      if !group.isFirst { exit(code) }
      return refusal.isWrongUse
        ? ValidationError(refusal.description) : CommandFailure(refusal.description)
    case let ended as Interruption.Ended:
      leave(group)
      if !group.isFirst { exit(ended.exitCode) }
      return ended
    default:
      leave(group)
      if let loss = (error as? TrainingError)?.loss ?? error as? ProcessLoss {
        // Where process 0 is not there to say so, one process of each machine does.
        let isFirstHere =
          group.hosts.indices.first {
            $0 != loss.rank && group.hosts[$0] == group.hosts[group.rank]
          }
          == group.rank
        if group.isFirst || loss.rank == 0 && !loss.isAnnounced && isFirstHere {
          return CommandFailure("\(loss)")
        }
        exit(1)
      }
      if !group.isFirst, error is TrainingError { exit(1) }
      return group.isFirst
        ? error : CommandFailure("\(group.name(of: group.rank)): \(Program.message(for: error))")
    }
  }

  private static func leave(_ group: ProcessGroup) { group.link.leave() }
}

extension TrainingError {
  /// The process that is gone, where that is the cause.
  fileprivate var loss: ProcessLoss? {
    if case .lostProcess(let loss) = cause { loss } else { nil }
  }
}
