/// What one direction of a layer comes to on one example.
struct PathMemory: Sendable {
  /// How often a gate of one example was all but shut or open.
  struct GateCount: Sendable {
    let name: String
    var shut = 0
    var open = 0
    var all = 0
  }

  /// The logarithms of what gates left of one part of the state, summed over the steps of one example.
  struct Retention: Sendable {
    let part: String
    var logarithms: [Double]
    var steps: Int
  }

  let layer: Int
  let name: String
  let jacobian: StateJacobian
  let gates: [GateCount]
  let retentions: [Retention]

  /// Puts together what is known of one example, with its gates if the cell has any.
  init(layer: Int, name: String, jacobian: StateJacobian, trace: GateTrace?) {
    self.layer = layer
    self.name = trace?.name ?? "\(name.lowercased())_l\(layer)"
    self.jacobian = jacobian
    gates = (trace?.actingGates ?? []).map { gate in
      let values = gate.values.elements
      return GateCount(
        name: gate.name,
        shut: values.count { $0 < 0.1 },
        open: values.count { $0 > 0.9 },
        all: values.count
      )
    }
    retentions = (trace?.retentions ?? []).map { signal in
      let (steps, units) = (signal.values.shape[1], signal.values.shape[2])
      let logarithms = log(signal.values).elements
      return Retention(
        part: signal.name,
        logarithms: (0..<units).map { unit in
          (0..<steps).reduce(0.0) { $0 + Double(logarithms[$1 * units + unit]) }
        },
        steps: steps
      )
    }
  }
}

extension GateTrace {
  /// The gates that open and shut: not what they let in.
  fileprivate var actingGates: [Signal] { gates.filter { !$0.name.hasSuffix("candidate") } }

  /// What gates leave of the parts of the state at each step, from 0 to 1, by the parts' names.
  ///
  /// Of an LSTM's cell state that is its forget gate; of a minLSTM's hidden state, too; of a GRU's hidden
  /// state its update gate, which here is what stays, and of a minGRU's what its update gate, which is
  /// what comes in, does not replace. Of an LEM's two parts it is what their paces do not replace. An
  /// sLSTM gives its cell state over its normaliser, a mean whose newest part has the share e^(i - m)/n:
  /// the rest is left.
  fileprivate var retentions: [Signal] {
    func gate(_ name: String) -> Tensor? { gates.first { $0.name == name }?.values }
    func state(_ name: String) -> Tensor? { states.first { $0.name == name }?.values }
    func signal(_ part: String, _ values: Tensor) -> [Signal] {
      [Signal(name: part, values: Tensor(values.elements.map { max($0, 0) }, shape: values.shape))]
    }
    if let normalizer = state("normaliser"), let input = gate("input") {
      return signal("cell state", 1 - input / normalizer)
    }
    if let memory = gate("memory pace"), let hidden = gate("hidden pace") {
      return signal("memory", 1 - memory) + signal("hidden state", 1 - hidden)
    }
    if let forget = gate("forget") {
      return signal(state("cell state") == nil ? "hidden state" : "cell state", forget)
    }
    guard let update = gate("update") else { return [] }
    return signal("hidden state", gate("reset") == nil ? 1 - update : update)
  }
}

/// What one direction of a layer comes to over some examples.
struct PathMemorySum {
  private let first: PathMemory
  private var gates: [PathMemory.GateCount]
  private var retentions: [PathMemory.Retention]
  /// The norms of the parts and of the whole state, added up by steps back, and how many they are.
  private var parts: [[Double]]
  private var norms: [Double] = []
  private var counts: [Int] = []
  /// The least and the greatest hidden state of each unit.
  private var bands: [ClosedRange<Float>?]

  /// Begins with one example.
  init(_ memory: PathMemory) {
    first = memory
    gates = memory.gates.map { PathMemory.GateCount(name: $0.name) }
    retentions = memory.retentions.map {
      PathMemory.Retention(
        part: $0.part,
        logarithms: Array(repeating: 0, count: $0.logarithms.count),
        steps: 0
      )
    }
    parts = memory.jacobian.names.map { _ in [] }
    bands = Array(repeating: nil, count: memory.jacobian.units)
    add(memory)
  }

  /// The number of steps of the longest example.
  var steps: Int { norms.count }

  /// Adds another example.
  mutating func add(_ memory: PathMemory) {
    for (place, gate) in memory.gates.enumerated() {
      gates[place].shut += gate.shut
      gates[place].open += gate.open
      gates[place].all += gate.all
    }
    for (place, retention) in memory.retentions.enumerated() {
      retentions[place].steps += retention.steps
      for (unit, sum) in retention.logarithms.enumerated() {
        retentions[place].logarithms[unit] += sum
      }
    }
    let jacobian = memory.jacobian
    let missing = max(jacobian.hidden.count - norms.count, 0)
    norms += Array(repeating: 0, count: missing)
    counts += Array(repeating: 0, count: missing)
    for part in parts.indices { parts[part] += Array(repeating: 0, count: missing) }
    for distance in jacobian.hidden.indices {
      counts[distance] += 1
      var sum = 0.0
      for (part, squares) in jacobian.squares.enumerated() {
        let square = squares[distance] / Double(jacobian.units)
        parts[part][distance] += square.squareRoot()
        sum += square
      }
      norms[distance] += sum.squareRoot()
      for (unit, value) in jacobian.hidden[distance].enumerated() where value.isFinite {
        let band = bands[unit] ?? value...value
        bands[unit] = min(band.lowerBound, value)...max(band.upperBound, value)
      }
    }
  }

  /// What it comes to.
  var path: MemoryHorizon.Path {
    func means(_ sums: [Double]) -> [Double] { zip(sums, counts).map { $0 / Double($1) } }
    let widths = bands.map { band in band.map { Double($0.upperBound - $0.lowerBound) } ?? 0 }
    let band = MemoryHorizon.deadBand * (widths.max() ?? 0)
    return MemoryHorizon.Path(
      layer: first.layer,
      name: first.name,
      isReversed: first.jacobian.isReversed,
      units: first.jacobian.units,
      timeConstants: retentions.map { retention in
        MemoryHorizon.TimeConstants(
          part: retention.part,
          values: retention.logarithms.map { $0 < 0 ? -Double(retention.steps) / $0 : .infinity }
        )
      },
      gates: gates.map { gate in
        MemoryHorizon.Gate(
          name: gate.name,
          shutShare: Double(gate.shut) / Double(gate.all),
          openShare: Double(gate.open) / Double(gate.all)
        )
      },
      deadUnits: widths.indices.filter { widths[$0] <= band },
      norms: means(norms),
      parts: zip(first.jacobian.names, parts).map {
        MemoryHorizon.Part(name: $0, norms: means($1))
      }
    )
  }
}
