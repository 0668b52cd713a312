import ArgumentParser
import Foundation
import Recurrent
import RecurrentReports

/// `recurrent explain`: a page on which one example can be followed through a trained model.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show how a trained model comes to one answer, step by step.",
    discussion: """
      Writes one HTML file, to be opened in a browser: what was read, the answer after every step, what \
      it depended on (integrated gradients and occlusion), every gate and state of every unit, and one \
      unit's arithmetic in numbers. It needs no network.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @OptionGroup var choice: ExampleOptions

  @Option(help: "The file to write. Default: explain-... .html in the run's folder.")
  var output: String?

  func validate() throws {
    try Program.checkEnvironment()
    guard output?.isEmpty != true else {
      throw ValidationError("--output needs a file, such as --output page.html")
    }
  }

  func run() async throws {
    let trained = try TrainedRun(self.run)
    let folder = try RunFolder(existing: self.run)
    let example = try await ChosenExample(choice, of: trained)
    let explanation = try Explanation(of: example, by: trained)
    let content = Array(explanation.page(of: folder.name).html.utf8)
    let path = output ?? "\(folder.path)/explain-\(example.shortName).html"
    try WholeFile.write(content, to: path)
    for line in explanation.lines { print(line) }
    print("Page: \(path) (\(content.count / 1000) kB; open it in a browser)")
  }
}
