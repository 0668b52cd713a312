import Synchronization

/// Looks through the tensors of a run for the first number that is not finite.
final class NonFiniteSearch: Sendable {
  /// Which numbers of a run are looked at.
  enum Way: Sendable {
    /// The tensors themselves, in the order in which they are computed.
    case forward
    /// The gradients that arrive at them, in the order in which backpropagation meets them.
    case backward
  }

  /// Says what the number in a row and a column of a tensor is; nil if it does not count.
  typealias Naming =
    @Sendable (_ row: Int, _ column: Int, NonFiniteOrigin.Value) ->
    NonFiniteOrigin?

  private struct Record {
    /// The number of tensors so far.
    var tensors = 0
    /// What was found, and the number of its tensor.
    var found: (tensor: Int, origin: NonFiniteOrigin)?
  }

  private let way: Way
  private let record = Guarded(Record())

  init(_ way: Way) { self.way = way }

  /// Whether it is gradients that are looked at.
  var isBackward: Bool { way == .backward }

  /// What was found; nil if all that was looked at is finite.
  var origin: NonFiniteOrigin? { record.withLock { $0.found?.origin } }

  /// Begins the run of the next rows of a batch, which has the same tensors as that of the first.
  ///
  /// Of two rows' equally early numbers that of the first row is the origin, although all numbers
  /// of one run are met before those of the next.
  func beginRows() { record.withLock { $0.tensors = 0 } }

  /// Looks at a tensor `[rows, columns]`, or at the gradient that will arrive at it.
  ///
  /// On the way back only what reads the result, which has the same elements, is seen.
  func observed(_ tensor: Tensor, _ name: @escaping Naming) -> Tensor {
    let number = record.withLock { record in
      defer { record.tensors += 1 }
      return record.tensors
    }
    switch way {
    case .forward:
      look(at: tensor, number: number, name)
      return tensor
    case .backward:
      return Tape.operation([tensor]) { inputs, _ in
        (
          inputs[0],
          { gradient in
            self.look(at: gradient, number: number, name)
            return [gradient]
          }
        )
      }
    }
  }

  private func look(at tensor: Tensor, number: Int, _ name: Naming) {
    if let found = record.withLock({ $0.found }) {
      guard way == .backward, number > found.tensor else { return }
    }
    let columns = max(tensor.shape[1], 1)
    for (place, element) in tensor.elements.enumerated() where !element.isFinite {
      guard let value = NonFiniteOrigin.Value(Double(element)),
        let origin = name(place / columns, place % columns, value)
      else { continue }
      record.withLock { $0.found = (number, origin) }
      return
    }
  }
}

extension NonFiniteOrigin {
  /// The first number of parameters, or of their gradients, that is not finite.
  init?(_ stage: Stage, in tensors: some Sequence<(name: String, value: Tensor)>) {
    for (name, tensor) in tensors {
      for (place, element) in tensor.elements.enumerated() where !element.isFinite {
        guard let value = Value(Double(element)) else { continue }
        self.init(
          stage: stage,
          value: value,
          parameter: Parameter(name: name, indices: tensor.shape.indices(of: place))
        )
        return
      }
    }
    return nil
  }
}
