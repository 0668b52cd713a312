import Recurrent

extension ONNXComparison {
  /// No more arrays are tried as weights.
  private static let largestCount = 64

  /// Finds the one layer whose steps a graph has written out, by its weights and its answers.
  ///
  /// - Throws: `FileError` where there is none.
  func identified() throws(FileError) -> Result {
    let inputs = model.graph.requiredInputs
    guard inputs.count == 1, inputs[0].type == .float, inputs[0].shape?.count == 3,
      case .fixed(let size)? = inputs[0].shape?.last
    else {
      throw problem("has no LSTM, GRU or RNN operation, and no input [batch, time, features]")
    }
    let (batch, steps) = Self.sizes(inputs[0], isTimeFirst: false)
    guard batch * steps <= 1 << 12, batch * steps * size <= 1 << 20 else {
      throw problem("reads too much at once")
    }
    let numbers = Self.numbers([batch, steps, size])
    let outputs = try run([inputs[0].name: ONNXArray(numbers)])
    let arrays = ONNXEvaluation.constants(of: model, limit: limit)
      .compactMap { name, array in array.tensor.map { (name: name, value: $0) } }
      .filter { 1...2 ~= $0.value.shape.rank && $0.value.count > 1 }
      .sorted { $0.name < $1.name }
    for output in model.graph.outputs {
      guard let answers = outputs[output.name]?.tensor, arrays.count <= Self.largestCount else {
        continue
      }
      for function in ONNXImport.OutputFunction.allCases {
        let found = try? Identification(arrays: arrays, input: numbers, answers: answers) {
          Self.applied(function, $0)
        }
        guard let best = found?.fitting.first else { continue }
        return Result(
          layers: [best.layer],
          head: best.head,
          summary: answers.shape.rank == 3 ? .allOutputs : .lastOutput,
          outputFunction: function,
          largestDifference: best.largestDifference
        )
      }
    }
    throw problem(
      "has no LSTM, GRU or RNN operation, and its answers are those of no one layer of its weights"
    )
  }
}
