import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

@Suite("The memory horizon")
struct MemoryHorizonTests {
  private func model(_ layers: [any RecurrentLayer], reading: SequenceModel.Reading = .rows)
    -> SequenceModel
  {
    var stream = RandomStream(seed: 61, purpose: .testing)
    let head = Dense(inputSize: layers.last?.outputSize ?? 0, outputSize: 2, using: &stream)
    return SequenceModel(reading: reading, layers: layers, summary: .meanOutput, head: head)
  }

  private func dataset(_ steps: Int, features: Int, lengths: [Int]) -> SequenceDataset {
    var numbers = SeededNumbers(62)
    var elements = numbers.floats(lengths.count * steps * features)
    for (example, length) in lengths.enumerated() {
      for place in length * features..<steps * features {
        elements[example * steps * features + place] = .nan
      }
    }
    return SequenceDataset(
      elements: .floats(elements),
      labels: lengths.map { _ in 0 },
      steps: steps,
      features: features,
      classNames: ["a", "b"],
      lengths: lengths
    )
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }

  /// An LSTM to which neither its input nor its hidden state says anything: every gate is constant.
  private func constantLSTM(inputSize: Int = 2, forgetBiases: [Float]) -> LSTM {
    let size = forgetBiases.count
    // Input, forget, candidate and output gate, a bias for each unit.
    let biases =
      Array(repeating: Float(0.5), count: size) + forgetBiases
      + Array(repeating: Float(0.25), count: size) + Array(repeating: Float(3), count: size)
    return LSTM(
      LSTMCell(
        RecurrentWeights(
          input: .zeros([4 * size, inputSize]),
          recurrent: .zeros([4 * size, size]),
          bias: Tensor(biases, shape: [4 * size])
        )
      )
    )
  }

  @Test("Constant forget gates have the time constants and the Jacobian of their powers")
  func constantGates() throws {
    let biases: [Float] = [4, 2, 0, -3]
    let layer = constantLSTM(forgetBiases: biases)
    let dataset = dataset(9, features: 2, lengths: [9, 6])
    let found = try #require(model([layer]).memoryHorizon(in: dataset, at: 0..<2, threads: 1))
    let path = try #require(found.paths.first)
    #expect(found.paths.count == 1 && found.steps == 9 && found.examples == 2)
    #expect(path.name == "lstm_l0" && path.units == 4 && !path.isReversed)
    let forget = biases.map { sigmoid(Double($0)) }
    let times = try #require(path.timeConstants.first)
    #expect(path.timeConstants.count == 1 && times.part == "cell state")
    for (time, f) in zip(times.values, forget) {
      #expect(abs(time * Foundation.log(f) + 1) < 1e-5)
    }
    #expect(times.quantile(0.5) == times.values[2] && times.quantile(1) == times.values[0])
    // Two of four forget gates are above 0.9 or nearly; σ(2) = 0.88, σ(-3) = 0.047, σ(3) = 0.95.
    let gates = Dictionary(uniqueKeysWithValues: path.gates.map { ($0.name, $0) })
    #expect(Set(gates.keys) == ["input", "forget", "output"])
    #expect(gates["forget"]?.openShare == 0.25 && gates["forget"]?.shutShare == 0.25)
    #expect(gates["output"]?.openShare == 1 && gates["input"]?.openShare == 0)

    /// The norm on an example of so many steps: c is the sum of what came in, each less by powers of f.
    func norm(_ steps: Int, _ distance: Int) -> Double {
      if distance == 0 { return 1 }
      let (i, g, o) = (sigmoid(0.5), Foundation.tanh(0.25), sigmoid(3))
      let squares = forget.map { f in
        let c = (0..<steps).reduce(0.0) { sum, _ in f * sum + i * g }
        let gain =
          o * (1 - Foundation.pow(Foundation.tanh(c), 2)) * Foundation.pow(f, Double(distance))
        return gain * gain
      }
      return (squares.reduce(0, +) / 4).squareRoot()
    }
    for distance in 0..<9 {
      let want =
        distance < 6 ? (norm(9, distance) + norm(6, distance)) / 2 : norm(9, distance)
      #expect(abs(path.norms[distance] - want) < 1e-5, "\(distance)")
    }
    // Nothing of the hidden state comes back: all is the cell state's.
    #expect(path.parts.map(\.name) == ["hidden state", "cell state"])
    #expect(path.parts[0].norms == [1] + Array(repeating: 0, count: 8))
    #expect(path.parts[1].norms.first == 0)
    #expect(path.parts[1].norms.dropFirst() == path.norms.dropFirst())
  }

