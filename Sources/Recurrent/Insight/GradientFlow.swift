/// How much of the gradient of a loss arrives at the states of a model's layers, step by step back.
///
/// A state whose gradient has all but vanished is not learned by: what a sequence held there cannot be
/// connected with an answer that was asked for so many steps later.
public struct GradientFlow: Sendable, Equatable {
  /// The gradient at one part of a layer's state, at all steps.
  public struct Path: Sendable, Equatable {
    /// The layer's place in its model, from 0.
    public let layer: Int
    /// Whether the state is that of reading from the end to the beginning.
    public let isReversed: Bool
    /// What the part of the state is called, such as "hidden state".
    public let part: String
    /// The norm of the gradient after the step that was read last, after the one before it, and so on.
    ///
    /// It is the mean over the examples that are so long. Each part of a state is looked at by itself,
    /// as if the others had stayed as they were.
    public let norms: [Double]
  }

  /// The paths, from the first layer's on, forward before reversed, the hidden state before others.
  public let paths: [Path]
}

extension SequenceModel {
  /// Measures how much of the loss's gradient arrives at the states after each step of some examples.
  ///
  /// The loss of an example is the mean over its answers, and the norm Euclidean. The gradient is the
  /// whole one: by every way from the state to the answers; of a cell of one's own that gives something
  /// else than its hidden state, by the steps that follow. Masks and augmentation are left out. Layers
  /// swept over a grid, and those of one's own that are not a `Recurrence`, have no path.
  ///
  /// - Precondition: The model can be trained on the data set, and the examples are in it.
  /// - Complexity: That of a training step without fused layers.
  public func gradientFlow(
    in dataset: SequenceDataset,
    at indices: some Collection<Int>,
    numberLoss: NumberLoss = .squaredError
  ) -> GradientFlow {
    let probe = StateGradientProbe()
    let loss = AnswerLoss(numbers: numberLoss)
    let all = Array(indices)
    // In parts, so that a long data set does not need the memory for all its steps at once.
    for range in (0..<all.count).split(by: 32) {
      let part = Array(all[range])
      let batch = TracedBatch(dataset, part, nil, of: self, carrying: nil)
      _ = valueWithGradient(at: self) { model in
        loss.compare(model.answers(to: batch, shownTo: probe), with: dataset, part[...]).sum
      }
    }
    return probe.flow
  }

  private func answers(to batch: TracedBatch, shownTo probe: StateGradientProbe) -> Tensor {
    var pass = batch.pass
    let read = reading.of(batch.input, lengths: pass.lengths)
    var output = LayerOutput(outputs: read, final: read)
    let lengths = batch.stepCounts
    let answers = batch.indices.map { batch.dataset.answerCount(at: [$0]) }
    for (index, layer) in layers.enumerated() {
      pass.layer = index
      output = layer.observedRun(output.outputs, in: pass) { state in
        probe.observed(state, ofLayer: index, lengths: lengths, answers: answers)
      }
    }
    return head(headInput(of: output, in: pass))
  }
}
