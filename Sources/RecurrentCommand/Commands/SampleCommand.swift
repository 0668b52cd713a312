import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent sample`: what a model of text writes on its own.
struct SampleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Let a model that learned a text write on.",
    discussion: """
      Each character, or byte, is drawn by how likely the model holds it after those before. The same \
      seed writes the same.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @Option(help: "What the model reads first, and goes on from. Default: the beginning of a line.")
  var prompt: String?

  @Option(
    parsing: .unconditional,
    help: "Below 1 the likely becomes likelier, above 1 the unlikely; 0 always takes the likeliest."
  )
  var temperature: Float = 0.8

  @Option(parsing: .unconditional, help: "Draw from so many of the likeliest only. Default: all.")
  var topK: Int?

  @Option(parsing: .unconditional, help: "How many characters or bytes to write.")
  var length = 500

  @Option(parsing: .unconditional, help: "What decides the draws.")
  var seed: UInt64 = 1

  func validate() throws {
    try Program.checkEnvironment()
    guard temperature >= 0 && temperature.isFinite else {
      throw ValidationError("--temperature is \(temperature); use a number from 0 up, such as 0.8")
    }
    try checkCount("--top-k", topK, 1...65_536)
    try checkCount("--length", length, 1...100_000_000)
    if prompt?.isEmpty == true {
      throw ValidationError("--prompt is empty; leave it out, or give at least one character")
    }
  }

  func run() async throws {
    let trained = try TrainedRun(self.run)
    guard case .text(let preparation) = trained.preparation else {
      throw CommandFailure(
        "the run learned to \(trained.record.data.task.words), not to write; use 'recurrent predict'"
      )
    }
    let sampler: TokenSampler
    do {
      sampler = try TokenSampler(
        trained.model,
        options: TokenSampler.Options(temperature: temperature, topCount: topK),
        seed: seed
      )
    } catch {
      throw CommandFailure("\(error)")
    }
    var writer = TextWriter(sampler, preparation)
    for token in try tokens(preparation) { writer.read(token) }
    if let prompt { show(TextWriter.shown(prompt)) }
    for _ in 0..<length {
      // A reader that is gone wants no more.
      guard show(writer.next()) else { return }
    }
    show(writer.end() + "\n")
  }

  /// The tokens that the model reads first.
  private func tokens(_ preparation: TextPreparation) throws -> [Int] {
    guard let prompt else {
      return [preparation.tokens(of: "\n").first.flatMap(\.self) ?? 0]
    }
    let tokens = preparation.tokens(of: prompt)
    guard let unknown = tokens.firstIndex(of: nil) else { return tokens.compactMap(\.self) }
    let names =
      preparation.unit == .bytes
      ? Array(prompt.utf8).map { "byte \($0)" }
      : prompt.unicodeScalars.map { TextWriter.shown("'\($0)'") }
    throw CommandFailure(
      "the text that the run learned has no \(names[unknown]); leave it out of --prompt"
    )
  }

  /// Writes text as it comes; returns whether there is somebody to read it.
  @discardableResult
  private func show(_ text: String) -> Bool {
    print(text, terminator: "")
    return flushOutput()
  }
}
