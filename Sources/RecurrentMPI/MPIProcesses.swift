#if MPI
import CMPI
public import Recurrent

/// The processes that `mpirun`, `mpiexec` or `srun` started, as a group that trains together.
///
/// ```swift
/// options.processes = try MPIProcesses.start()
/// ```
///
/// Source: Message Passing Interface Forum, "MPI: A Message-Passing Interface Standard, Version 3.1", 2015,
/// <https://www.mpi-forum.org/docs/>.
public enum MPIProcesses {
  /// Starts MPI and joins the processes; to be called once, by each of them.
  ///
  /// Ten times a second process 0 and each of the others tell each other that they are there. One of which
  /// nothing was heard for `patience` counts as lost; where this process was asked to end, a
  /// process that does not answer counts as lost sooner.
  ///
  /// - Parameters:
  ///   - patience: For how long nothing may be heard of another process.
  ///   - isAskedToEnd: Whether this process was asked to end, as by a signal.
  /// - Returns: The group, of which this process is one.
  /// - Throws: `MPIError` when MPI cannot be started, or lets only one thread send messages.
  public static func start(
    patience: Duration = .seconds(10),
    isAskedToEnd: @escaping @Sendable () -> Bool = { false }
  ) throws(MPIError) -> ProcessGroup {
    var allowsThreads: Int32 = 0
    try MPIError.check(cmpi_initialize(&allowsThreads), "start MPI")
    guard allowsThreads != 0 else {
      throw MPIError(
        "this MPI lets one thread alone send messages; use one built with MPI_THREAD_MULTIPLE"
      )
    }
    let link = try MPILink(patience: patience, isAskedToEnd: isAskedToEnd)
    let group = ProcessGroup(link)
    do {
      let hosts = try group.gather(Array((HostName.current ?? "a machine without a name").utf8))
      link.watch.begin(on: hosts.map { String(decoding: $0, as: UTF8.self) })
    } catch {
      throw MPIError(error.description)
    }
    return group
  }
}

/// MPI refused to do what it was asked for.
public struct MPIError: Error, Sendable, CustomStringConvertible {
  /// What and why, in one line.
  public let description: String

  init(_ description: String) { self.description = description }

  /// Turns an error code of MPI's into an error.
  static func check(_ code: Int32, _ action: String) throws(MPIError) {
    guard code != cmpi_success else { return }
    throw MPIError("MPI could not \(action): \(text(of: code))")
  }

  /// What a code means.
  static func text(of code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 512)
    cmpi_describe(code, &text, Int32(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
#endif
