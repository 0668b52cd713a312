import Recurrent

/// The parts of a file of C while they are collected.
struct CProgram {
  /// What all names begin with.
  let prefix: String
  /// The arrays of constants, as text.
  private(set) var constants: [UInt8] = []
  /// How many numbers they hold.
  private(set) var constantCount = 0
  /// The parts of the state that are carried from step to step.
  private(set) var fields: [(name: String, count: Int)] = []
  /// What sets the state before the first step, beyond zeros.
  private(set) var starts: [String] = []
  /// The functions of the layers.
  private(set) var functions: [String] = []
  /// The functions that they call.
  private(set) var helpers: Set<CHelper> = []
  /// The floats that a step needs room for.
  private(set) var scratch = 0
  /// The floats of outputs with the inputs added; 0 where no layer has them.
  private(set) var features = 0
  /// The multiply-adds of the products of a step.
  private(set) var multiplyAdds = 0
  /// How often a step calls expf, tanhf, log1pf and sqrtf.
  var calls = 0

  init(prefix: String) { self.prefix = prefix }

  /// Adds an array; returns its name.
  mutating func constant(_ elements: [Float], _ name: String) -> String {
    let name = "\(prefix)_\(name)"
    constantCount += elements.count
    constants += "static const float \(name)[\(elements.count)] = {".utf8
    for (index, element) in elements.enumerated() {
      if index.isMultiple(of: 8) { constants += "\n".utf8 }
      CText.append(element, to: &constants)
      constants.append(UInt8(ascii: ","))
    }
    // No comma behind the last.
    constants.removeLast()
    constants += "\n};\n".utf8
    return name
  }

  /// Adds a matrix `[outputs, inputs]`; returns the statement that multiplies by it.
  mutating func product(
    _ matrix: Tensor,
    _ name: String,
    of input: String,
    to sums: String
  ) -> String {
    let (outputs, inputs, rows) = (matrix.shape[0], matrix.shape[1], matrix.elements)
    var columns: [Float] = []
    columns.reserveCapacity(rows.count)
    for input in 0..<inputs {
      for output in 0..<outputs { columns.append(rows[output * inputs + input]) }
    }
    multiplyAdds += rows.count
    let weights = constant(columns, name)
    return "\(call(.addProduct))(\(weights), \(inputs), \(outputs), \(input), \(sums));"
  }

  /// The name of a function that is called.
  mutating func call(_ helper: CHelper) -> String {
    helpers.insert(helper)
    return "\(prefix)_\(helper.rawValue)"
  }

  /// Adds a part of the state that begins as zeros, or as `initial`.
  mutating func field(_ name: String, initial: [Float]) {
    fields.append((name, initial.count))
    guard !initial.allSatisfy({ $0 == 0 }) else { return }
    let start = constant(initial, "\(name)_start")
    starts.append("memcpy(state->\(name), \(start), sizeof \(start));")
  }

  /// Makes sure of the room that a layer needs.
  mutating func needsScratch(_ count: Int) { scratch = max(scratch, count) }

  /// Makes sure of the room that an output with the input added needs.
  mutating func needsFeatures(_ count: Int) { features = max(features, count) }

  /// Adds the function of a layer, whose name it returns.
  mutating func function(layer index: Int, title: String, _ lines: [String]) -> String {
    let name = "\(prefix)_layer\(index)"
    functions.append(
      """
      /* \(title) */
      static void \(name)(\(prefix)_state *state, const float *input)
      {
          float *const sums = state->scratch;
          size_t unit;

      \(lines.map { "    \($0)" }.joined(separator: "\n"))
      }
      """
    )
    return name
  }
}
