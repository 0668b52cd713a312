import ArgumentParser
import LoopbackClient

@main
struct Program: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recurrent-load",
    abstract: "Tell how many requests a server answers, and how fast."
  )

  @Option(help: "The port of 127.0.0.1 that the server listens on.")
  var port = 8080

  func run() throws {
    let answer = try LoopbackConnection(port: port).request("GET", "/healthz")
    print("\(answer.status) \(answer.text)")
  }
}
