import ArgumentParser

@main
struct Program: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent-server",
    abstract: "Serve trained models over HTTP."
  )

  func run() async throws {}
}
