import Synchronization

/// How far back the states of a model's layers reach, and what their gates say of it.
///
/// Three views of one thing, each exact for the examples looked at: how fast a unit forgets by its gates,
/// how often gates are all but open or shut, and what a change of the state comes to so many steps
/// later, by the Jacobian.
public struct MemoryHorizon: Sendable, Equatable {
  /// How often a gate is all but shut, and all but open.
  ///
  /// Source: A. Karpathy, J. Johnson, L. Fei-Fei, "Visualizing and understanding recurrent networks",
  /// 2015, section 4.2.
  public struct Gate: Sendable, Equatable {
    /// What the gate is called, as in a `GateTrace`.
    public let name: String
    /// The share of its values, over all units and steps, that are below 0.1.
    public let shutShare: Double
    /// The share of its values above 0.9.
    public let openShare: Double
  }

  /// How fast the units forget one part of the state, by their gates.
  public struct TimeConstants: Sendable, Equatable {
    /// The part that the gate acts on, such as "cell state".
    public let part: String
    /// The steps after which 1/e of what a unit held is left: -1/ln f of the geometric mean f, over
    /// examples and steps, of what the gate leaves of the state; infinite where that is all of it.
    public let values: [Double]

    /// The value that is the least for as large a share of the units: the median for 0.5.
    ///
    /// - Precondition: The share is from 0 to 1.
    public func quantile(_ share: Double) -> Double {
      require(0...1 ~= share, "a quantile is of a share from 0 to 1, got \(share)")
      let rank = Int((share * Double(values.count)).rounded(.up))
      return values.sorted()[min(max(rank, 1), values.count) - 1]
    }
  }

  /// The norms of the Jacobian of the last hidden state with respect to one part of earlier states.
  public struct Part: Sendable, Equatable {
    /// What the part is called, such as "hidden state".
    public let name: String
    /// The norms after 0, 1, 2 and more steps.
    public let norms: [Double]
  }

  /// One direction of a layer.
  public struct Path: Sendable, Equatable {
    /// The layer's place in its model, from 0.
    public let layer: Int
    /// What it is called, such as "lstm_l0", or "lstm_l0_reverse" of a layer's second direction.
    public let name: String
    /// Whether it reads from the end to the beginning.
    public let isReversed: Bool
    /// The number of hidden units.
    public let units: Int
    /// How fast units forget each part of the state that a gate acts on; none of a cell without such
    /// a gate.
    public let timeConstants: [TimeConstants]
    /// How often gates are all but shut or open; none of a cell without gates.
    public let gates: [Gate]
    /// The units whose hidden state does next to nothing: over all steps of all examples it stays in
    /// a band as wide as 1% of that of the layer's liveliest unit, or less.
    public let deadUnits: [Int]
    /// What a change of the state comes to in the hidden state after 0, 1, 2 and more steps.
    ///
    /// It is the Frobenius norm of ∂h(T)/∂s(T-k) over √units, where s is the whole state, of an LSTM the
    /// hidden and the cell state, and T the step that was read last: the root mean square of the
    /// change that a random change of size 1 in every number of the state brings about. 1 for k = 0;
    /// the mean over the examples that are so long.
    public let norms: [Double]
    /// The same for each part of the state, the others held; their squares add up to those of an
    /// example's norm.
    public let parts: [Part]

    /// The number of steps, from the last one back, whose states still reach the end: the norm is at
    /// least 1% there, and nowhere further back.
    public var horizon: Int { (norms.lastIndex { $0 >= MemoryHorizon.leastNorm } ?? 0) + 1 }
  }

  /// The norm below which what a state held counts as forgotten: a change arrives with less than 1% of
  /// its size.
  public static let leastNorm = 0.01

  /// The share of the band of the liveliest unit's hidden state below which a unit is dead.
  public static let deadBand = 0.01

  /// The directions of the layers, from the first layer's on, forward before reversed.
  public let paths: [Path]
  /// The number of examples looked at.
  public let examples: Int
  /// The number of steps of the longest of them.
  public let steps: Int

  /// The path that reaches furthest back; the first of those that reach as far.
  public var longest: Path {
    paths.dropFirst().reduce(paths[0]) { $1.horizon > $0.horizon ? $1 : $0 }
  }

  /// The number of steps, from the last one back, whose states still reach the end in some layer.
  public var horizon: Int { longest.horizon }
}

extension SequenceModel {
  /// Measures how far back the model's layers remember, on some examples of a data set.
  ///
  /// Every example is read by itself, from the layers' own initial states, and without masks. Layers
  /// swept over a grid, and those of one's own that are not a `Recurrence`, have no path; nil where no
  /// layer has one. The result is the same for any number of threads.
  ///
  /// - Precondition: There is at least one example, and they are in the data set, which the model can
  ///   read.
  /// - Complexity: For each example that of a training step without fused layers on as many copies as
  ///   a layer has units.
  public func memoryHorizon(
    in dataset: SequenceDataset,
    at indices: some Collection<Int>,
    threads: Int = TrainingOptions.availableThreads
  ) -> MemoryHorizon? {
    let all = Array(indices)
    require(!all.isEmpty, "a memory horizon needs at least one example to look at")
    let found = Guarded([[PathMemory]](repeating: [], count: all.count))
    WorkerPool(threads: threads).forEach(all.count) { [self] place, _ in
      let example = all[place]
      let whole = dataset.tensor(at: [example])
      let input = whole.slice(0..<dataset.length(ofExample: example), along: 1)
      let memories = pathMemories(of: input)
      found.withLock { $0[place] = memories }
    }
    let examples = found.withLock(\.self)
    var sums = examples[0].map { PathMemorySum($0) }
    for memories in examples.dropFirst() {
      for (place, memory) in memories.enumerated() { sums[place].add(memory) }
    }
    guard !sums.isEmpty else { return nil }
    return MemoryHorizon(
      paths: sums.map(\.path),
      examples: all.count,
      steps: sums.map(\.steps).max() ?? 0
    )
  }

  /// What each path of the model comes to on one example, `[1, time, features]`.
  private func pathMemories(of input: Tensor) -> [PathMemory] {
    var pass = SequencePass()
    var input = reading.of(input, lengths: nil)
    var memories: [PathMemory] = []
    for (index, layer) in layers.enumerated() {
      pass.layer = index
      let traces = (layer as? any GateTracedLayer)?.gateTraces(of: input, in: pass) ?? []
      memories += StateJacobian.all(of: layer, on: input, in: pass).map { jacobian in
        PathMemory(
          layer: index,
          name: layer.nameInTrace,
          jacobian: jacobian,
          trace: traces.first { $0.isReversed == jacobian.isReversed }
        )
      }
      input = layer.run(input, in: pass).outputs
    }
    return memories
  }
}
