import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Expects the engine's gradients of the mean loss over all examples to be those of the tape.
///
/// Both are sums of some hundred products in 32 bits, in different orders.
func expectEngineGradients(
  of model: SequenceModel,
  on dataset: SequenceDataset,
  at location: SourceLocation = #_sourceLocation
) throws {
  let indices = Array(0..<dataset.count)
  let options = TrainingOptions(batchSize: dataset.count)
  let engine = try #require(FusedEngine(model, options: options), sourceLocation: location)
  let (got, _) = engineGradient(of: model, by: engine, dataset, indices)
  let pass = SequencePass(
    lengths: dataset.lengths,
    masks: MaskStreams(seed: 8, step: 4, examples: indices)
  )
  let input = dataset.tensor(at: indices)
  let want = valueWithGradient(at: model) {
    softmaxCrossEntropy(logits: $0.logits(input, in: pass), labels: dataset.labels)
  }
  for (name, pair) in zip(got.names, zip(got.tensors, want.gradient.tensors)) {
    let problem = mismatch(pair.0.elements, pair.1.elements, tolerance: 1e-5)
    #expect(problem == nil, "\(name): \(problem ?? "")", sourceLocation: location)
  }
}

/// The gradient of the mean loss at the examples, by an engine.
func engineGradient(
  of model: SequenceModel,
  by engine: any TrainingEngine,
  _ dataset: SequenceDataset,
  _ indices: [Int],
  carrying states: CarriedStates? = nil
) -> (Gradient, BatchResult) {
  let parameters = ParameterList(of: model)
  var gradient = Gradient(
    names: parameters.names,
    tensors: parameters.tensors.map { .zeros($0.shape) }
  )
  let result = try? engine.run(
    parameters,
    on: dataset,
    at: indices[...],
    pass: TrainingPass(seed: 8, step: 4),
    carrying: states,
    gradient: &gradient
  )
  return (gradient, result ?? BatchResult())
}
