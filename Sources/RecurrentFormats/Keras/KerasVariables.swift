import Recurrent

/// The variables of a Keras model by layer and direction, found by their names.
///
/// Names are paths as Keras has them: "sequential/lstm/lstm_cell/kernel" and
/// "bidirectional/forward_lstm/lstm_cell/bias" of Keras 3, the same with ":0" behind them of Keras 2;
/// "layers/lstm/cell/vars/0" of a `.weights.h5` file, which numbers a layer's variables.
struct KerasVariables {
  /// Which way a layer reads, where there are two.
  enum Direction: Hashable {
    case single, forward, backward
  }

  /// What a variable is in its layer.
  enum Role: String {
    case kernel
    case recurrent = "recurrent_kernel"
    case bias
    case embeddings
  }

  /// The arrays' names by layer, direction and role.
  private(set) var layers: [String: [Direction: [Role: String]]] = [:]
  let arrays: NamedArrays

  /// How a file names the variables.
  enum Naming {
    /// By paths.
    case paths
    /// By paths that begin with a layer's name.
    case layerThenPath
    /// By numbers within each object's "vars".
    case numbers
  }

  /// Finds the layers among a file's arrays whose names begin with `prefix`.
  ///
  /// - Throws: `FileError` that names what is not understood.
  init(_ arrays: NamedArrays, _ naming: Naming, prefix: String = "") throws(FileError) {
    self.arrays = arrays
    var unread: [String] = []
    for name in arrays.shapes.keys.sorted() where name.hasPrefix(prefix) {
      var parts = name.dropFirst(prefix.count).split(separator: "/").map(String.init)
      if let last = parts.popLast() {
        parts.append(last.hasSuffix(":0") ? String(last.dropLast(2)) : last)
      }
      let isAside = ["optimizer", "seed_generator", "optimizer_weights"].contains {
        parts.dropLast().contains($0)
      }
      // Dropout's random state, and what an optimizer keeps.
      if isAside { continue }
      let place = naming == .numbers ? Self.numbered(parts) : Self.path(parts, naming)
      guard let (layer, direction, role) = place,
        layers[layer]?[direction]?[role] == nil
      else {
        unread.append(name)
        continue
      }
      layers[layer, default: [:]][direction, default: [:]][role] = name
    }
    guard unread.isEmpty else {
      throw arrays.problem("has variables that are not understood: \(FileError.list(unread))")
    }
  }

  private typealias Place = (layer: String, direction: Direction, role: Role)

  private static func direction(_ parts: some Collection<String>) -> (at: Int?, Direction) {
    for (index, part) in parts.enumerated() {
      if part.hasPrefix("forward_") { return (index, .forward) }
      if part.hasPrefix("backward_") { return (index, .backward) }
    }
    return (nil, .single)
  }

  private static func path(_ parts: [String], _ naming: Naming) -> Place? {
    guard parts.count > 1, let role = Role(rawValue: parts[parts.count - 1]) else { return nil }
    var owner = parts.dropLast()
    let found = direction(owner)
    if naming == .layerThenPath { return (owner[0], found.1, role) }
    if let at = found.at {
      guard at > 0 else { return nil }
      return (owner[..<at].joined(separator: "/"), found.1, role)
    }
    // "lstm_cell", "lstm_cell_2"
    let isCell = owner.last.map { numberless($0).stem.hasSuffix("_cell") } ?? false
    if isCell && owner.count > 1 { owner.removeLast() }
    return (owner.joined(separator: "/"), found.1, role)
  }

  private static func numbered(_ parts: [String]) -> Place? {
    // "layers", the layer, what it is made of, "vars", the number.
    guard parts.count >= 4, ["layers", "_layer_checkpoint_dependencies"].contains(parts[0]),
      parts[parts.count - 2] == "vars", let number = Int(parts[parts.count - 1])
    else { return nil }
    let inner = parts[2..<parts.count - 2]
    let roles: [Role] =
      inner.last == "cell"
      ? [.kernel, .recurrent, .bias]
      : numberless(parts[1]).stem == "embedding" ? [.embeddings] : [.kernel, .bias]
    guard roles.indices.contains(number) else { return nil }
    return (parts[1], direction(inner).1, roles[number])
  }

  /// A name that Keras made without its number: "lstm" and 2 of "lstm_2", and 0 of "lstm".
  static func numberless(_ name: String) -> (stem: String, number: Int) {
    guard let mark = name.lastIndex(of: "_"), let number = Int(name[name.index(after: mark)...])
    else { return (name, 0) }
    return (String(name[..<mark]), number)
  }

  /// Layers by what they have: recurrent ones have a recurrent kernel in each direction.
  func names(having role: Role, without other: Role? = nil) -> [String] {
    layers.filter { layer in
      layer.value.values.contains { $0[role] != nil }
        && !layer.value.values.contains { directions in other.map { directions[$0] != nil } ?? false
        }
    }
    .keys.sorted()
  }
}
