extension StreamingModel {
  private static let modelKey = "recurrent.stream.model"
  private static let startKey = "recurrent.stream.start"

  /// Returns a state as a file's content, which `makeState(from:)` of the same model takes back.
  ///
  /// There is an array "layers.N.hidden" for each layer and "layers.N.states.K" for each further state.
  /// Metadata of one's own may be added before the file is written.
  ///
  /// - Precondition: The state was made by a model of the same layers.
  public func file(of state: State) -> SafetensorsFile {
    require(state.layout == plan.layout, wrongState(state.layout))
    var file = SafetensorsFile(metadata: [
      Self.modelKey: modelText, Self.startKey: "\(state.isStart)",
    ])
    for (index, layer) in state.layers.enumerated() {
      file.add(Tensor(layer.hidden, shape: [layer.hidden.count]), named: Self.hiddenName(index))
      for (number, further) in layer.further.enumerated() {
        file.add(Tensor(further, shape: [further.count]), named: Self.name(index, number))
      }
    }
    return file
  }

  /// Whether a file holds the state of a stream of a model with these weights.
  public func owns(_ file: SafetensorsFile) -> Bool { file.metadata[Self.modelKey] == modelText }

  /// Returns the state that a file holds.
  ///
  /// A model with the same weights may have written it that keeps them otherwise.
  ///
  /// - Throws: `FileError` if the file holds no state, or one of other layers or weights.
  public func makeState(from file: SafetensorsFile) throws(FileError) -> State {
    guard file.metadata[Self.modelKey] != nil, let start = file.metadata[Self.startKey] else {
      throw file.problem("is no state of a stream")
    }
    guard owns(file) else {
      throw file.problem(
        "holds the state of a stream of another model; take it to the model that it came from"
      )
    }
    if start == "true" { return makeState() }
    var layers: [State.Layer] = []
    for (index, cell) in plan.layout.cells.enumerated() {
      let hidden = try Self.numbers(Self.hiddenName(index), cell.outputSize, in: file)
      var further: [[Float]] = []
      for number in 0..<cell.stateCount {
        further.append(try Self.numbers(Self.name(index, number), cell.hiddenSize, in: file))
      }
      layers.append(State.Layer(hidden: hidden, further: further))
    }
    return makeState(layers)
  }

  private var modelText: String { String(fingerprint, radix: 16) }

  private static func hiddenName(_ layer: Int) -> String { "layers.\(layer).hidden" }
  private static func name(_ layer: Int, _ state: Int) -> String {
    "layers.\(layer).states.\(state)"
  }

  private static func numbers(
    _ name: String,
    _ count: Int,
    in file: SafetensorsFile
  ) throws(FileError) -> [Float] {
    let tensor = try file.tensor(named: name)
    guard tensor.shape == [count], tensor.elements.allSatisfy(\.isFinite) else {
      throw file.problem("array '\(name)' is no state of \(count) finite numbers")
    }
    return tensor.elements
  }

  static var emptyFingerprint: UInt64 { 0xCBF2_9CE4_8422_2325 }
}

extension Tensor {
  /// Mixes the bits of all elements into a number.
  ///
  /// By the hash of Fowler, Noll and Vo, 32 bits
  /// at a time.
  func addBits(to fingerprint: inout UInt64) {
    var mixed = fingerprint
    unsafe withUnsafeElements { elements in
      for index in elements.indices {
        mixed = unsafe (mixed ^ UInt64(elements[index].bitPattern)) &* 0x100_0000_01B3
      }
    }
    fingerprint = (mixed ^ UInt64(count)) &* 0x100_0000_01B3
  }
}
