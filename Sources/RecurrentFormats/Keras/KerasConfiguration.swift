import Recurrent

/// The layers of a Keras model in their order, as its configuration lists them.
///
/// A Sequential model is one layer after another; a Functional one is taken if each layer reads the one
/// before it.
struct KerasConfiguration {
  /// A layer and its options.
  struct Layer {
    var className: String
    var name: String
    var options: JSONValue
    /// The name of the layer in a `.weights.h5` file: its kind's, with a number from the second on.
    var storedName: String
  }

  let layers: [Layer]
  let path: String

  /// Reads the text of a configuration; `path` is used in errors.
  init(_ text: some Sequence<UInt8>, path: String) throws(FileError) {
    self.path = path
    guard let value = JSONValue(text), let kind = value["class_name"]?.text,
      let config = value["config"]
    else { throw FileError("has a model configuration that is not understood", file: path) }
    guard ["Sequential", "Functional", "Model"].contains(kind) else {
      throw FileError("holds a model of class \(kind.prefix(60)), which is not read", file: path)
    }
    // Early versions had the list itself.
    guard let list = config["layers"]?.list ?? config.list, list.count <= 1000 else {
      throw FileError("has a model configuration without layers", file: path)
    }
    var (layers, counts): ([Layer], [String: Int]) = ([], [:])
    for entry in list {
      guard let className = entry["class_name"]?.text, let options = entry["config"],
        let name = options["name"]?.text ?? entry["name"]?.text
      else { throw FileError("has a layer without a class or a name", file: path) }
      let stem = Self.snakeCase(className)
      let count = counts[stem, default: 0]
      counts[stem] = count + 1
      if let sources = entry["inbound_nodes"].map(Self.sources) {
        guard sources == (layers.last.map { [$0.name] } ?? []) else {
          throw FileError(
            "holds a layer '\(name.prefix(60))' that does not read the one before it alone",
            file: path
          )
        }
      }
      layers.append(
        Layer(
          className: className,
          name: name,
          options: options,
          storedName: count == 0 ? stem : "\(stem)_\(count)"
        )
      )
    }
    self.layers = layers
  }

  /// The layers that a Functional model's layer reads: `["lstm", 0, 0]`, in nests of lists and objects.
  private static func sources(_ value: JSONValue) -> [String] {
    switch value {
    case .list(let list):
      if list.count >= 3, let name = list[0].text, list[1].number != nil { return [name] }
      return list.flatMap(sources)
    case .object(let values): return values.sorted { $0.key < $1.key }.flatMap { sources($0.value) }
    default: return []
    }
  }

  /// "simple_rnn" of "SimpleRNN", as Keras names what it stores.
  static func snakeCase(_ name: String) -> String {
    var result = ""
    let letters = Array(name)
    for (index, letter) in letters.enumerated() {
      let isAfterSmall = index > 0 && letters[index - 1].isLowercase
      let isBeforeSmall = index + 1 < letters.count && letters[index + 1].isLowercase
      if letter.isUppercase, index > 0, isAfterSmall || isBeforeSmall { result += "_" }
      result += letter.lowercased()
    }
    return result
  }
}
