import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct GradientFlowTests {
  /// Random sequences with answers of a kind.
  private func dataset(
    _ targets: SequenceDataset.Targets,
    outputs: Int,
    lengths: [Int]? = nil
  ) -> SequenceDataset {
    var numbers = SeededNumbers(7)
    return SequenceDataset(
      elements: .floats((0..<3 * 6 * 2).map { _ in numbers.float(in: -1...1) }),
      count: 3,
      steps: 6,
      features: 2,
      targets: targets,
      outputNames: (0..<outputs).map { "\($0)" },
      lengths: lengths
    )
  }

  private func model(
    _ layer: any RecurrentLayer,
    outputs: Int,
    _ summary: SequenceModel.Summary = .lastOutput
  ) -> SequenceModel {
    var stream = RandomStream(seed: 9, purpose: .testing)
    return SequenceModel(
      layers: [layer],
      summary: summary,
      head: Dense(inputSize: layer.outputSize, outputSize: outputs, using: &stream)
    )
  }

  /// An example's mean loss over its answers, in double precision.
  private func loss(_ answers: [Double], of example: Int, in dataset: SequenceDataset) -> Double {
    func crossEntropy(_ logits: ArraySlice<Double>, _ label: Int) -> Double {
      log(logits.reduce(0) { $0 + exp($1) }) - logits[logits.startIndex + label]
    }
    let outputs = dataset.outputNames.count
    switch dataset.targets {
    case .classes(let labels): return crossEntropy(answers[...], labels[example])
    case .numbers(let numbers):
      let squares = (0..<outputs).map { output in
        let difference = answers[output] - Double(numbers[example * outputs + output])
        return difference * difference
      }
      return squares.reduce(0, +) / Double(outputs)
    case .classesOfSteps(let labels):
      let known = (0..<dataset.length(ofExample: example)).filter {
        labels[example * dataset.steps + $0] >= 0
      }
      return known.reduce(0) { sum, step in
        let logits = answers[step * outputs..<(step + 1) * outputs]
        return sum + crossEntropy(logits, Int(labels[example * dataset.steps + step]))
      } / Double(known.count)
    case .numbersOfSteps, .nextTokens, .nextRows: return .nan
    }
  }

  /// The norms at a part of a layer's state by central differences of the loss, the sequence's rest
  /// read in double precision from the changed state.
  private func differences<LayerCell>(
    of layer: CellLayer<LayerCell>,
    part: Int,
    in model: SequenceModel,
    on dataset: SequenceDataset
  ) -> [Double] {
    var layer = layer.inDoublePrecision
    let (head, isReversed) = (model.head.inDoublePrecision, layer.isReversed)
    layer.isReversed = false
    var sums = [Double](repeating: 0, count: dataset.steps)
    var counts = [Int](repeating: 0, count: dataset.steps)
    for example in 0..<dataset.count {
      let length = dataset.length(ofExample: example)
      var steps = dataset.values(ofExample: example).map(Double.init)
      if isReversed {
        steps = (0..<length).reversed().flatMap { Array(steps[2 * $0..<2 * $0 + 2]) }
      }
      let input = Tensor(doublePrecision: steps, shape: [1, length, 2])
      for read in 1...length {
        let (outputs, state) = layer(input.slice(0..<read, along: 1))
        func lossAfter(_ change: Double, of unit: Int) -> Double {
          var parts = state.tensors
          var numbers = parts[part].doubleElements
          numbers[unit] += change
          parts[part] = Tensor(doublePrecision: numbers, shape: parts[part].shape)
          let changed = LayerCell.State(tensors: parts)
          var all = outputs.doubleElements.dropLast(layer.outputSize) + parts[0].doubleElements
          if read < length {
            let rest = layer(input.slice(read..<length, along: 1), state: changed)
            all += rest.output.doubleElements
          }
          let kept = model.summary == .allOutputs ? all[...] : all.suffix(layer.outputSize)
          let rows = Tensor(
            doublePrecision: Array(kept),
            shape: [kept.count / layer.outputSize, layer.outputSize]
          )
          return loss(head(rows).doubleElements, of: example, in: dataset)
        }
        let squares = (0..<state.tensors[part].count).map { unit in
          let slope = (lossAfter(1e-5, of: unit) - lossAfter(-1e-5, of: unit)) / 2e-5
          return slope * slope
        }
        sums[length - read] += squares.reduce(0, +).squareRoot()
        counts[length - read] += 1
      }
    }
    return zip(sums, counts).compactMap { $1 > 0 ? $0 / Double($1) : nil }
  }

  /// Compares every path with central differences.
  private func check<LayerCell>(
    _ layer: CellLayer<LayerCell>,
    _ dataset: SequenceDataset,
    _ summary: SequenceModel.Summary = .lastOutput
  ) {
    let model = model(layer, outputs: dataset.outputNames.count, summary)
    let paths = model.gradientFlow(in: dataset, at: 0..<dataset.count).paths
    #expect(paths.map(\.part) == LayerCell.State.tensorNames)
    for (part, path) in paths.enumerated() {
      #expect(path.layer == 0 && path.isReversed == layer.isReversed)
      let wanted = differences(of: layer, part: part, in: model, on: dataset)
      #expect(wanted.contains { $0 > 1e-3 })
      // Single precision along some steps, and differences good to about 1e-9.
      #expect(
        mismatch(path.norms.map { Float($0) }, wanted, tolerance: 2e-6) == nil,
        "\(LayerCell.self), \(path.part): \(path.norms), not \(wanted)"
      )
    }
  }

  private var stream: RandomStream { RandomStream(seed: 3, purpose: .testing) }

  @Test func `norms are those of central differences where classes are told at the end`() {
    var stream = stream
    let dataset = dataset(.classes([1, 0, 2]), outputs: 3)
    check(LSTM(inputSize: 2, hiddenSize: 4, using: &stream), dataset)
    check(RNN(inputSize: 2, hiddenSize: 3, using: &stream), dataset)
    check(LEM(inputSize: 2, hiddenSize: 3, using: &stream), dataset)
  }

  @Test func `norms are those of central differences for numbers and rows of unequal length`() {
    var stream = stream
    let dataset = dataset(.numbers([0.5, -1, 2, 0, 1, 1]), outputs: 2, lengths: [6, 1, 4])
    check(GRU(inputSize: 2, hiddenSize: 4, using: &stream), dataset)
    var reversed = LSTM(inputSize: 2, hiddenSize: 4, using: &stream)
    reversed.isReversed = true
    check(reversed, dataset)
  }

  @Test func `norms are those of central differences where steps are answered`() {
    var stream = stream
    var labels = [Int32](repeating: -1, count: 18)
    for (step, label) in [(0, 1), (3, 0), (5, 1), (6, 1), (13, 0)] { labels[step] = Int32(label) }
    check(
      LSTM(inputSize: 2, hiddenSize: 4, using: &stream),
      dataset(.classesOfSteps(labels), outputs: 2, lengths: [6, 2, 5]),
      .allOutputs
    )
  }

  @Test func `a unit that halves its state halves the gradient at every step`() {
    // h = relu(x + h' / 2) of ones: 1, 1.5, 1.75. The answer is 2 h, its loss (3.5 - 1)², the
    // gradient there 2 · 2.5 · 2.
    let layer = RNN(
      RecurrentWeights(
        input: Tensor([1], shape: [1, 1]),
        recurrent: Tensor([0.5], shape: [1, 1]),
        bias: Tensor([0])
      ),
      activation: .relu
    )
    let model = SequenceModel(
      layers: [layer],
      head: Dense(weight: Tensor([2], shape: [1, 1]), bias: Tensor([0]))
    )
    let dataset = SequenceDataset(
      elements: .floats([1, 1, 1]),
      count: 1,
      steps: 3,
      features: 1,
      targets: .numbers([1]),
      outputNames: ["number"]
    )
    #expect(model.gradientFlow(in: dataset, at: [0]).paths.map(\.norms) == [[10, 5, 2.5]])
  }

  @Test func `stacked layers and both directions have paths of their own`() {
    var stream = stream
    let model = SequenceModel(
      layers: [
        Bidirectional(
          forward: GRU(inputSize: 2, hiddenSize: 3, using: &stream),
          backward: GRU(inputSize: 2, hiddenSize: 3, using: &stream)
        ),
        Residual(LSTM(inputSize: 6, hiddenSize: 6, using: &stream)),
      ],
      head: Dense(inputSize: 6, outputSize: 3, using: &stream)
    )
    let dataset = dataset(.classes([1, 0, 2]), outputs: 3)
    let paths = model.gradientFlow(in: dataset, at: 0..<3).paths
    #expect(paths.map(\.layer) == [0, 0, 1, 1])
    #expect(paths.map(\.isReversed) == [false, true, false, false])
    #expect(paths.map(\.part) == ["hidden state", "hidden state", "hidden state", "cell state"])
    #expect(paths.allSatisfy { $0.norms.count == 6 && $0.norms.dropFirst().allSatisfy { $0 > 0 } })
    // After the last step nothing comes of the cell state any more; the answer reads the hidden state.
    #expect(paths.map { $0.norms[0] > 0 } == [true, true, true, false])
  }

  @Test func `a cell's equations have the flow of its fused layer`() {
    var stream = stream
    let cell = GRUCell(inputSize: 2, hiddenSize: 4, using: &stream)
    let dataset = dataset(.classes([1, 0, 2]), outputs: 3)
    let fused = model(GRU(cell), outputs: 3).gradientFlow(in: dataset, at: 0..<3)
    let equations = model(Recurrence(cell), outputs: 3).gradientFlow(in: dataset, at: 0..<3)
    #expect(fused == equations)
  }

  @Test func `many examples are the mean of each by itself`() {
    var stream = stream
    var numbers = SeededNumbers(2)
    let dataset = SequenceDataset(
      elements: .floats((0..<40 * 3 * 2).map { _ in numbers.float(in: -1...1) }),
      labels: (0..<40).map { $0 % 2 },
      steps: 3,
      features: 2,
      classNames: ["a", "b"]
    )
    let model = model(LSTM(inputSize: 2, hiddenSize: 4, using: &stream), outputs: 2)
    let together = model.gradientFlow(in: dataset, at: 0..<40).paths[0].norms
    let alone = (0..<40).map { model.gradientFlow(in: dataset, at: [$0]).paths[0].norms }
    let means = (0..<3).map { step in alone.reduce(0) { $0 + $1[step] } / 40 }
    #expect(mismatch(together.map { Float($0) }, means, tolerance: 1e-6) == nil)
  }
}
