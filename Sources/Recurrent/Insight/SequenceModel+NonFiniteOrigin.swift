extension SequenceModel {
  /// Finds where the first NaN or infinity comes up when a batch is read and differentiated.
  ///
  /// Examples are read as they are, without masks: what dropout and augmentation would do is left
  /// out. The first is looked for in this order: the parameters as the model lists them; the input;
  /// the layers from below, each time step after time step as it reads, the forward direction before
  /// the other, a step's parts of the state before its output, each part example by example and
  /// unit by unit; what the head reads; the logits; the losses. Then the way back: the head's
  /// parameters; what arrives at the layers, from above, in the order in which backpropagation meets
  /// it, the last step that was read first; the layers' parameters. What lies past an example's own
  /// end does not count.
  ///
  /// To be looked at, steps are computed one after another, as the cells are written, in 32 bits.
  /// Training computes the same in other orders: a number next to the largest float can be infinite
  /// in one and not in the other. The parameters' gradients are those of training; only if one of
  /// them is not finite is it looked for what was so before.
  ///
  /// - Precondition: The model can be trained on the data set, and the examples are in it.
  /// - Returns: The origin; nil if everything is finite.
  /// - Complexity: That of some training steps without fused layers; on the way back the memory
  ///   is that for a part of the batch, as training cuts it.
  public func nonFiniteOrigin(
    in dataset: SequenceDataset,
    at indices: some Collection<Int>,
    labelSmoothing: Float = 0,
    numberLoss: NumberLoss = .squaredError
  ) -> NonFiniteOrigin? {
    nonFiniteOrigin(
      in: dataset,
      at: Array(indices),
      pass: nil,
      labelSmoothing: labelSmoothing,
      numberLoss: numberLoss
    )
  }

  /// Finds where the first NaN or infinity of a training step comes up, with the step's masks,
  /// augmentation and precision; without a pass there are neither masks nor augmentation.
  ///
  /// Loss and gradients are those of the engine that trains such models, to the bit.
  func nonFiniteOrigin(
    in dataset: SequenceDataset,
    at indices: [Int],
    pass: TrainingPass?,
    labelSmoothing: Float,
    numberLoss: NumberLoss = .squaredError,
    precision: Precision = .float32,
    carrying states: CarriedStates? = nil
  ) -> NonFiniteOrigin? {
    require(!indices.isEmpty, "a batch of no examples has no origin of what is not finite")
    let loss = AnswerLoss(labelSmoothing: labelSmoothing, numbers: numberLoss)
    let batch = TracedBatch(dataset, indices, pass, of: self, carrying: states)
    return NonFiniteOrigin(.parameter, in: parameters)
      ?? batch.inputOrigin
      ?? forwardOrigin(in: batch, loss)
      ?? backwardOrigin(in: batch, loss) {
        pass.map { trained(on: batch, in: $0, loss, precision, carrying: states) }
          ?? summed(over: batch, loss)
      }
  }

  private func forwardOrigin(in batch: TracedBatch, _ loss: AnswerLoss) -> NonFiniteOrigin? {
    let search = NonFiniteSearch(.forward)
    let answers = answers(to: batch, search)
    if let origin = search.origin { return origin }
    // An example's loss is looked at by itself, so that the first can be named.
    for row in batch.indices.indices {
      let sum = loss.compare(
        answers.slice(row..<row + 1, along: 0),
        with: batch.dataset,
        batch.indices[row...row]
      ).sum
      _ = search.observed(sum.reshaped(to: [1, 1])) { _, _, value in
        NonFiniteOrigin(stage: .loss, value: value, example: batch.indices[row])
      }
      if let origin = search.origin { return origin }
    }
    return nil
  }

  private func backwardOrigin(
    in batch: TracedBatch,
    _ loss: AnswerLoss,
    training: () -> (loss: Double, gradient: Gradient)
  ) -> NonFiniteOrigin? {
    let (cost, gradient) = training()
    if let value = NonFiniteOrigin.Value(cost) {
      return NonFiniteOrigin(stage: .loss, value: value)
    }
    let gradients = zip(gradient.names, gradient.tensors).map { (name: $0, value: $1) }
    let layerCount = gradients.count - head.parameters.count
    if let origin = NonFiniteOrigin(.parameterGradient, in: gradients[layerCount...]) {
      return origin
    }
    // Fused layers know that the state before the first step is 0, whatever it is multiplied by; the
    // steps one by one do not. What is finite in training is so.
    guard let origin = NonFiniteOrigin(.parameterGradient, in: gradients[..<layerCount]) else {
      return nil
    }
    let search = NonFiniteSearch(.backward)
    for part in batch.shards {
      search.beginRows()
      _ = lossWithGradient(of: part, in: batch, loss) { $0.answers(to: part, search) }
    }
    return search.origin ?? origin
  }

  /// The loss and the gradient as training computes them.
  private func trained(
    on batch: TracedBatch,
    in pass: TrainingPass,
    _ loss: AnswerLoss,
    _ precision: Precision,
    carrying states: CarriedStates?
  ) -> (loss: Double, gradient: Gradient) {
    let options = TrainingOptions(
      labelSmoothing: loss.labelSmoothing,
      numberLoss: loss.numbers,
      precision: precision
    )
    let engine: any TrainingEngine =
      FusedEngine(self, options: options) ?? TapeEngine(self, options: options)
    let parameters = ParameterList(of: self)
    var gradient = Gradient(
      names: parameters.names,
      tensors: parameters.tensors.map { .zeros($0.shape) }
    )
    // Only other processes can be lost, and there are none.
    let result = try? engine.run(
      parameters,
      on: batch.dataset,
      at: batch.indices[...],
      pass: pass,
      carrying: states,
      gradient: &gradient
    )
    return (result?.lossSum ?? .nan, gradient)
  }

  /// The same without masks, part by part of the batch.
  private func summed(
    over batch: TracedBatch,
    _ loss: AnswerLoss
  ) -> (loss: Double, gradient: Gradient) {
    let shards = batch.shards.map { part in
      lossWithGradient(of: part, in: batch, loss) { $0.logits(part.input, in: part.pass) }
    }
    let gradients = shards.map(\.gradient)
    // The fused engine adds losses in double precision, where each by itself was finite; the tape
    // those of a part in 32 bits.
    let isFused = FusedModelWeights(self) != nil
    return (
      isFused ? 0 : shards.reduce(0) { $0 + Double($1.value.scalar) },
      Gradient(
        names: gradients[0].names,
        tensors: gradients[0].tensors.indices.map { index in
          .sum(ofEqualShapes: gradients.map { $0.tensors[index] })
        }
      )
    )
  }

  /// The loss of a part of a batch, its share of the batch's mean, and the gradient.
  private func lossWithGradient(
    of part: TracedBatch,
    in batch: TracedBatch,
    _ loss: AnswerLoss,
    answers: (SequenceModel) -> Tensor
  ) -> (value: Tensor, gradient: Gradient) {
    let count = batch.dataset.answerCount(at: batch.indices)
    return valueWithGradient(at: self) { model in
      loss.compare(answers(model), with: part.dataset, part.indices[...]).sum
        * Tensor(count > 0 ? 1 / Float(count) : 0)
    }
  }

  /// The answers, as `logits(_:in:)` computes them, step by step where a search can look.
  private func answers(to batch: TracedBatch, _ search: NonFiniteSearch) -> Tensor {
    var pass = batch.pass
    let read = reading.of(batch.input, lengths: pass.lengths)
    var output = LayerOutput(outputs: read, final: read)
    for (index, layer) in layers.enumerated() {
      pass.layer = index
      let trace = LayerTrace(search: search, index: index, rows: batch.rows)
      output = layer.tracedRun(output.outputs, in: pass, trace)
      // Nothing else reads what a layer gives after everything was read.
      if index == layers.count - 1, summary == .lastOutput {
        output.final = trace.observed(final: output.final, of: layer.nameInTrace)
      }
    }
    let summed = headInput(of: output, in: pass)
    require(
      head.outputSize == batch.dataset.outputNames.count,
      """
      training needs \(batch.dataset.outputNames.count) answers of a model, which gives \
      \(head.outputSize)
      """
    )
    guard !search.isBackward else { return head(summed) }
    _ = batch.observed(summed, .summary, search)
    return batch.observed(head(summed), .logits, search)
  }
}

extension TracedBatch {
  /// Has what the head reads or gives looked at, `[batch, numbers]` or `[batch, time, numbers]`, here
  /// step by step.
  fileprivate func observed(
    _ tensor: Tensor,
    _ stage: NonFiniteOrigin.Stage,
    _ search: NonFiniteSearch
  ) -> Tensor {
    guard tensor.shape.rank == 3 else {
      return search.observed(tensor) { row, unit, value in
        NonFiniteOrigin(stage: stage, value: value, unit: unit, example: indices[row])
      }
    }
    let steps = (0..<tensor.shape[1]).map { step in
      search.observed(tensor.slice(at: step, along: 1)) { row, unit, value in
        let length = dataset.length(ofExample: indices[row])
        guard step < length else { return nil }
        return NonFiniteOrigin(
          stage: stage,
          value: value,
          unit: unit,
          step: step,
          steps: length,
          example: indices[row]
        )
      }
    }
    return .stacked(steps, along: 1)
  }
}
