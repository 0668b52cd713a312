/// How a model's answers are compared with what is to be answered.
struct AnswerLoss: Sendable {
  /// How much of every label is given to all classes alike.
  var labelSmoothing: Float = 0
  /// What a number costs.
  var numbers = NumberLoss.squaredError
}

extension AnswerLoss {
  /// Compares a model's answers about the examples at `indices` with the targets: the sum of the
  /// losses as a tensor of rank 0, and the number of classes that were right.
  ///
  /// Answers past a row's end are left out.
  func compare(
    _ answers: Tensor,
    with dataset: SequenceDataset,
    _ indices: ArraySlice<Int>
  ) -> (sum: Tensor, correct: Int) {
    let (rows, outputs) = (indices.count, dataset.outputNames.count)
    let shape: Shape = dataset.answersEachStep ? [rows, dataset.steps, outputs] : [rows, outputs]
    require(
      answers.shape == shape,
      "the model's answers need the shape \(shape), got \(answers.shape)"
    )
    guard dataset.answersAreClasses else {
      return (numberLosses(answers, targets: dataset.numbers(at: indices)), 0)
    }
    let labels = dataset.labels(at: indices)
    var correct = 0
    unsafe answers.withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      for (row, label) in labels.enumerated() where label >= 0 {
        if unsafe indexOfLargest(base + row * outputs, count: outputs) == label { correct += 1 }
      }
    }
    let sum = softmaxCrossEntropy(
      logits: answers,
      labels: labels,
      labelSmoothing: labelSmoothing,
      ignoredLabel: -1,
      reduction: .sum
    )
    return (sum, correct)
  }

  private func numberLosses(_ answers: Tensor, targets: [Float]) -> Tensor {
    let known = targets.indices.filter { !targets[$0].isNaN }
    guard !known.isEmpty else { return (answers * 0).sum() }
    let chosen =
      known.count == targets.count
      ? answers.reshaped(to: [answers.count])
      : answers.reshaped(to: [answers.count]).gathered(at: known)
    let right = Tensor(known.map { targets[$0] }, shape: [known.count])
    return numbers.losses(chosen, right).sum()
  }
}

extension SequenceDataset {
  /// The mean loss of a model's answers about the examples at `indices`: of classes and tokens their
  /// cross-entropy, of numbers their squared errors.
  ///
  /// - Precondition: The answers have the shape that the targets ask for.
  package func meanLoss(of answers: Tensor, at indices: [Int]) -> Tensor {
    let count = answerCount(at: indices)
    let sum = AnswerLoss().compare(answers, with: self, indices[...]).sum
    return sum * Tensor(count > 0 ? 1 / Float(count) : 0)
  }

  /// The classes of the examples at `indices`, one for each or one for each step; -1 for none.
  func labels(at indices: some Collection<Int>) -> [Int] {
    switch targets {
    case .classes(let all): return indices.map { all[$0] }
    case .classesOfSteps(let all):
      return indices.flatMap { index in
        (0..<steps).map { $0 < length(ofExample: index) ? Int(all[index * steps + $0]) : -1 }
      }
    case .nextTokens:
      guard case .tokens(let tokens) = elements else { return [] }
      return indices.flatMap { index in
        var labels = [Int](repeating: -1, count: steps)
        tokens.forEachToken(of: index, count: length(ofExample: index), after: 1) { step, token in
          labels[step] = token
        }
        return labels
      }
    case .numbers, .numbersOfSteps, .nextRows: return []
    }
  }

  /// The numbers about the examples at `indices`, or about each of their steps; NaN for none.
  func numbers(at indices: some Collection<Int>) -> [Float] {
    let outputs = outputNames.count
    switch targets {
    case .numbers(let all):
      return indices.flatMap { all[$0 * outputs..<($0 + 1) * outputs] }
    case .numbersOfSteps(let all):
      let size = steps * outputs
      return indices.flatMap { index in
        let end = length(ofExample: index) * outputs
        return (0..<size).map { $0 < end ? all[index * size + $0] : .nan }
      }
    case .nextRows(let rows, let firstSteps):
      return indices.flatMap { index in
        (0..<steps).flatMap { step -> [Float] in
          guard (firstSteps[index]..<length(ofExample: index)).contains(step) else {
            return [Float](repeating: .nan, count: outputs)
          }
          let row = rowAhead(ofExample: index, step: step)
          return rows.numbers(in: row..<row + 1)
        }
      }
    case .classes, .classesOfSteps, .nextTokens: return []
    }
  }
}
