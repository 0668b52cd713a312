import Foundation
import Recurrent
import Workloads

/// Recurrent as a contender: `Contender --threads N [--bfloat16]`, then a conversation of lines.
///
/// It answers each `Turn` on standard input with an `Answer` on standard output.
@main
struct ContenderProgram {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard let flag = arguments.firstIndex(of: "--threads"), flag + 1 < arguments.count,
      let threads = Int(arguments[flag + 1]), threads > 0
    else {
      FileHandle.standardError.write(Data("Contender needs --threads with a number\n".utf8))
      exit(2)
    }
    let preparation = Preparation(
      threads: threads,
      usesBFloat16: arguments.contains("--bfloat16")
    )
    var ready: [Workload: Stopwatch] = [:]
    try say(Greeting(versions: ["Recurrent": "this commit"]))
    while let line = readLine() {
      let turn = try JSONDecoder().decode(Turn.self, from: Data(line.utf8))
      do {
        let stopwatch = try ready[turn.workload] ?? Stopwatch(preparation.ready(turn.workload))
        ready[turn.workload] = stopwatch
        try say(
          Answer(samples: stopwatch.measure(seconds: turn.seconds), settings: preparation.settings)
        )
      } catch let reason as Unsupported {
        try say(Answer(unsupported: reason.reason))
      }
    }
  }

  private static func say(_ content: some Encodable) throws {
    FileHandle.standardOutput.write(try JSONEncoder().encode(content) + Data("\n".utf8))
  }
}
