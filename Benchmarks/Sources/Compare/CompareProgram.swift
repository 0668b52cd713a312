import ArgumentParser
import Foundation

/// The command: runs the jobs, contender after contender, round after round, and writes results.
struct CompareProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "Compare",
    abstract: "Times Recurrent and Python peers by turns and writes a table and a chart.",
    discussion: """
      Jobs: \(Job.all.map(\.name).joined(separator: ", ")).

      Peers: \(Entrant.allCases.filter { !$0.isOurs }.map(\.rawValue).joined(separator: ", ")).
      """
  )

  @Option(parsing: .unconditional, help: "How often each contender has its turn.")
  var rounds = 7

  @Option(parsing: .unconditional, help: "How long a turn lasts, in seconds.")
  var seconds = 1.5

  @Option(help: "The jobs to do, with commas between; by default all.")
  var jobs: String?

  @Option(help: "The peers to run, with commas between; by default all.")
  var peers: String?

  @Option(help: "A folder with the four files of MNIST; by default $RECURRENT_SHARED/data/mnist.")
  var data: String?

  @Option(help: "A Python interpreter that has the peers; by default one is set up in .build.")
  var python: String?

  @Option(help: "The folder for the results.")
  var output: String = Places.package.appending(path: "Results").path

  func validate() throws {
    guard (1...1000).contains(rounds) else {
      throw ValidationError("--rounds is \(rounds); use a whole number from 1 to 1000")
    }
    guard seconds > 0 && seconds <= 600 else {
      throw ValidationError("--seconds is \(seconds); use a number above 0, at most 600")
    }
    _ = try chosenJobs()
    _ = try chosenEntrants()
  }

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    let folder = URL(filePath: output).absoluteURL
    try Places.makeFolder(folder)
    let images = try imageFolder()
    let environment = try PythonEnvironment(given: python)
    var results = Results(machine: .current(), rounds: rounds, secondsPerTurn: seconds)
    results.leftOut = environment.missing
    let entrants = try chosenEntrants()
    for job in try chosenJobs() {
      Progress.say("\n\(job.name): \(job.title)")
      let contest = Contest(
        job: job,
        entrants: entrants,
        rounds: rounds,
        seconds: seconds,
        python: environment.python,
        images: images
      )
      results.jobs.append(try contest.run(noting: &results.versions))
      // After every job, so that a run that is cut short leaves what it has.
      try results.write(to: folder)
    }
    Progress.say("\nWrote results.json, results.md and results.svg to \(folder.path)")
  }

  private func chosenJobs() throws -> [Job] {
    guard let jobs else { return Job.all }
    return try Self.words(jobs).map { name in
      guard let job = Job.all.first(where: { $0.name == name }) else {
        throw ValidationError(
          "there is no job '\(name)'; jobs are \(Job.all.map(\.name).joined(separator: ", "))"
        )
      }
      return job
    }
  }

  private func chosenEntrants() throws -> Set<Entrant> {
    let ours = Entrant.allCases.filter(\.isOurs)
    let others = Entrant.allCases.filter { !$0.isOurs }
    guard let peers else { return Set(ours + others) }
    return try Set(
      ours
        + Self.words(peers).map { name in
          guard let peer = others.first(where: { $0.rawValue == name }) else {
            let names = others.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no peer '\(name)'; peers are \(names)")
          }
          return peer
        }
    )
  }

  private static func words(_ list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The folder with MNIST, if one was given.
  private func imageFolder() throws -> URL? {
    let shared = ProcessInfo.processInfo.environment["RECURRENT_SHARED"]
    guard let path = data ?? shared.map({ $0 + "/data/mnist" }) else { return nil }
    let folder = URL(filePath: path).absoluteURL
    let images = folder.appending(path: "train-images-idx3-ubyte.gz")
    guard FileManager.default.fileExists(atPath: images.path) else {
      throw CompareFailure("\(folder.path) holds no train-images-idx3-ubyte.gz")
    }
    return folder
  }
}

/// Something outside the program is not as it must be; one line says what and what to do.
struct CompareFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
