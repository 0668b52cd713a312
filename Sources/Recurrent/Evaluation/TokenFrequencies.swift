/// What tells the next token of a text without a model: how often each comes up in the part learned
/// from, and how often after each other.
///
/// Of single tokens the probability is (count + 1) / (all + vocabulary), Laplace's rule. Of pairs it is
/// mixed with that of single tokens: the more different tokens follow one, the more likely another does.
///
/// Source: I. H. Witten, T. C. Bell, "The zero-frequency problem: estimating the probabilities of novel
/// events in adaptive text compression", IEEE Transactions on Information Theory, 1991, method C.
public struct TokenFrequencies: Sendable {
  /// Vocabularies up to this size have a place in memory for every pair.
  private static let denseSize = 2_048

  private enum Pairs: Sendable {
    case dense([UInt32])
    case sparse([UInt32: UInt32])
  }

  private let vocabulary: Int
  private let total: Int
  private var counts: [Int]
  private var pairs: Pairs
  /// How often something follows each token, and how many different tokens do.
  private var followers: [(count: Int, kinds: Int)]

  /// Counts the tokens of a text.
  public init(of text: TokenText) {
    let size = text.vocabulary.count
    vocabulary = size
    total = text.count
    var counts = [Int](repeating: 0, count: size)
    var followers = [(count: Int, kinds: Int)](repeating: (0, 0), count: size)
    var before = -1
    if size <= Self.denseSize {
      var table = [UInt32](repeating: 0, count: size * size)
      text.forEachToken(in: 0..<text.count) { _, token in
        counts[token] += 1
        if before >= 0 { table[before * size + token] &+= 1 }
        before = token
      }
      for first in 0..<size {
        for count in table[first * size..<(first + 1) * size] where count > 0 {
          followers[first].count += Int(count)
          followers[first].kinds += 1
        }
      }
      pairs = .dense(table)
    } else {
      var table: [UInt32: UInt32] = [:]
      text.forEachToken(in: 0..<text.count) { _, token in
        counts[token] += 1
        if before >= 0 { table[Self.key(before, token), default: 0] &+= 1 }
        before = token
      }
      for (key, count) in table {
        followers[Int(key >> 16)].count += Int(count)
        followers[Int(key >> 16)].kinds += 1
      }
      pairs = .sparse(table)
    }
    self.counts = counts
    self.followers = followers
  }

  private static func key(_ first: Int, _ second: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: first << 16 | second)
  }

  /// The probability of a token, whatever was before it.
  ///
  /// - Precondition: The token is in the vocabulary.
  public func probability(of token: Int) -> Double {
    Double(counts[token] + 1) / Double(total + vocabulary)
  }

  /// The probability of a token after another.
  ///
  /// - Precondition: Both tokens are in the vocabulary.
  public func probability(of token: Int, after first: Int) -> Double {
    let single = probability(of: token)
    let (count, kinds) = followers[first]
    guard count > 0 else { return single }
    let pair =
      switch pairs {
      case .dense(let table): table[first * vocabulary + token]
      case .sparse(let table): table[Self.key(first, token)] ?? 0
      }
    return (Double(pair) + Double(kinds) * single) / Double(count + kinds)
  }

  /// The mean surprise in nats by every token that a data set's steps are followed by: told from single
  /// tokens, and from the one before.
  ///
  /// Nil unless the data set asks for the tokens that follow.
  ///
  /// - Precondition: Its vocabulary is this one.
  public func costs(on dataset: SequenceDataset) -> (unigram: Double, bigram: Double)? {
    guard case .tokens(let windows) = dataset.elements, case .nextTokens = dataset.targets else {
      return nil
    }
    require(
      windows.text.vocabulary.count == vocabulary,
      "frequencies of \(vocabulary) tokens tell nothing of \(windows.text.vocabulary.count)"
    )
    let single = (0..<vocabulary).map { -RandomStream.naturalLogarithm(probability(of: $0)) }
    var (unigram, bigram) = (0.0, 0.0)
    var count = 0
    for window in 0..<dataset.count {
      var before = -1
      windows.forEachToken(of: window, count: dataset.length(ofExample: window) + 1) { _, token in
        if before >= 0 {
          unigram += single[token]
          bigram -= RandomStream.naturalLogarithm(probability(of: token, after: before))
          count += 1
        }
        before = token
      }
    }
    return count > 0 ? (unigram / Double(count), bigram / Double(count)) : nil
  }
}
