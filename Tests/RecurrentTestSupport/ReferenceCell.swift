/// One step of a recurrent cell in double precision and plain loops, and a sequence of them.
///
/// Each family of cells has a file that writes its step like the equations. Parameters go by the
/// names under which the library's cell visits them.
public struct ReferenceCell: Sendable {
  /// From one example's features, its state before, the parameters by name and the mask of its
  /// hidden state, to its state after; the first part of a state is the hidden state.
  public typealias Step =
    @Sendable (
      _ x: [Double], _ state: [[Double]], _ parameters: Parameters, _ mask: [Double]
    ) -> [[Double]]

  /// A cell's parameters, in row-major order, by name.
  public struct Parameters {
    private let values: [String: [Double]]

    /// Creates parameters from their names and their elements.
    public init(_ names: [String], _ values: [[Double]]) {
      self.values = Dictionary(uniqueKeysWithValues: zip(names, values))
    }

    /// The elements of a parameter; a test that names another than the cell has stops here.
    public subscript(name: String) -> [Double] {
      guard let value = values[name] else { fatalError("there is no parameter \(name)") }
      return value
    }

    /// The product of rows of a matrix with a vector.
    func product(_ name: String, rows: Range<Int>, _ x: [Double]) -> [Double] {
      let weight = self[name]
      return rows.map { row in
        var sum = 0.0
        for k in x.indices { sum += weight[row * x.count + k] * x[k] }
        return sum
      }
    }

    /// W x + b for the rows of block `block`, each of `size` rows.
    func input(_ block: Int, of size: Int, _ x: [Double]) -> [Double] {
      let rows = block * size..<(block + 1) * size
      return sum(product("weight_ih", rows: rows, x), Array(self["bias_ih"][rows]))
    }

    /// U h for the rows of block `block`, each of `size` rows.
    func recurrent(_ block: Int, of size: Int, _ h: [Double]) -> [Double] {
      product("weight_hh", rows: block * size..<(block + 1) * size, h)
    }
  }

  /// The step.
  public let step: Step

  /// Creates a cell from its step.
  public init(_ step: @escaping Step) { self.step = step }

  /// Runs sequences `[batch][time][features]` from states `[part][batch][features]`.
  ///
  /// `mask` is `[batch][features]`, the same for every step.
  public func callAsFunction(
    _ sequences: [[[Double]]],
    states: [[[Double]]],
    parameters: Parameters,
    mask: [[Double]]? = nil
  ) -> (outputs: [[[Double]]], states: [[[Double]]]) {
    var states = states
    var outputs: [[[Double]]] = []
    for (example, sequence) in sequences.enumerated() {
      var state = states.map { $0[example] }
      let mask = mask?[example] ?? state[0].map { _ in 1 }
      var steps: [[Double]] = []
      for x in sequence {
        state = step(x, state, parameters, mask)
        steps.append(state[0])
      }
      outputs.append(steps)
      for part in states.indices { states[part][example] = state[part] }
    }
    return (outputs, states)
  }
}

/// The element-wise sum.
func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }

/// The element-wise product.
func product(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 * $1 } }
