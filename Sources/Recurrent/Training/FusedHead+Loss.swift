import RecurrentKernels

extension FusedHead {
  /// Answers, losses, and the gradients of the head and of what it read.
  ///
  /// `lossScale` is what the gradient of every answer's loss is multiplied by.
  func train(
    _ dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    drawing: MaskStreams,
    lossScale: Float,
    gradient: UnsafeMutablePointer<Float>
  ) -> BatchResult {
    drop(drawing)
    let result = compare(with: dataset, at: indices, lossScale: lossScale)
    unsafe addGradients(of: logits.reserve(answers * weights.outputs), to: gradient)
    return result
  }

  /// Answers and their losses; the answers' gradients take the answers' place.
  func compare(
    with dataset: SequenceDataset,
    at indices: ArraySlice<Int>,
    lossScale: Float
  ) -> BatchResult {
    let answered = unsafe logits.reserve(answers * weights.outputs)
    unsafe multiply(into: answered)
    switch dataset.targets {
    case .classes(let all):
      labels.removeAll(keepingCapacity: true)
      for index in indices { labels.append(Int32(all[index])) }
      return compareLabels(lossScale)
    case .classesOfSteps(let all):
      clearLabels()
      for (row, index) in indices.enumerated() {
        for step in 0..<extent.length(of: row) {
          labels[firstAnswers[step] + row] = all[index * dataset.steps + step]
        }
      }
      return compareLabels(lossScale)
    case .nextTokens:
      clearLabels()
      guard case .tokens(let tokens) = dataset.elements else { return BatchResult() }
      for (row, index) in indices.enumerated() {
        tokens.forEachToken(of: index, count: extent.length(of: row), after: 1) { step, token in
          labels[firstAnswers[step] + row] = Int32(token)
        }
      }
      return compareLabels(lossScale)
    case .numbers(let all):
      return compareNumbers(lossScale) { answer, output in
        all[indices[indices.startIndex + answer] * weights.outputs + output]
      }
    case .numbersOfSteps(let all):
      var step = 0
      return compareNumbers(lossScale) { answer, output in
        while answer >= firstAnswers[step + 1] { step += 1 }
        let index = indices[indices.startIndex + answer - firstAnswers[step]]
        return all[(index * dataset.steps + step) * weights.outputs + output]
      }
    case .nextRows(let rows, let firstSteps):
      var step = 0
      return compareNumbers(lossScale) { answer, output in
        while answer >= firstAnswers[step + 1] { step += 1 }
        let index = indices[indices.startIndex + answer - firstAnswers[step]]
        guard step >= firstSteps[index] else { return .nan }
        return rows[dataset.rowAhead(ofExample: index, step: step), output]
      }
    }
  }

  private func clearLabels() {
    labels.removeAll(keepingCapacity: true)
    for _ in 0..<answers { labels.append(-1) }
  }

  private func compareLabels(_ lossScale: Float) -> BatchResult {
    let (rows, classes) = (answers, weights.outputs)
    let answered = unsafe logits.reserve(rows * classes)
    let losses = unsafe losses.reserve(rows)
    var result = BatchResult()
    for row in 0..<rows where labels[row] >= 0 {
      let choice = unsafe indexOfLargest(answered + row * classes, count: classes)
      if choice == Int(labels[row]) { result.correct += 1 }
    }
    unsafe labels.withUnsafeBufferPointer { labels in
      var request = unsafe RecurrentCrossEntropy(
        rows: rows,
        classes: classes,
        logits: answered,
        labels: labels.baseAddress,
        targets: nil,
        label_smoothing: loss.labelSmoothing,
        scale: lossScale,
        losses: losses,
        gradient: answered
      )
      unsafe kernels.pointee.softmax_cross_entropy(&request)
    }
    for row in 0..<rows { unsafe result.lossSum += Double(losses[row]) }
    return result
  }

  /// `target` tells what is to be answered; answers come in order.
  private func compareNumbers(
    _ lossScale: Float,
    target: (_ answer: Int, _ output: Int) -> Float
  ) -> BatchResult {
    let outputs = weights.outputs
    let answered = unsafe logits.reserve(answers * outputs)
    var result = BatchResult()
    for answer in 0..<answers {
      for output in 0..<outputs {
        let element = unsafe answered + answer * outputs + output
        let (value, derivative) = unsafe loss.numbers.loss(
          of: element.pointee,
          target: target(answer, output)
        )
        result.lossSum += Double(value)
        unsafe element.pointee = derivative * lossScale
      }
    }
    return result
  }
}
