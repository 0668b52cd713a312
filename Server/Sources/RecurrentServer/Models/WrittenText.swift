import Foundation
import Recurrent
import RecurrentData

/// What is wanted of a model that writes.
struct TextWish: Sendable {
  private struct Members: Decodable {
    var prompt: String?
    var length: Int?
    var temperature: Float?
    var topK: Int?
    var seed: UInt64?
  }

  private(set) var prompt: String?
  private(set) var length = 200
  private(set) var options = TokenSampler.Options(temperature: 0.8)
  private(set) var seed: UInt64 = 1

  /// Reads a body.
  ///
  /// - Throws: `Problem` where it wishes for what cannot be.
  init(_ body: [UInt8], limits: SequenceLimits) throws(Problem) {
    let members = try JSONBody.decoded(Members.self, from: body)
    let temperature = members.temperature ?? options.temperature
    guard temperature >= 0, temperature.isFinite else {
      throw .unfit("temperature is \(temperature); give a number from 0 up, such as 0.8")
    }
    if let count = members.topK, !(1...65_536 ~= count) {
      throw .unfit("topK is \(count); give a number from 1 to 65536")
    }
    options = TokenSampler.Options(temperature: temperature, topCount: members.topK)
    length = members.length ?? min(length, limits.steps)
    guard length >= 1 else { throw .unfit("length is \(length); give a number from 1 up") }
    guard length <= limits.steps else {
      throw .tooLarge("length is \(length); at most \(limits.steps) are written at once")
    }
    prompt = members.prompt
    guard prompt?.isEmpty != true else {
      throw .unfit("prompt is empty; leave it out, or give at least one character")
    }
    guard prompt?.utf8.count ?? 0 <= limits.steps else {
      throw .tooLarge("prompt has more than \(limits.steps) bytes; give its end only")
    }
    seed = members.seed ?? seed
  }
}

/// Text on its way.
struct WrittenText: Sendable {
  private var writer: TextWriter
  private var left: Int
  private var isEnded = false

  /// Begins to write.
  ///
  /// - Throws: `Problem` where the model cannot, or does not know the prompt.
  init(_ wish: TextWish, by model: ServedModel) throws(Problem) {
    guard case .text(let preparation) = model.run.preparation else {
      throw .impossible("model '\(model.name)' does not write; ask it at /predict")
    }
    let sampler: TokenSampler
    do {
      sampler = try TokenSampler(model.run.model, options: wish.options, seed: wish.seed)
    } catch {
      throw .impossible("model '\(model.name)' does not write: \(error)")
    }
    writer = TextWriter(sampler, preparation)
    left = wish.length
    guard let prompt = wish.prompt else {
      writer.read(preparation.tokens(of: "\n").first.flatMap(\.self) ?? 0)
      return
    }
    for token in try preparation.knownTokens(of: prompt, "prompt") { writer.read(token) }
  }

  /// The next piece, which may be empty; nil at the end.
  mutating func next() -> String? {
    if left > 0 {
      left -= 1
      return writer.next()
    }
    if isEnded { return nil }
    isEnded = true
    return writer.end()
  }
}

extension TextPreparation {
  /// The tokens of a text; `name` is what it is called in a request.
  ///
  /// - Throws: `Problem` where one is not in the vocabulary.
  func knownTokens(of text: String, _ name: String) throws(Problem) -> [Int] {
    let tokens = tokens(of: text)
    if let place = tokens.firstIndex(of: nil) {
      let token =
        unit == .bytes
        ? "byte \(Array(text.utf8)[place])"
        : "'\(TextWriter.shown(String(Array(text.unicodeScalars)[place])))'"
      throw .unfit("\(name) has \(token), which is not in the text that was learned; leave it out")
    }
    return tokens.compactMap(\.self)
  }
}
