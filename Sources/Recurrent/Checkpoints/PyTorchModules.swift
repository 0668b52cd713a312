/// The recurrent modules among a file's arrays, found by the names that PyTorch gives their parameters.
///
/// These are "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0" and "weight_hr_l0" of `nn.LSTM`,
/// `nn.GRU` and `nn.RNN`, with "_reverse" behind them for the second direction, and the same without
/// "_l0" of `nn.LSTMCell` and its like; before them stands where in the program the module is.
///
/// Source: <https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html>, "Variables".
struct PyTorchModules {
  /// One layer of a module: what stands before and behind a parameter's kind in its names.
  struct LayerNames {
    var prefix: String
    var suffix: String
    var isBidirectional = false
  }

  /// The layers by their numbers, by what stands before their names.
  private(set) var layers: [String: [Int: LayerNames]] = [:]
  /// The arrays that are no parameters of recurrent modules.
  private(set) var otherNames: Set<String> = []

  /// Finds the modules in one pass over the names, however many there are.
  init(_ names: some Sequence<String>) {
    for text in names {
      guard let name = ParameterName(text) else {
        otherNames.insert(text)
        continue
      }
      let found =
        layers[name.prefix]?[name.number]
        ?? LayerNames(prefix: name.prefix, suffix: name.isCell ? "" : "_l\(name.number)")
      layers[name.prefix, default: [:]][name.number] = LayerNames(
        prefix: found.prefix,
        suffix: found.suffix,
        isBidirectional: found.isBidirectional || name.isReversed
      )
    }
  }

  /// Whether some of the names are PyTorch's for recurrent parameters.
  static func areIn(_ names: some Sequence<String>) -> Bool {
    names.contains { ParameterName($0)?.kind == "weight_ih" }
  }

  /// A parameter's name taken apart.
  struct ParameterName {
    let prefix: String
    let kind: String
    let number: Int
    let isCell: Bool
    let isReversed: Bool

    init?(_ text: String) {
      let start = text.lastIndex(of: ".").map { text.index(after: $0) } ?? text.startIndex
      var rest = text[start...]
      guard
        let kind = ["weight_ih", "weight_hh", "weight_hr", "bias_ih", "bias_hh"]
          .first(where: rest.hasPrefix)
      else { return nil }
      prefix = String(text[..<start])
      self.kind = kind
      rest = rest.dropFirst(kind.count)
      isReversed = rest.hasSuffix("_reverse")
      if isReversed { rest = rest.dropLast(8) }
      isCell = rest.isEmpty && !isReversed
      if isCell {
        number = 0
        return
      }
      // "_l01" is not how a number is written.
      guard rest.hasPrefix("_l"), let number = Int(rest.dropFirst(2)), rest == "_l\(number)",
        number >= 0
      else { return nil }
      self.number = number
    }
  }
}
