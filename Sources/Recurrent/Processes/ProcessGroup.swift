/// Processes that train one model together, on one machine or on several.
///
/// Each process is made alike, with the same examples, model and options, and has the group among its
/// `TrainingOptions`. A step's shards are then divided among the processes; their gradients are added in
/// the one order in which a single process adds them. So every process has the same model after every
/// step, with the bits that one process alone would have come to, whatever the number of processes.
///
/// How messages go from one process to another is not this module's business: `RecurrentMPI` makes
/// groups of the processes that `mpirun` started.
public final class ProcessGroup: Sendable {
  /// The number of this process, from 0.
  public var rank: Int { link.rank }
  /// The number of processes.
  public var count: Int { link.count }
  /// Whether this is process 0, which writes files and says what there is to be said.
  public var isFirst: Bool { rank == 0 }

  package let link: any ProcessLink

  /// What a process is called in messages, such as "process 3 on node-b".
  public func name(of process: Int) -> String { Self.name(of: process, on: hosts) }

  /// The machines that the processes are on, in the order of the processes.
  public var hosts: [String] { link.hosts }

  /// What a process is called where the machines' names are known, or may be.
  package static func name(of process: Int, on hosts: [String]) -> String {
    "process \(process)" + (hosts.indices.contains(process) ? " on \(hosts[process])" : "")
  }

  /// Makes a group of the processes that a link joins.
  package init(_ link: any ProcessLink) { self.link = link }

  /// Waits for all processes, and ends what joins them.
  ///
  /// Each process calls it once, when nothing is left to be done together.
  ///
  /// - Throws: `ProcessLoss` when another process is gone.
  public func end() throws(ProcessLoss) {
    _ = try maximum(0)
    link.end()
  }
}

/// How messages go from one process of a group to another.
///
/// Messages of one tag between two processes arrive in the order in which they were begun. Any thread
/// may call.
package protocol ProcessLink: AnyObject, Sendable {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// The number of processes.
  var count: Int { get }

  /// Begins to send `bytes`, at most `ProcessGroup.longestMessage`, which stay as they are until the
  /// message is finished.
  func send(_ bytes: UnsafeRawBufferPointer, to process: Int, tag: Int) -> ProcessMessage

  /// Begins to receive as many bytes as there is room for, all of which another process sends.
  func receive(
    _ bytes: UnsafeMutableRawBufferPointer,
    from process: Int,
    tag: Int
  ) -> ProcessMessage

  /// Whether a message has arrived, or what it is sent from may be changed again; once that was told, the
  /// message is no more.
  ///
  /// - Throws: `ProcessLoss` when it will never be.
  func isFinished(_ message: ProcessMessage) throws(ProcessLoss) -> Bool

  /// Ends what joins the processes, after all have agreed to.
  func end()

  /// Tells the others not to wait for this process, which ends by itself.
  func leave()

  /// The machines that the processes are on, in the order of the processes.
  var hosts: [String] { get }
}

/// A message on its way, as a link numbers it.
package struct ProcessMessage: Sendable, Equatable {
  package let number: Int

  package init(number: Int) { self.number = number }
}

/// A process of a group is gone, or can no longer be reached.
public struct ProcessLoss: Error, Sendable, Equatable, CustomStringConvertible {
  /// The lost process's number; nil where it is not known which one it is.
  public let rank: Int?
  /// Whether the process itself said that it ends; it has told why then.
  public let isAnnounced: Bool
  /// What happened, in one line.
  public let description: String

  package init(rank: Int?, isAnnounced: Bool = false, _ description: String) {
    self.rank = rank
    self.isAnnounced = isAnnounced
    self.description = description
  }
}
