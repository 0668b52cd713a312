import ArgumentParser
import Foundation
import Recurrent
import Synchronization

/// What a process says before a run is trained, so that all train the same or none does.
struct ProcessReport: Codable, Equatable {
  /// Why it cannot; nil where it can.
  var failure: String?
  var isWrongUse = false
  /// The program's version and what its file holds.
  var program: String
  /// The run that it would train; nil where it trains whatever it is given.
  var record: String?

  /// Why not all can train; nil where all can.
  ///
  /// Process 0 is the one that the others are compared with; the first that differs is named.
  static func refusal(
    of reports: [ProcessReport],
    named name: (Int) -> String
  ) -> (text: String, isWrongUse: Bool)? {
    for (rank, report) in reports.enumerated() {
      guard let failure = report.failure else { continue }
      return (rank == 0 ? failure : "\(name(rank)): \(failure)", report.isWrongUse)
    }
    guard let first = reports.first else { return nil }
    for (rank, report) in reports.enumerated().dropFirst() {
      guard report.program == first.program else {
        return (
          """
          \(name(rank)) runs another program: \(report.program), not \(first.program); put the same one \
          on all machines
          """, false
        )
      }
      guard let own = first.decodedRecord, var record = report.decodedRecord else { continue }
      // Each may have the data in a place of its own.
      record.data.path = own.data.path
      record.data.testPath = own.data.testPath
      record.data.folder = own.data.folder
      var differences = record.differences(from: own)
      if own.recipe.precision == .bfloat16, record.instructionSet != own.instructionSet {
        differences.append(
          "its instruction set is \(record.instructionSet), not \(own.instructionSet)"
        )
      }
      guard differences.isEmpty else {
        return (
          """
          \(name(rank)) would train another run: \(differences.joined(separator: ", ")); start all \
          processes with the same settings and data
          """, false
        )
      }
    }
    return nil
  }

  private var decodedRecord: RunRecord? {
    record.flatMap { try? RunRecord(json: Array($0.utf8), path: "") }
  }
}

/// Processes did not agree to train a run; process 0 says so for all.
struct ProcessRefusal: Error, CustomStringConvertible {
  let description: String
  let isWrongUse: Bool
}

extension ProcessGroup {
  /// Whether they have agreed on something before.
  static let haveAgreed = Atomic(false)

  /// Tells all processes which run this one would train, if a certain one, or why it cannot.
  ///
  /// - Throws: `ProcessRefusal`, in every process, where they cannot train it together.
  func agree(on own: Result<RunRecord?, any Error>) throws {
    var report = ProcessReport(program: Self.program)
    switch own {
    case .success(let record): report.record = try record?.json()
    case .failure(let error):
      report.failure = Program.message(for: error)
      report.isWrongUse = Program.exitCode(for: error) == .validationFailure
    }
    let reports = try gather(Array(JSONEncoder().encode(report))).map {
      try JSONDecoder().decode(ProcessReport.self, from: Data($0))
    }
    Self.haveAgreed.store(true, ordering: .sequentiallyConsistent)
    if let (text, isWrongUse) = ProcessReport.refusal(of: reports, named: name(of:)) {
      throw ProcessRefusal(description: text, isWrongUse: isWrongUse)
    }
  }

  /// Prepares a run, and where several processes train it makes sure that all train the same.
  static func agreed<Prepared>(
    by processes: ProcessGroup?,
    _ prepare: () async throws -> (RunRecord, Prepared)
  ) async throws -> Prepared {
    guard let processes else { return try await prepare().1 }
    let (record, prepared): (RunRecord, Prepared)
    do {
      (record, prepared) = try await prepare()
    } catch {
      try processes.agree(on: .failure(error))
      throw error
    }
    try processes.agree(on: .success(record))
    return prepared
  }

  /// Tells the others that this process failed before any run, where they agree on the first.
  func refuse(_ failure: any Error) throws {
    if isFirst {
      try ProcessOrder.begin(seedsAfter: 0).send(to: self)
    } else {
      _ = try ProcessOrder(of: self)
    }
    try agree(on: .failure(failure))
  }

  /// The program that runs: its version, and the SHA-256 of its file.
  private static let program: String = {
    let file = Bundle.main.executablePath.flatMap { try? WholeFile.contents(of: $0) }
    let digest = file.map { SHA256Digest.hexadecimal(of: $0) }
    return "\(Version.text)\(digest.map { " (SHA-256 \($0.prefix(12))...)" } ?? "")"
  }()
}
