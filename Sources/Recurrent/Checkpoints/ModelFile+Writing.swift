#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SequenceModel {
  /// The model as a safetensors file that PyTorch's `load_state_dict` takes where its layers are
  /// PyTorch's; what the arrays do not say stands beside them.
  ///
  /// PyTorch has two biases. The first is ours, the second zeros, but for a GRU's candidate, whose
  /// inner bias it is. Layers of a program's own are written under their names, but a file does not
  /// make them.
  public var safetensors: SafetensorsFile { safetensors(omittingZeroBiases: false) }

  /// The model as a safetensors file; without the biases of recurrent layers, as of modules made with
  /// `bias=False`, if `omittingZeroBiases` is set and none of them is anything but zero.
  public func safetensors(omittingZeroBiases: Bool) -> SafetensorsFile {
    var file = SafetensorsFile(metadata: ["format": "pt", "summary": summary.rawValue])
    if reading != .rows { file.metadata["reading"] = reading.rawValue }
    let descriptions = layerDescriptions
    let isPlain = headDropout == 0 && descriptions?.allSatisfy(\.isPyTorchs) ?? false
    if isPlain {
      file.metadata["activation"] = descriptions.flatMap(Self.activationWords)
    } else {
      file.metadata["layers"] = descriptions.flatMap(Self.text)
      if headDropout > 0 { file.metadata["head_dropout"] = "\(headDropout)" }
    }
    var biases: Set<String> = []
    for (index, var layer) in layers.enumerated() {
      let bias = descriptions?[index].recurrentBias ?? .none
      layer.visitParameters(asLayer: index) { name, value in
        biases.formUnion(file.add(value, named: name, bias: bias))
      }
    }
    file.add(head.weight, named: "head.weight")
    file.add(head.bias, named: "head.bias")
    if omittingZeroBiases, isPlain,
      biases.allSatisfy({ file.entries[$0]?.bytes.allSatisfy { $0 == 0 } ?? true })
    {
      for name in biases { file.entries[name] = nil }
    }
    return file
  }

  /// Writes the model beside `path` and renames it into place.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(to path: String) throws(FileError) { try safetensors.write(to: path) }

  /// What simple recurrent layers' sums go through: a stack of one activation says it once, else there
  /// is a word for each layer.
  private static func activationWords(_ descriptions: [LayerDescription]) -> String? {
    let words = descriptions.map { $0.directions.first?.activation?.rawValue ?? "none" }
    let activations = Set(words).subtracting(["none"])
    return activations.count > 1 ? words.joined(separator: ",") : activations.first
  }

  private static func text(_ descriptions: [LayerDescription]) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(descriptions)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension SafetensorsFile {
  /// Adds a layer's parameter, and PyTorch's second bias with the first; returns the names of biases.
  fileprivate mutating func add(
    _ value: Tensor,
    named name: String,
    bias: LayerDescription.RecurrentBias
  ) -> [String] {
    if bias != .none, name.contains("bias_ih") {
      let second = name.replacing("bias_ih", with: "bias_hh")
      add(value, named: name)
      add(.zeros(value.shape), named: second)
      return [name, second]
    }
    if bias == .ofCandidate, name.contains("bias_hn") {
      let second = name.replacing("bias_hn", with: "bias_hh")
      add(.concatenated([.zeros([2 * value.count]), value], along: 0), named: second)
      return [second]
    }
    add(value, named: name)
    return []
  }
}
