/// One number about a model's answer, for asking what it depends on.
public enum AnswerScore: Sendable, Hashable {
  /// The logarithm of the odds of a class, ln(p / (1 - p)), in nats.
  ///
  /// It goes on growing where the probability has come close to 1, and what raises all logits alike
  /// leaves it as it is.
  case logOdds(class: Int)
  /// One of the numbers a model answers with.
  case output(Int)

  /// The scores, `[batch]`, of answers `[batch, outputs]`, or of the last step's of answers `[batch, time,
  /// outputs]`.
  ///
  /// - Precondition: The output is there, and a class has another beside it.
  func of(_ answers: Tensor) -> Tensor {
    let steps = answers.shape.rank == 3 ? answers.shape[1] : 1
    let last = answers.shape.rank == 3 ? answers.slice(at: steps - 1, along: 1) : answers
    let outputs = last.shape[1]
    switch self {
    case .output(let index):
      require(0..<outputs ~= index, "a model of \(outputs) outputs has no output \(index)")
      return last.slice(at: index, along: 1)
    case .logOdds(let index):
      require(
        0..<outputs ~= index && outputs > 1,
        "a model of \(outputs) classes has no odds of class \(index)"
      )
      let others = last.gathered(at: (0..<outputs).filter { $0 != index }, along: 1)
      // Subtracting the largest leaves the result as it is, and keeps the powers in range.
      let largest = Tensor(
        others.detached.elements.chunked(by: outputs - 1).map { $0.reduce(-.infinity, max) }
      )
      let powers = exp(others - largest.reshaped(to: [largest.count, 1]))
      return last.slice(at: index, along: 1) - (log(powers.sum(along: 1)) + largest)
    }
  }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<$0 + size] }
  }
}
