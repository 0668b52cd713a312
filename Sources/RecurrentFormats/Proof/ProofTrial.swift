import Recurrent

/// Made-up sequences, and how they are given to a file.
public struct ProofTrial: Codable, Sendable, Equatable {
  /// How sequences are given.
  public enum Manner: String, Codable, Sendable, CaseIterable {
    /// Whole, all of the same length.
    case whole
    /// Whole, of unequal length, with rubbish past each row's end.
    case padded
    /// In several pieces, each from the states after the one before.
    case chunks
    /// One step after another.
    case steps
  }

  /// How the sequences are given.
  public var manner: Manner
  /// The number of rows.
  public var batch: Int
  /// The number of steps of the longest row.
  public var steps: Int
  /// What the numbers are drawn by.
  public var seed: UInt64

  /// Whether a file's proof may ask for the trial: none takes more than 2^26 numbers.
  func isPossible(size: Int) -> Bool {
    1...1024 ~= batch && 1...4096 ~= steps && 1...65_536 ~= size && batch * steps * size <= 1 << 26
  }

  /// The trials that a file is put to, which reads whole sequences or single steps.
  ///
  /// `fixedSteps` is the number of steps, where a model reads no other.
  static func all(
    readsSteps: Bool,
    hasStates: Bool,
    hasLengths: Bool,
    fixedSteps: Int?
  ) -> [ProofTrial] {
    var trials: [(Manner, Int, Int)] = []
    if readsSteps {
      trials = [(.steps, 1, 1), (.steps, 3, 7), (.steps, 17, 2), (.steps, 1, 50)]
    } else if let fixedSteps {
      trials = [1, 3, 17].map { (.whole, $0, fixedSteps) }
    } else {
      for batch in [1, 3, 17] {
        for steps in [1, 2, 7, 50] { trials.append((.whole, batch, steps)) }
        if hasLengths { trials.append((.padded, batch, 13)) }
      }
      if hasStates { trials += [(.chunks, 1, 13), (.chunks, 3, 7), (.chunks, 17, 50)] }
    }
    return trials.enumerated().map {
      ProofTrial(manner: $1.0, batch: $1.1, steps: $1.2, seed: UInt64($0 + 1))
    }
  }

  /// The number of steps of each row; nil where all have all of them.
  var lengths: [Int]? {
    manner == .padded ? (0..<batch).map { $0 == 0 ? steps : 1 + $0 * 5 % steps } : nil
  }

  /// Where the pieces of a sequence in chunks begin and end.
  var pieces: [Range<Int>] {
    let first = max(steps / 3, 1)
    return [0..<first, first..<min(first + 1, steps), min(first + 1, steps)..<steps]
      .filter { !$0.isEmpty }
  }

  /// Numbers from -1 to 1, `[batch, time, features]`.
  func numbers(features: Int) -> Tensor {
    var stream = RandomStream(seed: seed, purpose: .testing, index: 1)
    return Tensor(
      (0..<batch * steps * features).map { _ in stream.nextUniform(in: -1...1) },
      shape: [batch, steps, features]
    )
  }

  /// Tokens below a count, `[batch, time]`.
  func tokens(below count: Int) -> [Int] {
    var stream = RandomStream(seed: seed, purpose: .testing, index: 2)
    return (0..<batch * steps).map { _ in stream.nextIndex(below: count) }
  }
}
