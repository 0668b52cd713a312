/// What an optimizer remembers: the number of steps, and some tensors for each parameter.
public struct OptimizerState: Sendable, Equatable {
  /// A tensor under a name.
  public struct Entry: Sendable, Equatable {
    /// The parameter's name, "/", and PyTorch's name for what it is: "head.weight/exp_avg".
    public let name: String
    /// What is remembered, of the parameter's shape.
    public var value: Tensor

    /// Creates an entry.
    public init(name: String, value: Tensor) {
      self.name = name
      self.value = value
    }
  }

  /// The number of steps taken.
  public var step: Int
  /// The tensors: one for each parameter in order, then the next kind for each; empty before the
  /// first step.
  public var entries: [Entry]

  /// Creates a state, by default that before the first step.
  public init(step: Int = 0, entries: [Entry] = []) {
    self.step = step
    self.entries = entries
  }
}

extension OptimizerState {
  /// A parameter, its gradient and what is remembered of it, for the duration of a call.
  @safe
  struct Piece {
    /// The number of elements of each array.
    let count: Int
    let parameters: UnsafeMutablePointer<Float>
    let gradients: UnsafePointer<Float>
    /// What is remembered, in the order of the kinds; nil for those there are not.
    let memory:
      (
        UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?
      )
    /// Whether the parameter has fewer than two axes, as biases do.
    let isBias: Bool
  }

  /// Counts a step and calls `body` for each parameter, after checking that everything fits.
  ///
  /// `kinds` are the names of what is remembered, at most three; the tensors are made at the first
  /// step, filled with `start`.
  mutating func step(
    _ model: inout some Parameterized,
    with gradient: Gradient,
    remembering kinds: [String],
    start: Float = 0,
    optimizer: StaticString,
    _ body: (Piece) -> Void
  ) {
    let count = gradient.tensors.count
    if entries.isEmpty { makeEntries(kinds, for: gradient, start: start) }
    require(
      entries.count == kinds.count * count,
      """
      \(optimizer) has a state of \(entries.count) tensors; \(count) parameters need \
      \(kinds.count * count)
      """
    )
    step += 1
    let kindCount = kinds.count
    unsafe entries.withUnsafeMutableBufferPointer { entries in
      var index = 0
      model.visitParameters { name, parameter in
        let shape = parameter.shape
        require(
          index < count && gradient.tensors[index].shape == shape,
          "\(optimizer) got a gradient that does not fit parameter '\(name)' of shape \(shape)"
        )
        for kind in 0..<kindCount {
          require(
            unsafe entries[kind * count + index].value.shape == shape,
            "\(optimizer) has a state that does not fit parameter '\(name)' of shape \(shape)"
          )
        }
        unsafe parameter.withUnsafeMutableElements { parameters in
          unsafe gradient.tensors[index].withUnsafeElements { gradients in
            guard let target = parameters.baseAddress, let source = gradients.baseAddress else {
              return
            }
            let piece = unsafe Piece(
              count: gradients.count,
              parameters: target,
              gradients: source,
              memory: (
                kindCount > 0 ? entries[index].value.start : nil,
                kindCount > 1 ? entries[count + index].value.start : nil,
                kindCount > 2 ? entries[2 * count + index].value.start : nil
              ),
              isBias: shape.rank < 2
            )
            body(piece)
          }
        }
        index += 1
      }
      require(index == count, "\(optimizer) got \(count) gradients for \(index) parameters")
    }
  }

  private mutating func makeEntries(_ kinds: [String], for gradient: Gradient, start: Float) {
    for (number, kind) in kinds.enumerated() {
      for (name, tensor) in zip(gradient.names, gradient.tensors) {
        let value = Tensor(repeating: number == 0 ? start : 0, shape: tensor.shape)
        entries.append(Entry(name: "\(name)/\(kind)", value: value))
      }
    }
  }
}

extension Tensor {
  /// Where the elements are, for writing; used only while something else keeps the tensor.
  fileprivate var start: UnsafeMutablePointer<Float>? {
    mutating get { unsafe withUnsafeMutableElements { $0.baseAddress } }
  }
}
