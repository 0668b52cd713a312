#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes on, token by token, what a model of the next token has read so far.
///
///     var sampler = try TokenSampler(model, seed: 1)
///     sampler.read(prompt)
///     for _ in 0..<200 { tokens.append(sampler.next()) }
///
/// A value: a copy goes on by itself from the same place.
public struct TokenSampler: Sendable {
  /// How likely and unlikely tokens are weighed.
  public struct Options: Sendable, Equatable {
    /// What logits are divided by: below 1 the likely become likelier, above 1 the unlikely; 0 takes
    /// the likeliest each time.
    public var temperature: Float
    /// From how many of the likeliest tokens is chosen; nil for all.
    public var topCount: Int?

    /// Creates options.
    ///
    /// - Precondition: The temperature is from 0 up, the count from 1 up.
    public init(temperature: Float = 1, topCount: Int? = nil) {
      require(
        temperature >= 0 && temperature.isFinite && topCount ?? 1 > 0,
        "sampling needs a temperature from 0 up and at least one token to choose from"
      )
      self.temperature = temperature
      self.topCount = topCount
    }
  }

  private let model: StreamingModel
  private let options: Options
  private var state: StreamingModel.State
  private var input: [Float]
  private var logits: [Float]
  private var stream: RandomStream
  private var hasRead = false

  /// The number of tokens that the model knows.
  public var vocabularyCount: Int { model.outputSize }

  /// Prepares a model of the next token; its draws are decided by `seed`.
  ///
  /// - Throws: `StreamingError` if the model cannot run step by step.
  /// - Precondition: The model answers with as many numbers as it reads.
  public init(
    _ model: SequenceModel,
    options: Options = Options(),
    seed: UInt64
  ) throws(StreamingError) {
    self.model = try StreamingModel(model)
    require(
      self.model.inputSize == self.model.outputSize,
      "a model of the next token reads and answers with one number for each token"
    )
    self.options = options
    state = self.model.makeState()
    input = [Float](repeating: 0, count: self.model.inputSize)
    logits = [Float](repeating: 0, count: self.model.outputSize)
    stream = RandomStream(seed: seed, purpose: .sampling)
  }

  /// Reads a token.
  ///
  /// - Precondition: The token is one of the vocabulary.
  public mutating func read(_ token: Int) {
    require(
      input.indices ~= token,
      "token \(token) lies outside a vocabulary of \(input.count)"
    )
    input[token] = 1
    model.step(input, state: &state, output: &logits)
    input[token] = 0
    hasRead = true
  }

  /// Draws the next token, and reads it.
  ///
  /// - Precondition: A token was read.
  public mutating func next() -> Int {
    require(hasRead, "a sampler reads a token before it draws the next")
    let token = draw()
    read(token)
    return token
  }

  private mutating func draw() -> Int {
    var order = Array(logits.indices)
    // Of equal logits the first is the likelier, so that the order is always the same.
    order.sort { (logits[$1], $0) < (logits[$0], $1) }
    guard options.temperature > 0 else { return order[0] }
    let chosen = order.prefix(options.topCount ?? order.count)
    let largest = Double(logits[chosen[0]])
    let temperature = Double(options.temperature)
    let weights = chosen.map { exp((Double(logits[$0]) - largest) / temperature) }
    let total = weights.reduce(0, +)
    var left = Double(stream.nextUInt32()) * 0x1p-32 * total
    for (token, weight) in zip(chosen, weights) {
      left -= weight
      if left < 0 { return token }
    }
    return chosen[chosen.count - 1]
  }
}
