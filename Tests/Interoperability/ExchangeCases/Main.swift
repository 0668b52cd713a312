/// Writes files for the checks by other programs: `ExchangeCases FOLDER`.
@main
enum ExchangeCases {
  static func main() throws {
    guard let folder = CommandLine.arguments.dropFirst().first else {
      print("usage: ExchangeCases FOLDER")
      return
    }
    try writeCoreMLCases(to: folder)
  }
}
