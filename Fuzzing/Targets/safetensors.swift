// libFuzzer: -max_len=4096

import Foundation
import Recurrent

/// Reads the input as arrays and as a model, and what is written of both again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSafetensors(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = bytes(start, count)
  let content = withLength(input)
  guard
    let file = accepted({ () throws(FileError) in
      try SafetensorsFile(bytes: content, path: "input")
    })
  else { return 0 }
  compareWithFoundation(file, content)
  for (name, entry) in file.entries {
    let tensor = accepted { () throws(FileError) in try file.tensor(named: name) }
    expect(
      (tensor?.shape.dimensions ?? entry.shape) == entry.shape,
      "has a tensor of another shape"
    )
  }
  let written = file.bytes
  let again = accepted { () throws(FileError) in
    try SafetensorsFile(bytes: written, path: "input")
  }
  expect(again.map { isSame($0, file) } ?? false, "differs when it is written and read again")
  expect(again?.bytes == written, "is written otherwise the second time")
  if let model = accepted({ () throws(FileError) in try SequenceModel(file) }) {
    rewrite(model)
  }
  return 0
}

private func isSame(_ file: SafetensorsFile, _ other: SafetensorsFile) -> Bool {
  file.metadata == other.metadata && file.entries.count == other.entries.count
    && file.entries.allSatisfy { name, entry in
      guard let counterpart = other.entries[name] else { return false }
      return entry.type == counterpart.type && entry.shape == counterpart.shape
        && entry.bytes.elementsEqual(counterpart.bytes)
    }
}

/// A model says of itself what makes the same model.
private func rewrite(_ model: SequenceModel) {
  let bytes = model.safetensors.bytes
  let again = accepted { () throws(FileError) in
    try SequenceModel(SafetensorsFile(bytes: bytes, path: "input"))
  }
  expect(again?.safetensors.bytes == bytes, "is another model when it is written and read again")
}

// MARK: - A second opinion

private enum HeaderValue: Decodable {
  case text([String: String])
  case array(Description)

  struct Description: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let description = try? container.decode(Description.self) {
      self = .array(description)
    } else {
      self = .text(try container.decode([String: String].self))
    }
  }
}

/// What the strict reader takes, Foundation's takes too, and reads the same.
private func compareWithFoundation(_ file: SafetensorsFile, _ content: [UInt8]) {
  let length = content[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
  let header = Data(content[8..<8 + length])
  guard let values = try? JSONDecoder().decode([String: HeaderValue].self, from: header) else {
    fatalError("is no JSON to Foundation")
  }
  for (name, value) in values {
    switch value {
    case .text(let text):
      expect(name == "__metadata__" && text == file.metadata, "has other metadata to Foundation")
    case .array(let description):
      let entry = file.entries[name]
      expect(
        entry?.type == description.dtype && entry?.shape == description.shape
          && entry?.bytes.startIndex == 8 + length + description.data_offsets[0],
        "has another array '\(name)' to Foundation"
      )
    }
  }
  expect(values.keys.count { $0 != "__metadata__" } == file.entries.count, "has other arrays")
}
