/// Writes models and what they compute, for other programs to check.
@main
enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    try writeONNXCases(to: arguments[1])
  }
}
