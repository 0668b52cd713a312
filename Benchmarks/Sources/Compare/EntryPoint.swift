import ArgumentParser
import Foundation

/// Where the program starts and ends.
@main
enum EntryPoint {
  /// The status of a command that was used wrongly; one that failed exits with 1.
  private static let wrongUse: Int32 = 2

  static func main() {
    do {
      var command = try CompareProgram.parseAsRoot()
      try command.run()
    } catch {
      end(with: error)
    }
  }

  /// Prints what was asked for, or one line about what went wrong, and ends the program.
  private static func end(with error: any Error) -> Never {
    let code = CompareProgram.exitCode(for: error)
    if code == .success {
      print(CompareProgram.fullMessage(for: error))
      exit(0)
    }
    let message = CompareProgram.message(for: error).split(separator: "\n").joined(separator: " ")
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(code == .validationFailure ? wrongUse : 1)
  }
}
