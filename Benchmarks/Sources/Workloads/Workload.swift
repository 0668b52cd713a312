/// What is timed: a kind of operation and its sizes.
public struct Workload: Codable, Hashable, Sendable {
  /// What a contender does in one operation.
  public enum Kind: String, Codable, Sendable {
    /// One step of plain gradient descent on a batch: forward, backward, update.
    case train
    /// The logits of a batch.
    case infer
    /// One time step of a recurrent layer, its state carried on.
    case stream
    /// A product of two square matrices of `hidden` rows.
    case product
  }

  /// What is done.
  public let kind: Kind
  /// The sequences in a batch.
  public let batch: Int
  /// The time steps of a sequence.
  public let steps: Int
  /// The features of a time step.
  public let features: Int
  /// The hidden units of the layer, or the rows of a matrix.
  public let hidden: Int

  /// Creates a workload.
  public init(_ kind: Kind, batch: Int = 1, steps: Int = 1, features: Int = 1, hidden: Int) {
    self.kind = kind
    self.batch = batch
    self.steps = steps
    self.features = features
    self.hidden = hidden
  }

  /// The classes that the linear head of a model tells apart.
  public static let classes = 10

  /// The floating-point operations of the layer's matrix products that cannot be left out.
  ///
  /// A multiply-add is 2. Training needs no gradient of the data, and the first step no product
  /// with a state of zeros; elementwise work and the head do not count.
  public var operations: Double {
    let input = 2 * Double(batch) * 4 * Double(hidden) * Double(features)
    let state = 2 * Double(batch) * 4 * Double(hidden) * Double(hidden)
    return switch kind {
    case .train: input * Double(steps) * 2 + state * Double(steps - 1) * 3
    case .infer: input * Double(steps) + state * Double(steps - 1)
    case .stream: input + state
    case .product: 2 * Double(hidden) * Double(hidden) * Double(hidden)
    }
  }
}
