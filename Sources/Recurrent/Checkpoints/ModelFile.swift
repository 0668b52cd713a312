#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// A model in a safetensors file, under the names PyTorch gives the parameters of a module with an
// attribute `lstm` (or `rnn`) and a `head`. PyTorch keeps two biases a layer: ours is the first,
// the second is written as zeros, and the two are added on reading. Layers that PyTorch does not have
// so are described in the file's metadata; see LayerDescription.
extension SequenceModel {
  /// Reads a model whose layers follow from the file's names and shapes.
  ///
  /// Any PyTorch module of one stack of LSTM or RNN layers and one linear layer will do, whatever
  /// its attributes are called.
  ///
  /// - Throws: `FileError` when the file is damaged, or holds another kind of model.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(SafetensorsFile(contentsOf: path))
  }

  /// Reads a model from a file's contents.
  ///
  /// - Throws: `FileError` when they hold another kind of model.
  public init(_ file: SafetensorsFile) throws(FileError) {
    if let text = file.metadata["layers"] {
      try self.init(file, layers: text)
      return
    }
    var unread = Set(file.entries.keys)
    let starts = file.startsOfLayers
    // One word for all layers, or one for each.
    let words = (file.metadata["activation"] ?? "").split(separator: ",").map(String.init)
    var layers: [any RecurrentLayer] = []
    while true {
      let suffix = "\(SafetensorsFile.inputWeight)\(layers.count)"
      let prefixes = starts["\(layers.count)"] ?? []
      if prefixes.isEmpty && !layers.isEmpty { break }
      guard prefixes.count == 1, let prefix = prefixes.first else {
        throw file.problem("has no stack of recurrent layers, or several ('...\(suffix)')")
      }
      let names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
        .map { "\(prefix)\($0)_l\(layers.count)" }
      unread.subtract(names)
      let word = words.count > layers.count ? words[layers.count] : words.first
      layers.append(try Self.layer(names, of: file, activation: word, below: layers.last))
    }
    let heads = unread.filter { $0.hasSuffix("weight") }.map { $0.dropLast(6) }
    guard heads.count == 1, let head = heads.first else {
      throw file.problem("has no linear layer beside the recurrent ones, or several")
    }
    unread.subtract(["\(head)weight", "\(head)bias"])
    guard unread.isEmpty else {
      throw file.problem("has arrays that no layer uses, such as '\(unread.min() ?? "")'")
    }
    let weight = try file.matrix(named: "\(head)weight")
    let bias = try file.vector(named: "\(head)bias", count: weight.shape[0])
    guard let last = layers.last, last.outputSize == weight.shape[1] else {
      throw file.problem("array '\(head)weight' does not fit the last recurrent layer")
    }
    self.init(
      reading: try file.reading(),
      layers: layers,
      summary: file.summary,
      head: Dense(weight: weight, bias: bias)
    )
  }

  /// Reads a model whose layers are described in the file.
  private init(_ file: SafetensorsFile, layers text: String) throws(FileError) {
    guard
      let descriptions = try? JSONDecoder().decode([LayerDescription].self, from: Data(text.utf8)),
      !descriptions.isEmpty
    else { throw file.problem("describes its layers in a way that this version does not read") }
    var unread = Set(file.entries.keys)
    let elements = file.entries.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
    var layers: [any RecurrentLayer] = []
    for (index, description) in descriptions.enumerated() {
      guard var layer = description.makeLayer(elements: elements),
        layers.last.map({ $0.outputSize == layer.inputSize }) ?? true
      else { throw file.problem("describes a layer \(index) that cannot be, or does not fit") }
      var problem: FileError?
      layer.visitParameters(asLayer: index) { name, parameter in
        guard problem == nil else { return }
        do throws(FileError) {
          let value = try file.tensor(named: name)
          guard value.shape == parameter.shape else {
            throw file.problem(
              "array '\(name)' has shape \(value.shape), and \(parameter.shape) is wanted"
            )
          }
          parameter = value
          unread.remove(name)
        } catch { problem = error }
      }
      if let problem { throw problem }
      layers.append(layer)
    }
    let weight = try file.matrix(named: "head.weight")
    let bias = try file.vector(named: "head.bias", count: weight.shape[0])
    guard unread.subtracting(["head.weight", "head.bias"]).isEmpty,
      layers.last?.outputSize == weight.shape[1]
    else { throw file.problem("has arrays that no layer uses, or a head that does not fit") }
    self.init(
      reading: try file.reading(),
      layers: layers,
      summary: file.summary,
      headDropout: file.metadata["head_dropout"].flatMap(Float.init).flatMap {
        (0..<1).contains($0) ? $0 : nil
      } ?? 0,
      head: Dense(weight: weight, bias: bias)
    )
  }

  private static func layer(
    _ names: [String],
    of file: SafetensorsFile,
    activation: String?,
    below: (any RecurrentLayer)?
  ) throws(FileError) -> any RecurrentLayer {
    let input = try file.matrix(named: names[0])
    let recurrent = try file.matrix(named: names[1])
    let (rows, hiddenSize) = (recurrent.shape[0], recurrent.shape[1])
    guard input.shape[0] == rows, rows == hiddenSize || rows == 4 * hiddenSize,
      below.map({ $0.outputSize == input.shape[1] }) ?? true
    else {
      throw file.problem(
        "array '\(names[0])' of shape \(input.shape) does not fit '\(names[1])' of \(recurrent.shape)"
      )
    }
    var bias = Tensor.zeros([rows])
    for name in names[2...] where file.entries[name] != nil {
      bias.add(try file.vector(named: name, count: rows), scaledBy: 1)
    }
    let weights = RecurrentWeights(input: input, recurrent: recurrent, bias: bias)
    if rows == 4 * hiddenSize { return LSTM(weights) }
    return RNN(weights, activation: activation.flatMap(RNNCell.Activation.init) ?? .tanh)
  }

  /// Whether the arrays say all there is to say: LSTM or RNN layers as PyTorch has them.
  private var isPlainStack: Bool {
    layers.allSatisfy { layer in
      guard let direction = (layer as? any DescribedLayer)?.layerDescription?.directions.first,
        !(layer is Residual), !(layer is Sweep), !direction.isReversed, !direction.learnsState,
        direction.regularization == Regularization()
      else { return false }
      return layer is RNN || (layer is LSTM && direction.options == LSTMCell.Options())
    } && headDropout == 0
  }

  /// The descriptions of the layers as text; nil where one cannot be described.
  private var layersText: String? {
    guard let layerDescriptions else { return nil }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(layerDescriptions)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The model as a safetensors file that PyTorch's `load_state_dict` takes where its layers are
  /// PyTorch's; other layers are described beside the arrays.
  ///
  /// Layers of a program's own are written under their names, but a file does not make them.
  public var safetensors: SafetensorsFile {
    var file = SafetensorsFile(metadata: ["format": "pt", "summary": summary.rawValue])
    if reading != .rows { file.metadata["reading"] = reading.rawValue }
    if !isPlainStack, let layersText {
      file.metadata["layers"] = layersText
      if headDropout > 0 { file.metadata["head_dropout"] = "\(headDropout)" }
      for (name, value) in parameters { file.add(value, named: name) }
      return file
    }
    // A stack of one activation says it once; else there is a word for each layer.
    let words = layers.map { ($0 as? RNN)?.activation.rawValue ?? "none" }
    let activations = Set(words).subtracting(["none"])
    if !activations.isEmpty {
      file.metadata["activation"] =
        activations.count == 1 ? activations.first : words.joined(separator: ",")
    }
    for (name, value) in parameters {
      file.add(value, named: name)
      let parts = name.split(separator: "bias_ih_l", omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      file.add(.zeros(value.shape), named: "\(parts[0])bias_hh_l\(parts[1])")
    }
    return file
  }

  /// Writes the model beside `path` and renames it into place.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String) throws(FileError) { try safetensors.write(to: path) }
}

extension SafetensorsFile {
  /// How the model in the file reads its input; no word of it means rows.
  fileprivate func reading() throws(FileError) -> SequenceModel.Reading {
    guard let word = metadata["reading"] else { return .rows }
    guard let reading = SequenceModel.Reading(rawValue: word) else {
      throw problem("holds a model that reads '\(word)', which this version does not")
    }
    return reading
  }

  /// How the name of a layer's input weight goes on before its number.
  fileprivate static let inputWeight = "weight_ih_l"

  /// What stands before `weight_ih_l` in the names of arrays, by what stands behind it.
  ///
  /// One pass over the names, however many layers there are.
  fileprivate var startsOfLayers: [Substring: [Substring]] {
    var starts: [Substring: [Substring]] = [:]
    for name in entries.keys {
      let parts = name.split(separator: Self.inputWeight, omittingEmptySubsequences: false)
      guard parts.count > 1, let number = parts.last else { continue }
      let start = name.dropLast(Self.inputWeight.count + number.count)
      starts[number, default: []].append(start)
    }
    return starts
  }

  fileprivate var summary: SequenceModel.Summary {
    metadata["summary"].flatMap(SequenceModel.Summary.init) ?? .lastOutput
  }

  fileprivate func matrix(named name: String) throws(FileError) -> Tensor {
    let tensor = try tensor(named: name)
    guard tensor.shape.rank == 2, tensor.count > 0 else {
      throw problem("array '\(name)' has shape \(tensor.shape), and a matrix is wanted")
    }
    return tensor
  }

  fileprivate func vector(named name: String, count: Int) throws(FileError) -> Tensor {
    let tensor = try tensor(named: name)
    guard tensor.shape == [count] else {
      throw problem("array '\(name)' has shape \(tensor.shape), and [\(count)] is wanted")
    }
    return tensor
  }
}
