import Recurrent

/// A model as the variables of a TensorFlow 1 program have it: BasicLSTMCell on BasicLSTMCell, and a
/// matrix and a vector that make answers of the last one's output.
///
/// The cells' variables are "rnn/basic_lstm_cell/kernel" and "rnn/basic_lstm_cell/bias", or
/// "rnn/multi_rnn_cell/cell_0/..." of several; the other two may have any names.
struct TensorFlow1Model {
  private let arrays: NamedArrays
  /// The names of each cell's kernel and bias.
  private var cells: [(kernel: String, bias: String)] = []
  private var (weight, bias) = ("", "")

  /// Whether arrays have the names of such cells' variables.
  static func areNames(_ names: some Sequence<String>) -> Bool {
    names.contains { cellPath($0).map { $0.isKernel } ?? false }
  }

  /// Finds the parts of a model among arrays.
  ///
  /// - Throws: `FileError` that names what is not understood.
  init(_ arrays: NamedArrays) throws(FileError) {
    self.arrays = arrays
    var found: [String: [Bool: String]] = [:]
    var others: [String] = []
    for name in arrays.shapes.keys.sorted() where !Self.isAside(name) {
      if let path = Self.cellPath(name), found[path.cell]?[path.isKernel] == nil {
        found[path.cell, default: [:]][path.isKernel] = name
      } else {
        others.append(name)
      }
    }
    var numbered: [Int: (kernel: String, bias: String)] = [:]
    for (cell, names) in found.sorted(by: { $0.key < $1.key }) {
      guard let kernel = names[true], let bias = names[false],
        numbered.updateValue((kernel, bias), forKey: Self.number(of: cell)) == nil
      else {
        throw arrays.problem("has a cell '\(cell)' without a kernel or a bias, or two in one place")
      }
    }
    for index in 0..<numbered.count {
      guard let names = numbered[index] else {
        throw arrays.problem("has \(numbered.count) cells, but none of number \(index)")
      }
      cells.append(names)
    }
    let matrices = others.filter { arrays.shapes[$0]?.count == 2 }
    let vectors = others.filter { arrays.shapes[$0]?.count == 1 }
    guard others.count == 2, matrices.count == 1, vectors.count == 1 else {
      throw arrays.problem(
        "has other variables than one matrix and one vector beside the cells: \(FileError.list(others))"
      )
    }
    (weight, bias) = (matrices[0], vectors[0])
  }

  /// The model with its numbers; `forgetBias` is what TensorFlow adds at run time.
  func model(options: ImportOptions) throws(FileError) -> SequenceModel {
    var layers: [any RecurrentLayer] = []
    for cell in cells {
      let (rows, columns) = try arrays.matrixShape(cell.kernel)
      let size = columns / 4
      guard columns == 4 * size, rows > size,
        layers.last.map({ $0.outputSize == rows - size }) ?? true
      else {
        throw arrays.problem(
          "array '\(cell.kernel)' of shape [\(rows), \(columns)] fits no such cell"
        )
      }
      layers.append(
        LSTM(
          RecurrentWeights(
            tensorFlowKernel: try arrays.tensor(cell.kernel),
            bias: try arrays.tensor(cell.bias, [columns]),
            forgetBias: options.forgetBias
          )
        )
      )
    }
    let (rows, classes) = try arrays.matrixShape(weight)
    guard layers.last?.outputSize == rows else {
      throw arrays.problem("array '\(weight)' does not fit the last cell")
    }
    return SequenceModel(
      layers: layers,
      summary: options.summary,
      head: Dense(
        weight: try arrays.tensor(weight).transposed(),
        bias: try arrays.tensor(bias, [classes])
      )
    )
  }

  /// What an optimizer or a counter keeps.
  private static func isAside(_ name: String) -> Bool {
    let last = name.split(separator: "/").last.map {
      KerasVariables.numberless(plain(String($0))).stem
    }
    return [
      "Adam", "Momentum", "RMSProp", "Adagrad", "Adadelta", "beta1_power", "beta2_power",
      "global_step",
    ].contains(last ?? "")
  }

  private static func plain(_ name: String) -> String {
    name.hasSuffix(":0") ? String(name.dropLast(2)) : name
  }

  /// The cell that a variable belongs to; nil if it is no cell's.
  private static func cellPath(_ name: String) -> (cell: String, isKernel: Bool)? {
    let parts = plain(name).split(separator: "/").map(String.init)
    guard parts.count > 1, !parts.contains("fw"), !parts.contains("bw"),
      ["basic_lstm_cell", "lstm_cell"].contains(
        KerasVariables.numberless(parts[parts.count - 2]).stem
      )
    else { return nil }
    // Before version 1.2 of TensorFlow they were called otherwise.
    let isKernel = ["kernel", "weights"].contains(parts[parts.count - 1])
    guard isKernel || ["bias", "biases"].contains(parts[parts.count - 1]) else { return nil }
    return (parts.dropLast().joined(separator: "/"), isKernel)
  }

  /// The place of a cell: 2 of "multi_rnn_cell/cell_2/basic_lstm_cell".
  private static func number(of cell: String) -> Int {
    let numbers = cell.split(separator: "/").map { KerasVariables.numberless(String($0)) }
    return numbers.first { $0.stem == "cell" }?.number ?? 0
  }
}