  @Test("The horizon is the last step whose norm is at least a hundredth")
  func horizon() throws {
    // f = σ(0) = 1/2: the norm is about 0.9 / 2^k, below a hundredth from the seventh step back on.
    let layer = constantLSTM(forgetBiases: [0])
    let dataset = dataset(12, features: 2, lengths: [12])
    let found = try #require(model([layer]).memoryHorizon(in: dataset, at: [0], threads: 1))
    let norms = found.paths[0].norms
    #expect(norms[6] >= 0.01 && norms[7] < 0.01)
    #expect(found.horizon == 7 && found.longest == found.paths[0])
    let lasting = constantLSTM(inputSize: 1, forgetBiases: [8])
    let both = try #require(
      model([layer, lasting]).memoryHorizon(in: dataset, at: [0], threads: 1)
    )
    #expect(both.paths.map(\.horizon) == [7, 12])
    #expect(both.horizon == 12 && both.longest.layer == 1)
  }

  /// The norms by differences of the states that a layer goes on from, in double precision.
  private func norms<Cell: BuiltInCell>(
    _ layer: CellLayer<Cell>,
    _ input: Tensor
  ) -> [[Double]] {
    let layer = layer.inDoublePrecision
    let input = input.inDoublePrecision
    let steps = input.shape[1]
    func part(_ range: Range<Int>) -> Tensor {
      layer.isReversed
        ? input.slice(steps - range.upperBound..<steps - range.lowerBound, along: 1)
        : input.slice(range, along: 1)
    }
    return (0..<steps).map { distance in
      let state = layer(part(0..<steps - distance)).state
      func end(_ state: Cell.State) -> [Double] {
        guard distance > 0 else { return state.tensors[0].doubleElements }
        return layer(part(steps - distance..<steps), state: state).state.tensors[0].doubleElements
      }
      let tensors = state.tensors
      return tensors.indices.map { place in
        var square = 0.0
        for unit in 0..<tensors[place].count {
          func moved(_ by: Double) -> [Double] {
            var elements = tensors[place].doubleElements
            elements[unit] += by
            var changed = tensors
            changed[place] = Tensor(doublePrecision: elements, shape: tensors[place].shape)
            return end(Cell.State(tensors: changed))
          }
          square += zip(moved(1e-5), moved(-1e-5)).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 4e-10
          }
        }
        return (square / Double(tensors[0].count)).squareRoot()
      }
    }
  }

  private func check<Cell: BuiltInCell>(
    _ layer: CellLayer<Cell>,
    _ name: String
  ) throws {
    let dataset = dataset(6, features: layer.inputSize, lengths: [6, 3])
    let found = try #require(model([layer]).memoryHorizon(in: dataset, at: [0, 1], threads: 2))
    let path = found.paths[0]
    let wanted = [6, 3].enumerated().map { example, length in
      norms(
        layer,
        dataset.tensor(at: [example]).slice(0..<length, along: 1)
      )
    }
    for distance in 0..<6 {
      let those = wanted.filter { distance < $0.count }.map { $0[distance] }
      let count = Double(those.count)
      let whole = those.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }.reduce(0, +) / count
      #expect(abs(path.norms[distance] - whole) < 2e-5 * (1 + whole), "\(name), \(distance)")
      for (place, part) in path.parts.enumerated() {
        let want = those.map { $0[place] }.reduce(0, +) / count
        #expect(
          abs(part.norms[distance] - want) < 2e-5 * (1 + want),
          "\(name), \(part.name), \(distance)"
        )
      }
    }
  }

  @Test("Norms are those of differences, of every cell and both directions")
  func differences() throws {
    for example in ExampleModel.reading {
      // Of an sLSTM no gradient flows through the stabiliser, by which its other parts are scaled.
      guard let layer = example.model.layers.first, !example.name.hasPrefix("slstm") else {
        continue
      }
      func check<Cell: BuiltInCell>(_ layer: CellLayer<Cell>) throws {
        try self.check(layer, example.name)
      }
      switch layer {
      case let layer as LSTM: try check(layer)
      case let layer as GRU: try check(layer)
      case let layer as RNN: try check(layer)
      case let layer as IndRNN: try check(layer)
      case let layer as MinGRU: try check(layer)
      case let layer as MinLSTM: try check(layer)
      case let layer as LEM: try check(layer)
      default: break
      }
    }
  }

  /// Time constants by what stays of a state at each step, by example, step and unit.
  private func timeConstants(_ kept: [[[Float]]]) -> [Double] {
    let steps = kept.flatMap { $0 }
    return steps[0].indices.map { unit in
      -Double(steps.count) / steps.reduce(0) { $0 + Foundation.log(Double($1[unit])) }
    }
  }

  @Test("Time constants are those of what stays, whatever a cell calls its gate")
  func retentions() throws {
    let dataset = dataset(5, features: 3, lengths: [5, 2, 4])
    for example in ExampleModel.reading where !example.name.contains("sweep") {
      guard example.model.layers.count == 1, example.model.layers[0].inputSize == 3 else {
        continue
      }
      let found = try #require(
        example.model.memoryHorizon(in: dataset, at: 0..<3, threads: 1)
      )
      let traces = example.model.gateTraces(
        of: dataset.tensor(at: 0..<3),
        lengths: dataset.lengths
      )
      #expect(found.paths.count == traces.count)
      for (path, trace) in zip(found.paths, traces) {
        #expect(path.name == trace.name && path.isReversed == trace.isReversed)
        func kept(_ share: (_ gate: (String) -> Float, _ before: (String) -> Float) -> Float)
          -> [[[Float]]]
        {
          [5, 2, 4].enumerated().map { row, length in
            (0..<length).map { step in
              (0..<trace.gates[0].values.shape[2]).map { unit in
                let before = trace.isReversed ? step + 1 : step - 1
                return share(
                  { name in
                    trace.gates.first { $0.name == name }?.values[row, step, unit] ?? .nan
                  },
                  { name in
                    guard (0..<length).contains(before) else { return 0 }
                    return trace.states.first { $0.name == name }?.values[row, before, unit] ?? .nan
                  }
                )
              }
            }
          }
        }
        var wanted: [(part: String, values: [Double])] = []
        let cell = trace.name.prefix { $0 != "_" }
        switch cell {
        case "lstm": wanted = [("cell state", timeConstants(kept { gate, _ in gate("forget") }))]
        case "minlstm":
          wanted = [("hidden state", timeConstants(kept { gate, _ in gate("forget") }))]
        case "gru": wanted = [("hidden state", timeConstants(kept { gate, _ in gate("update") }))]
        case "mingru":
          wanted = [("hidden state", timeConstants(kept { gate, _ in 1 - gate("update") }))]
        case "lem":
          wanted = [
            ("memory", timeConstants(kept { gate, _ in 1 - gate("memory pace") })),
            ("hidden state", timeConstants(kept { gate, _ in 1 - gate("hidden pace") })),
          ]
        case "slstm":
          wanted = [
            (
              "cell state",
              timeConstants(
                kept { gate, before in
                  let old = gate("forget") * before("normaliser")
                  return old / (old + gate("input"))
                }
              )
            )
          ]
        default: break
        }
        #expect(path.timeConstants.map(\.part) == wanted.map(\.part), "\(example)")
        for (got, want) in zip(path.timeConstants, wanted) {
          for (a, b) in zip(got.values, want.values) {
            #expect(abs(a - b) <= 1e-4 * b, "\(example), \(got.part)")
          }
        }
      }
    }
  }

  @Test("A unit that stays where it is is dead, one that moves is not")
  func deadUnits() throws {
    // Of four rectified units the first hears nothing, the third is held below 0, the last moves little.
    let cell = RNNCell(
      RecurrentWeights(
        input: Tensor([0, 0, 1, -1, 1, 1, 1e-4, 0], shape: [4, 2]),
        recurrent: .zeros([4, 4]),
        bias: Tensor([0.5, 0, -9, 1], shape: [4])
      ),
      activation: .relu
    )
    let dataset = dataset(6, features: 2, lengths: [6, 4])
    let found = try #require(
      model([RNN(cell)]).memoryHorizon(in: dataset, at: 0..<2, threads: 1)
    )
    #expect(found.paths[0].deadUnits == [0, 2, 3])
    #expect(found.paths[0].gates.isEmpty && found.paths[0].timeConstants.isEmpty)
    // Nothing goes from one step to the next.
    #expect(found.paths[0].norms == [1, 0, 0, 0, 0, 0] && found.horizon == 1)
  }

  @Test("Every direction and layer is followed, and more units than go at once")
  func paths() throws {
    var stream = RandomStream(seed: 63, purpose: .testing)
    let both = Bidirectional(
      forward: GRU(inputSize: 2, hiddenSize: 3, using: &stream),
      backward: GRU(inputSize: 2, hiddenSize: 5, using: &stream)
    )
    let wide = LSTM(inputSize: 8, hiddenSize: 70, using: &stream)
    let layers: [any RecurrentLayer] = [
      both, wide, Recurrence(LSTM(inputSize: 70, hiddenSize: 2, using: &stream).cell),
    ]
    let dataset = dataset(3, features: 2, lengths: [3, 2])
    let model = model(layers)
    let found = try #require(model.memoryHorizon(in: dataset, at: [0, 1], threads: 1))
    #expect(found.paths.map(\.layer) == [0, 0, 1, 2])
    #expect(found.paths.map(\.units) == [3, 5, 70, 2])
    #expect(found.paths.map(\.isReversed) == [false, true, false, false])
    #expect(found.paths.map(\.norms.count) == [3, 3, 3, 3])
    #expect(found.paths.allSatisfy { $0.norms[0] == 1 })
    #expect(model.memoryHorizon(in: dataset, at: [0, 1], threads: 3) == found)
    let alone = CellLayer(both.backward.cell)
    var reversed = alone
    reversed.isReversed = true
    let wanted = [3, 2].enumerated().map { example, length in
      norms(reversed, dataset.tensor(at: [example]).slice(0..<length, along: 1))
    }
    for distance in 0..<2 {
      let want = (wanted[0][distance][0] + wanted[1][distance][0]) / 2
      #expect(abs(found.paths[1].norms[distance] - want) < 2e-5)
    }
    let inner = try #require(
      self.model([wide]).memoryHorizon(in: self.dataset(3, features: 8, lengths: [3]), at: [0])
    )
    let want = norms(
      wide,
      self.dataset(3, features: 8, lengths: [3]).tensor(at: [0])
    )
    for distance in 0..<3 {
      let whole = want[distance].reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(inner.paths[0].norms[distance] - whole) < 2e-5)
    }
  }

  @Test("A grid is followed as it is read, and sweeps are not")
  func grids() throws {
    for example in ExampleModel.all {
      guard let grid = example.grid else { continue }
      var numbers = SeededNumbers(64)
      let dataset = SequenceDataset(
        elements: .floats(numbers.floats(grid[0] * grid[1])),
        labels: [0],
        steps: grid[0],
        features: grid[1],
        classNames: ["a", "b", "c", "d"]
      )
      let read = try #require(example.model.reading.size(steps: grid[0], features: grid[1]))
      let found = try #require(example.model.memoryHorizon(in: dataset, at: [0], threads: 1))
      #expect(found.steps == read.steps && found.paths[0].norms.count == read.steps)
    }
    let sweeps = try #require(ExampleModel.all.first { $0.name == "sweeps" }).model
    let dataset = dataset(3, features: 3, lengths: [3])
    #expect(sweeps.memoryHorizon(in: dataset, at: [0], threads: 1) == nil)
  }
}
