import Foundation

/// Whole processes that train, test and save a model on MNIST, timed by turns from start to end.
struct ProcessContest {
  let images: URL
  let python: URL
  let threads: Int

  /// Runs ours and PyTorch's in turns.
  func run(
    _ start: JobResult,
    entrants: Set<Entrant>,
    rounds: Int,
    load: inout MachineLoad
  ) throws -> JobResult {
    var result = start
    let work = FileManager.default.temporaryDirectory
      .appending(path: "recurrent-compare-\(ProcessInfo.processInfo.processIdentifier)")
    try Places.makeFolder(work)
    defer { try? FileManager.default.removeItem(at: work) }
    var contenders = [Entrant.recurrent, .torch].filter(entrants.contains)
      .map { ContenderResult($0, settings: settings(of: $0)) }
    for round in 1...rounds {
      for index in contenders.indices where result.leftOut[contenders[index].name] == nil {
        load.rest(seconds: Contest.pause)
        let entrant = contenders[index].entrant
        let output = work.appending(path: "\(entrant.rawValue)-\(round)")
        try Places.makeFolder(output)
        let start = ContinuousClock.now
        let process = try ChildProcess(
          try command(of: entrant, output: output),
          folder: output,
          output: .file(output.appending(path: "output.txt")),
          messages: output.appending(path: "messages.txt")
        )
        let end = process.finish()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard end.status == 0, let spread = Spread([seconds]) else {
          result.leaveOut(entrant, "status \(end.status): \(lastLine(of: output, "messages.txt"))")
          continue
        }
        contenders[index].rounds.append(spread)
        contenders[index].peakMemory.append(end.peakMemory)
        let test = line(of: output, beginning: "Test accuracy")
        contenders[index].settings = "\(settings(of: entrant)); \(test)"
        let time = TimeText.short(seconds)
        let memory = end.peakMemory / 1_000_000
        Progress.say("  round \(round), \(entrant.title): \(time), \(memory) MB; \(test)")
      }
    }
    result.contenders = contenders.filter { result.leftOut[$0.name] == nil }
    return result
  }

  private func settings(of entrant: Entrant) -> String {
    entrant.isOurs
      ? "recurrent train mnist --epochs 1, \(threads) threads"
      : "mnist_torch.py, \(threads) threads"
  }

  private func command(of entrant: Entrant, output: URL) throws -> [String] {
    if entrant.isOurs {
      return [
        try Places.program("recurrent").path, "train", "mnist", "--epochs", "1",
        "--data", images.path, "--run", "run", "--threads", "\(threads)",
      ]
    }
    return [
      python.path, Places.peers.appending(path: "mnist_torch.py").path,
      "--data", images.path, "--output", output.path, "--threads", "\(threads)",
    ]
  }

  private func line(of folder: URL, beginning start: String) -> String {
    lines(of: folder, "output.txt").last { $0.hasPrefix(start) } ?? "no test accuracy"
  }

  private func lastLine(of folder: URL, _ name: String) -> String {
    lines(of: folder, name).last ?? "no message"
  }

  private func lines(of folder: URL, _ name: String) -> [String] {
    let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }
}
