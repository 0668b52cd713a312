/// Writes models and what they compute, for other programs to check: `ExchangeCases FOLDER FORMAT`.
@main
enum ExchangeCases {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 2 else { fatalError("usage: ExchangeCases FOLDER onnx|coreml") }
    switch arguments[1] {
    case "onnx": try writeONNXCases(to: arguments[0])
    case "coreml": try writeCoreMLCases(to: arguments[0])
    default: fatalError("there are no cases for '\(arguments[1])'")
    }
  }
}
