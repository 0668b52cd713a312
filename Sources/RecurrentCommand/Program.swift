import ArgumentParser
import Recurrent

/// The command `recurrent`.
@main
struct Program: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent",
    abstract: "Train recurrent networks, look at what they learned, and use them.",
    version: Version.text,
    subcommands: [TrainCommand.self, EvaluateCommand.self, PredictCommand.self])

  /// Refuses to start where an environment variable asks for what cannot be had.
  static func checkEnvironment() throws {
    if let problem = instructionSetProblem { throw ValidationError(problem) }
  }
}

/// The version of the package.
enum Version {
  static let text = "0.1.0"
}
