public import Recurrent

/// Finds out by which convention a layer's weights are to be read, from what it answers to an input.
///
/// Weights do not say in which order their gates are, or where a GRU's reset gate acts, and a wrong guess
/// runs without an error. All conventions are tried, and the one whose answers are those given is the
/// one.
public struct Identification: Sendable {
  /// A way to read the weights, and how far its answers are from those given.
  public struct Candidate: Sendable {
    /// The order of the gates, and where biases and the reset gate act.
    public let convention: GateConvention
    /// Which array was taken for what.
    public let roles: String
    /// The largest distance of its answers from those given.
    public let largestDifference: Float
    /// The layer that the weights are of by this convention.
    public let layer: any RecurrentLayer
    /// The linear layer behind it, if the answers are its.
    public let head: Dense?
  }

  /// What was tried, the best first.
  public let candidates: [Candidate]

  /// No larger distance is taken for rounding.
  public static let tolerance: Float = 1e-4

  /// The candidates that fit; several where the answers cannot tell them apart.
  public var fitting: [Candidate] {
    candidates.filter { $0.largestDifference <= Self.tolerance }
  }

  /// Tries all conventions.
  ///
  /// `input` is `[batch, time, features]`; `answers` are all hidden states, `[batch, time, hidden]`, the
  /// last ones, `[batch, hidden]`, or what a linear layer among the arrays makes of either.
  ///
  /// - Throws: `FileError` when the arrays are not those of one recurrent layer that fits, or a shape
  ///   does not.
  public init(
    arrays: [(name: String, value: Tensor)],
    input: Tensor,
    answers: Tensor
  ) throws(FileError) {
    try self.init(arrays: arrays, input: input, answers: answers) { $0 }
  }

  /// Tries all conventions where something becomes of the answers before they are given.
  init(
    arrays: [(name: String, value: Tensor)],
    input: Tensor,
    answers: Tensor,
    through function: (Tensor) -> Tensor
  ) throws(FileError) {
    guard input.shape.rank == 3, input.count > 0 else {
      throw FileError("an input is [batch, time, features], and this one is \(input.shape)")
    }
    let (batch, steps) = (input.shape[0], input.shape[1])
    let leading = Array(answers.shape.dimensions.dropLast())
    guard let outputSize = answers.shape.dimensions.last, outputSize > 0,
      leading == [batch] || leading == [batch, steps]
    else {
      throw FileError(
        """
        answers to \(batch) rows of \(steps) steps are [\(batch), size] or [\(batch), \(steps), size], \
        and these are \(answers.shape)
        """
      )
    }
    let ways = WeightRoles.all(arrays, inputSize: input.shape[2], outputSize: outputSize)
    guard !ways.isEmpty else {
      throw FileError(
        """
        no arrays here are the weights of one recurrent layer that reads \(input.shape[2]) features and \
        gives \(outputSize)
        """
      )
    }
    var candidates: [Candidate] = []
    for roles in ways {
      for convention in GateConvention.all(gates: roles.gates) {
        guard let layer = roles.layer(convention) else { continue }
        let output = layer.run(input, in: SequencePass())
        let read = leading.count == 1 ? output.final : output.outputs
        let found = function(roles.head.map { $0(read) } ?? read)
        candidates.append(
          Candidate(
            convention: convention,
            roles: roles.words,
            largestDifference: Self.distance(found, answers),
            layer: layer,
            head: roles.head
          )
        )
      }
    }
    self.candidates = candidates.enumerated().sorted {
      ($0.element.largestDifference, $0.offset) < ($1.element.largestDifference, $1.offset)
    }.map(\.element)
  }

  private static func distance(_ a: Tensor, _ b: Tensor) -> Float {
    zip(a.elements, b.elements).reduce(0) { largest, pair in
      let distance = abs(pair.0 - pair.1)
      return distance <= largest ? largest : distance.isNaN ? .infinity : distance
    }
  }
}
