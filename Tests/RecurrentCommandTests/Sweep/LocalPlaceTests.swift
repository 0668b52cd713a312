import Foundation
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Trainings that are processes of this machine, here the shell's.
struct LocalPlaceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func job(_ script: String, _ log: String = "log") -> SweepJob {
    SweepJob(arguments: ["-c", script], log: TrainingLog(path: folder.path + "/" + log))
  }

  /// How what is in a place ends.
  private func end(of place: LocalPlace) async throws -> SweepEnd {
    while true {
      if let end = place.end() { return end }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  private func place() -> LocalPlace { LocalPlace(program: "/bin/sh") }

  @Test func `how a process ended is told once`() async throws {
    let place = place()
    for (script, expected) in [
      ("exit 0", SweepEnd.exited(0)), ("exit 143", .exited(143)), ("kill -9 $$", .killed(9)),
    ] {
      #expect(try place.start(job(script)))
      #expect(try await end(of: place) == expected)
      #expect(place.end() == nil)
    }
  }

  @Test func `both outputs are in the log, after what was there`() async throws {
    let place = place()
    for script in ["echo one", "echo error: two >&2", "echo Epoch: 0001; echo three"] {
      _ = try place.start(job(script))
      _ = try await end(of: place)
    }
    let log = job("").log
    #expect(
      try String(contentsOfFile: log.path, encoding: .utf8)
        == "one\nerror: two\nEpoch: 0001\nthree\n"
    )
    #expect(log.error == "two")
    #expect(TrainingLog(path: folder.path + "/none").error == nil)
  }

  @Test func `a process is asked to end, in a group of its own`() async throws {
    let place = place()
    let script = "trap 'exit 7' TERM; ps -o pgid= -p $$; echo $$; while :; do sleep 0.01; done"
    _ = try place.start(job(script))
    let path = job("").log.path
    while try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count < 2 {
      try await Task.sleep(for: .milliseconds(2))
    }
    place.stop()
    #expect(try await end(of: place) == .exited(7))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines[0].trimmingCharacters(in: .whitespaces) == lines[1])
  }

  @Test func `what another process still trains is waited for`() async throws {
    let (first, second) = (place(), place())
    try #require(mkfifo(folder.path + "/pipe", 0o600) == 0)
    #expect(try first.start(job("read line < \(folder.path)/pipe")))
    #expect(try !second.start(job("exit 0")))
    #expect(second.end() == nil)
    try await end(first, byWritingTo: folder.path + "/pipe")
    #expect(try await end(of: second) == .unseen)
    // Now it can be begun.
    #expect(try second.start(job("exit 3")))
    #expect(try await end(of: second) == .exited(3))
  }

  private func end(_ place: LocalPlace, byWritingTo pipe: String) async throws {
    while place.end() == nil {
      let descriptor = open(pipe, O_WRONLY | O_NONBLOCK)
      if descriptor >= 0 {
        _ = write(descriptor, "\n", 1)
        close(descriptor)
      }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  @Test func `a log that cannot be written is an error`() throws {
    let error = #expect(throws: CommandFailure.self) { try place().start(job("", "no/log")) }
    #expect(try #require(error?.description).contains("no/log: cannot be written"))
  }

  @Test func `a training is not told that it is one of several processes`() {
    let own = [
      "PATH": "/bin", "OMPI_COMM_WORLD_RANK": "1", "PMIX_RANK": "1", "PMI_RANK": "1",
      "PMI_SIZE": "2", "HYDI_CONTROL_FD": "3", "MPI_LOCALRANKID": "0", "MPI_LOCALNRANKS": "2",
      "PRTE_LAUNCHED": "1", "RECURRENT_ISA": "avx2", "MPIEXEC": "mpirun",
    ]
    #expect(
      TrainingEnvironment.variables(of: own)
        == ["PATH": "/bin", "RECURRENT_ISA": "avx2", "MPIEXEC": "mpirun"]
    )
  }

  @Test func `variables reach the process but for those`() async throws {
    let place = LocalPlace(
      program: "/bin/sh",
      environment: ["OMPI_COMM_WORLD_RANK": "1", "SWEEP_TEST": "2"]
    )
    _ = try place.start(job("echo \"[$OMPI_COMM_WORLD_RANK][$SWEEP_TEST]\""))
    _ = try await end(of: place)
    let text = try String(contentsOfFile: job("").log.path, encoding: .utf8)
    #expect(text == "[][2]\n")
  }
}
