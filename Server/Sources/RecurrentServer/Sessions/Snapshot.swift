import Recurrent

/// A session's content as bytes: a safetensors file with a checksum, which belongs to one model.
enum Snapshot {
  private static let format = "recurrent-session-1"

  /// The bytes of a session's content.
  static func bytes(of content: Session.Content, model: ServedModel) -> [UInt8] {
    var file = SafetensorsFile(metadata: [
      "format": format, "model": model.fingerprint, "steps": "\(content.steps)",
    ])
    for (index, layer) in content.stream.layers.enumerated() {
      file.add(Tensor(layer.hidden, shape: [layer.hidden.count]), named: "layers.\(index).hidden")
      for (number, part) in layer.further.enumerated() {
        file.add(Tensor(part, shape: [part.count]), named: "layers.\(index).further.\(number)")
      }
    }
    if !content.input.last.isEmpty {
      let last = content.input.last
      file.add(Tensor(last, shape: [last.count]), named: "input.last")
    }
    if !content.logits.isEmpty {
      file.add(Tensor(content.logits, shape: [content.logits.count]), named: "logits")
    }
    file.addChecksum()
    return file.bytes
  }

  /// Reads a content again.
  ///
  /// - Throws: `Problem`: 422 where the bytes are damaged, 409 where they are of another model.
  static func content(
    of bytes: [UInt8],
    model: ServedModel,
    stream: StreamingModel
  ) throws(Problem) -> Session.Content {
    let file: SafetensorsFile
    do {
      file = try SafetensorsFile(bytes: bytes, path: "the body")
      try file.verifyChecksum()
    } catch {
      throw .unfit(error)
    }
    guard file.metadata["format"] == format, let fingerprint = file.metadata["model"],
      let steps = file.metadata["steps"].flatMap({ Int($0) }), 0...Int.max / 2 ~= steps
    else {
      throw .unfit("the body is no snapshot of a session; get one from /v1/sessions/ID/state")
    }
    guard fingerprint == model.fingerprint else {
      throw .impossible(
        "the snapshot is of a model of other weights than '\(model.name)'; restore it there"
      )
    }
    var names: Set<String> = []
    func numbers(_ name: String, count: Int) throws(Problem) -> [Float] {
      names.insert(name)
      let values: [Float]
      do { values = try file.tensor(named: name).elements } catch { throw .unfit(error) }
      guard values.count == count, values.allSatisfy(\.isFinite) else {
        throw .unfit("the body's array '\(name)' is not \(count) finite numbers")
      }
      return values
    }
    var layers: [StreamingModel.State.Layer] = []
    for (index, layer) in stream.makeState().layers.enumerated() {
      let hidden = try numbers("layers.\(index).hidden", count: layer.hidden.count)
      var further: [[Float]] = []
      for (number, part) in layer.further.enumerated() {
        further.append(try numbers("layers.\(index).further.\(number)", count: part.count))
      }
      layers.append(StreamingModel.State.Layer(hidden: hidden, further: further))
    }
    var content = Session.Content(stream: stream.makeState(layers))
    content.steps = steps
    if file.entries["input.last"] != nil {
      content.input.last = try numbers("input.last", count: model.width)
    }
    if file.entries["logits"] != nil {
      content.logits = try numbers("logits", count: stream.outputSize)
    }
    guard names == Set(file.entries.keys) else {
      throw .unfit("the body has arrays that no snapshot of this model has")
    }
    return content
  }
}
