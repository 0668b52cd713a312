import ArgumentParser

/// `recurrent-load`: puts load on a server of this machine, and checks what it answers.
@main
struct Program: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent-load",
    abstract: "Put load on a server of this machine, and compare its answers with the library's.",
    subcommands: [PredictCommand.self, SessionsCommand.self, SoakCommand.self]
  )
}

/// What keeps the program from going on, in one line.
struct LoadFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
