import Recurrent

/// A session's content as bytes: a safetensors file with a checksum, which belongs to one model.
enum Snapshot {
  private static let format = "recurrent-session-1"

  /// The bytes of a session's content.
  static func bytes(of content: Session.Content, stream: StreamingModel) -> [UInt8] {
    var file = stream.file(of: content.stream)
    file.metadata["format"] = format
    file.metadata["steps"] = "\(content.steps)"
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
    guard file.metadata["format"] == format,
      let steps = file.metadata["steps"].flatMap({ Int($0) }), 0...Int.max / 2 ~= steps
    else {
      throw .unfit("the body is no snapshot of a session; get one from /v1/sessions/ID/state")
    }
    guard stream.owns(file) else {
      throw .impossible(
        "the snapshot is of a model of other weights than '\(model.name)'; restore it there"
      )
    }
    var content: Session.Content
    do {
      content = Session.Content(stream: try stream.makeState(from: file))
    } catch {
      throw .unfit(error)
    }
    content.steps = steps
    func numbers(_ name: String, count: Int) throws(Problem) -> [Float] {
      let values: [Float]
      do { values = try file.tensor(named: name).elements } catch { throw .unfit(error) }
      guard values.count == count, values.allSatisfy(\.isFinite) else {
        throw .unfit("the body's array '\(name)' is not \(count) finite numbers")
      }
      return values
    }
    if file.entries["input.last"] != nil {
      content.input.last = try numbers("input.last", count: model.width)
    }
    if file.entries["logits"] != nil {
      content.logits = try numbers("logits", count: stream.outputSize)
    }
    return content
  }
}
