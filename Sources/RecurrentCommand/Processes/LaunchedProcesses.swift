import Foundation
import Recurrent
import RecurrentMPI

#if canImport(Glibc)
import Glibc
#endif

/// The processes that a launcher such as `mpirun` started this one with.
enum LaunchedProcesses {
  /// What there is of them.
  struct Launched: Sendable {
    /// The processes; nil for this one alone.
    var group: ProcessGroup?
    /// The threads of this process that leave each of those on this machine as many.
    var threads: Int
  }

  /// Joins them when it is first asked for.
  static let launched = Result { () throws(CommandFailure) in try launch() }

  /// The group; nil for this process alone.
  static var group: ProcessGroup? { (try? launched.get())?.group }

  /// How many threads a process has where none are asked for.
  static var usualThreads: Int {
    (try? launched.get())?.threads ?? TrainingOptions.availableThreads
  }

  /// What launchers tell the processes that they start: how many there are.
  private static let counts = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"]

  private static func launch() throws(CommandFailure) -> Launched {
    let environment = ProcessInfo.processInfo.environment
    let alone = Launched(threads: TrainingOptions.availableThreads)
    let isSlurms = environment["PMIX_RANK"] != nil || environment["PMI_RANK"] != nil
    let count =
      counts.compactMap { environment[$0].flatMap { Int($0) } }.first
      ?? (isSlurms ? environment["SLURM_NTASKS"].flatMap { Int($0) } : nil)
    guard let count, count > 1 else { return alone }
    #if MPI
    do {
      let patience = environment["RECURRENT_PATIENCE"].flatMap { Double($0) }
      let group = try MPIProcesses.start(
        patience: .seconds(min(max(patience ?? 10, 1), 86_400)),
        isAskedToEnd: { Interruption.wasAskedToEnd }
      )
      if !group.isFirst { silenceOutput() }
      return Launched(group: group, threads: try ProcessorShare.threads(of: group))
    } catch {
      throw CommandFailure("\(error)")
    }
    #else
    let ranks = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"]
    // One of them says it for all.
    if let rank = ranks.compactMap({ environment[$0] }).first, rank != "0" { exit(1) }
    throw CommandFailure(
      """
      \(count) processes were launched, but this program was built without MPI; build it with \
      'swift build -c release --traits MPI'
      """
    )
    #endif
  }

  /// Lets process 0 alone say what there is to be said; errors are another output.
  private static func silenceOutput() {
    let nowhere = open("/dev/null", O_WRONLY)
    guard nowhere >= 0 else { return }
    dup2(nowhere, STDOUT_FILENO)
    close(nowhere)
  }

  /// Ends the group when everything is done.
  static func finish() {
    guard let group else { return }
    // What there was to do is done; nobody who is gone now is missed.
    try? group.end()
  }
}

/// How processes on one machine share its processors.
enum ProcessorShare {
  /// The threads that leave each process on this machine as many: processors that launchers bound several
  /// processes to are shared by these.
  static func threads(of group: ProcessGroup) throws(ProcessLoss) -> Int {
    let own = TrainingOptions.availableProcessors
    let all = try group.gather(
      own.flatMap { number in (0..<4).map { UInt8(number >> ($0 * 8) & 255) } }
    )
    var union: Set<Int> = []
    var count = 0
    for rank in 0..<group.count where group.hosts[rank] == group.hosts[group.rank] {
      count += 1
      let bytes = all[rank]
      for first in stride(from: 0, to: bytes.count - 3, by: 4) {
        union.insert((0..<4).reduce(0) { $0 | Int(bytes[first + $1]) << ($1 * 8) })
      }
    }
    return min(own.count, max(1, union.count / count))
  }
}
