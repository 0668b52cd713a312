import ArgumentParser
import Foundation
import Recurrent

/// The command `recurrent`.
struct Program: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent",
    abstract: "Train recurrent networks, look at what they learned, and use them.",
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "Learn",
        subcommands: [
          TrainCommand.self, RaceCommand.self, SweepCommand.self, MemoryCommand.self,
          LessonCommand.self,
        ]
      ),
      CommandGroup(name: "Use", subcommands: [PredictCommand.self, SampleCommand.self]),
      CommandGroup(
        name: "Look inside",
        subcommands: [
          ExplainCommand.self, TraceCommand.self, AnytimeCommand.self, HorizonCommand.self,
          SummaryCommand.self,
        ]
      ),
      CommandGroup(
        name: "Measure",
        subcommands: [
          EvaluateCommand.self, CompareCommand.self, ReplayCommand.self, GradcheckCommand.self,
          AugmentCommand.self, BenchCommand.self, BudgetCommand.self, QuantizeCommand.self,
          ScalingCommand.self,
        ]
      ),
      CommandGroup(
        name: "Exchange",
        subcommands: [ExportCommand.self, ProveCommand.self, IdentifyCommand.self]
      ),
    ]
  )

  /// Refuses to start where an environment variable asks for what cannot be had.
  static func checkEnvironment() throws {
    if let problem = instructionSetProblem { throw ValidationError(problem) }
  }
}

/// The version of the package.
enum Version {
  static let text = "0.1.0"

  /// The version of Swift that the command was built with.
  static var compiler: String {
    #if compiler(>=6.4)
    "Swift 6.4 or newer"
    #elseif compiler(>=6.3)
    "Swift 6.3"
    #else
    "Swift 6.2"
    #endif
  }
}

/// Where the program starts and ends.
@main
enum EntryPoint {
  /// The status of a command that was used wrongly; one that failed exits with 1.
  private static let wrongUse: Int32 = 2

  static func main() async {
    // A file that becomes longer than the system lets it is an error like any other.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try Program.parseAsRoot()
      try LaunchedProcesses.check(command)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
    LaunchedProcesses.finish()
  }

  /// Prints what was asked for, or one line about what went wrong, and ends the program.
  private static func end(with failure: any Error) -> Never {
    let (error, isShared) = LaunchedProcesses.told(failure)
    if let ended = error as? Interruption.Ended {
      writeToErrorOutput("\(oneLine(ended.description))\n")
      LaunchedProcesses.part(together: isShared)
      exit(ended.exitCode)
    }
    let code = Program.exitCode(for: error)
    if code == .success {
      print(Program.fullMessage(for: error))
      LaunchedProcesses.part(together: isShared)
      exit(0)
    }
    let isWrongUse = code == .validationFailure
    var message = oneLine(Program.message(for: error))
    // The parser's own messages say what is wrong but not what would be right.
    if isWrongUse && !message.contains("; ") {
      if message.hasSuffix(".") { message.removeLast() }
      message += "; see '\(helpCommand)'"
    }
    writeToErrorOutput("error: \(message)\n")
    LaunchedProcesses.part(together: isShared)
    exit(isWrongUse ? wrongUse : 1)
  }

  /// What to type for help with the command that was typed.
  private static var helpCommand: String {
    let known = Program.configuration.subcommands.compactMap { $0.configuration.commandName }
    let typed = CommandLine.arguments.dropFirst().first { known.contains($0) }
    return ["recurrent", typed, "--help"].compactMap(\.self).joined(separator: " ")
  }

  /// A message in one line, without the terminal codes that a name in it may hold.
  private static func oneLine(_ message: String) -> String {
    var line = ""
    for part in message.split(separator: "\n") {
      // The parser lists the values that would be right, if they are many, in lines of their own.
      let isItem = part.hasPrefix("  - ")
      line += line.isEmpty ? "" : isItem && !line.hasSuffix(":") ? ", " : " "
      line += isItem ? part.dropFirst(4) : part
    }
    return String(
      String.UnicodeScalarView(
        line.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }
      )
    )
  }
}
