import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Models of other programs")
struct ImportedModelTests {
  private var model: SequenceModel {
    var stream = RandomStream(seed: 31, purpose: .testing)
    let first = LSTM(inputSize: 3, hiddenSize: 4, options: .init(projectionSize: 2), using: &stream)
    return SequenceModel(
      layers: [
        first, GRU(inputSize: 2, hiddenSize: 5, using: &stream),
        RNN(inputSize: 5, hiddenSize: 5, activation: .relu, using: &stream),
      ],
      head: Dense(inputSize: 5, outputSize: 2, using: &stream)
    )
  }

  private static let structure =
    "1 projected LSTM layer 3 -> 2, 1 GRU layer 2 -> 5, 1 relu RNN layer 5 -> 5, head 2"

  @Test("Files with PyTorch's names and files that describe their layers are told apart")
  func ownFiles() throws {
    let model = model
    let read = try ImportedModel(model.safetensors.bytes, path: "m")
    #expect(read.summary == "PyTorch: \(Self.structure)")
    #expect(read.model.safetensors.bytes == model.safetensors.bytes)
    var described = model
    described.headDropout = 0.5
    let again = try ImportedModel(described.safetensors.bytes, path: "m")
    #expect(again.summary == "Recurrent: \(Self.structure)")
  }

  @Test("PyTorch's names are read in an .npz file too")
  func archives() throws {
    let model = model
    var tensors: [String: Tensor] = [:]
    let file = model.safetensors
    for name in file.entries.keys { tensors[name] = try file.tensor(named: name) }
    let content = NumPyArchive.content(of: tensors)
    let read = try ImportedModel(content, path: "m", options: ImportOptions(activation: .relu))
    #expect(read.format == .pyTorch)
    #expect(read.model.safetensors.bytes == model.safetensors.bytes)
  }

  @Test("What is written as .npz is read back by the reader of such files")
  func numPy() throws {
    let tensors: [String: Tensor] = [
      "a/b": Tensor([1, -0.0, 2.5, .infinity, 5, 6], shape: [2, 3]), "single": Tensor(7),
    ]
    let archive = try NumPyArchive(NumPyArchive.content(of: tensors), path: "m")
    #expect(archive.arrays.count == 2)
    for (name, tensor) in tensors {
      #expect(archive.arrays[name]?.shape == tensor.shape.dimensions)
      #expect(haveSameBits(archive.arrays[name]?.floats ?? [], tensor.elements))
    }
  }

  @Test("A file that Python would run is refused with what to do")
  func pickles() throws {
    let error = #expect(throws: FileError.self) {
      try ImportedModel([0x80, 2, 0x7D, 0x71, 0, 0x2E, 0, 0, 0, 0, 0, 0], path: "m")
    }
    #expect(error?.advice?.contains("safetensors") ?? false)
    var archive = NumPyArchive.content(of: ["data": Tensor(1)])
    // The archive's one file becomes what PyTorch calls its own.
    while let name = archive.firstRange(of: Array("data.npy".utf8)) {
      archive.replaceSubrange(name, with: Array("data.pkl".utf8))
    }
    let other = #expect(throws: FileError.self) { try ImportedModel(archive, path: "m") }
    #expect(other?.advice?.contains("safetensors") ?? false)
  }

  @Test("Other files are refused in one line that names them")
  func others() throws {
    var file = SafetensorsFile()
    file.add(Tensor([1]), named: "counter")
    for content in [[], Array("text".utf8), file.bytes, NumPyArchive.content(of: [:])] {
      let error = #expect(throws: FileError.self) { try ImportedModel(content, path: "m") }
      #expect(error?.description.hasPrefix("m") ?? false)
    }
    let error = #expect(throws: FileError.self) { try ImportedModel(file.bytes, path: "m") }
    #expect(error?.description.contains("'counter'") ?? false)
  }

  @Test("A .keras file with a part missing, cut or changed is refused", arguments: 0..<6)
  func damagedKerasFiles(part: Int) throws {
    var content = try Fixture.content("stack.keras")
    #expect(throws: Never.self) { try ImportedModel(content, path: "m") }
    if part == 0 {
      while let name = content.firstRange(of: Array("model.weights.h5".utf8)) {
        content.replaceSubrange(name, with: Array("Model.weights.h5".utf8))
      }
    } else {
      content = Array(content[..<(content.count * part / 6)])
    }
    #expect(throws: FileError.self) { try ImportedModel(content, path: "m") }
  }
}
