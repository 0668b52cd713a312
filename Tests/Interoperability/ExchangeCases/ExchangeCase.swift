import Recurrent

/// A model with a name, and inputs of several shapes.
struct ExchangeCase {
  let name: String
  let model: SequenceModel
  /// What another program has to be told of the model.
  var facts: [String: String] = [:]

  /// The input, `[batch, time, features]`, and the answers to it, for several batches and times.
  func arrays() -> SafetensorsFile {
    var file = SafetensorsFile(metadata: facts)
    var stream = RandomStream(seed: 91, purpose: .testing)
    for (index, (batch, steps)) in [(1, 1), (2, 7), (5, 3)].enumerated() {
      let shape: Shape = [batch, steps, model.layers[0].inputSize]
      let x = Tensor((0..<shape.count).map { _ in stream.nextNormal() }, shape: shape)
      file.add(x, named: "x\(index)")
      file.add(model(x), named: "y\(index)")
    }
    return file
  }

  /// A model of the layers with random parameters, none of which is zero.
  static func model(
    _ layers: [any RecurrentLayer],
    summary: SequenceModel.Summary = .lastOutput
  ) -> SequenceModel {
    var stream = RandomStream(seed: 92, purpose: .testing)
    var model = SequenceModel(
      layers: layers,
      summary: summary,
      head: Dense(inputSize: layers[layers.count - 1].outputSize, outputSize: 3, using: &stream)
    )
    model.visitParameters { _, parameter in
      parameter = Tensor(
        (0..<parameter.count).map { _ in 0.4 * stream.nextNormal() },
        shape: parameter.shape
      )
    }
    return model
  }

  /// A stack of `count` layers of a cell, in one direction or in two.
  static func stack<Built: BuiltInCell>(
    _ count: Int,
    isBidirectional: Bool,
    merge: Merge = .concatenate,
    _ cell: (_ inputSize: Int) -> Built
  ) -> [any RecurrentLayer] {
    var layers: [any RecurrentLayer] = []
    for _ in 0..<count {
      let size = layers.last?.outputSize ?? 4
      let forward = CellLayer(cell(size))
      layers.append(
        isBidirectional
          ? Bidirectional(forward: forward, backward: CellLayer(cell(size)), merge: merge)
          : forward
      )
    }
    return layers
  }
}
