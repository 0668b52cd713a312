import Foundation
import Recurrent
import RecurrentTestSupport
import SwiftProtobuf
import Testing

@testable import RecurrentFormats

@Suite("Core ML packages")
struct ModelPackageTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/model.mlpackage"
  }

  private var export: CoreMLExport {
    get throws {
      let layer = CoreMLCase.random(CoreMLCase.lstm(.init(isPeephole: true)))
      return try CoreMLExport(CoreMLCase.model([layer]), form: .sequence)
    }
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path + "/" + name)))
  }

  private let model = "Data/com.apple.CoreML/model.mlmodel"
  private let weights = "Data/com.apple.CoreML/weights/weight.bin"

  @Test("A package has a manifest, a model and weights, the same bytes each time")
  func content() throws {
    try export.write(to: path)
    let names = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    #expect(
      names == [
        "Data", "Data/com.apple.CoreML", model, "Data/com.apple.CoreML/weights", weights,
        "Manifest.json",
      ]
    )
    let files = [model, weights, "Manifest.json"]
    let first = try files.map { try bytes($0) }
    try export.write(to: path)
    #expect(try files.map { try bytes($0) } == first)
    #expect(try folder.names == ["model.mlpackage"])
  }

  @Test("Weights lie in the file as Core ML's own storage has them")
  func weightFile() throws {
    var file = WeightFile()
    #expect(file.isEmpty)
    #expect(file.add([0, 1, 2, 3, 4]) == 64)
    #expect(file.add((0..<20).map { Float($0) }) == 192)
    // As coremltools' own writer puts the same numbers.
    #expect(file.bytes.count == 384)
    #expect(file.bytes[0..<8] == [2, 0, 0, 0, 2, 0, 0, 0])
    #expect(
      file.bytes[64..<88]
        == [0xef, 0xbe, 0xad, 0xde, 2, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0]
    )
    #expect(file.bytes[132..<136] == [0, 0, 0x80, 0x3f])
    let read = try WeightFile.floats(at: 192, count: 20, of: file.bytes, file: "weights")
    #expect(read == (0..<20).map { Float($0) })
    for (place, count) in [(64, 6), (0, 5), (65, 5), (128, 5), (1 << 40, 5), (320, 5)] {
      #expect(throws: FileError.self) {
        _ = try WeightFile.floats(
          at: UInt64(place),
          count: count,
          of: file.bytes,
          file: "weights"
        )
      }
    }
    #expect(throws: FileError.self) {
      _ = try WeightFile.floats(at: 192, count: 20, of: Array(file.bytes[..<300]), file: "weights")
    }
  }

  @Test("What is there and no package is left alone")
  func somethingElse() throws {
    let file = try folder.write([1], as: "note.txt")
    #expect {
      try export.write(to: file)
    } throws: {
      "\($0)".hasPrefix("\(file): is there already and is no Core ML package; ")
    }
    #expect(try Data(contentsOf: URL(filePath: file)) == Data([1]))
    #expect(throws: FileError.self) { try export.write(to: folder.path + "/none/a.mlpackage/b") }
    #expect(try folder.names.allSatisfy { !$0.hasPrefix(".") })
  }

  @Test("A model that was cut off or changed is refused or read, and never trapped on")
  func damagedModels() throws {
    try export.write(to: path)
    let whole = try bytes(model)
    let weights = try bytes(weights)
    let input = Tensor.zeros([2, 3, CoreMLCase.inputSize])
    func read(_ specification: [UInt8], _ weights: [UInt8]?) -> Bool {
      do throws(FileError) {
        let package = ModelPackage(specification: specification, weights: weights)
        _ = try CoreMLProgram(package, file: "model")(["input": input])
        return true
      } catch {
        #expect(!error.description.contains("\n"))
        return false
      }
    }
    #expect(read(whole, weights))
    #expect(!read(whole, nil))
    for length in stride(from: 0, to: whole.count, by: 7) {
      #expect(!read(Array(whole[..<length]), weights))
    }
    for length in stride(from: 0, to: weights.count - 64, by: 13) {
      #expect(!read(whole, Array(weights[..<length])))
    }
    var numbers = SeededNumbers(3)
    for _ in 0..<400 {
      var (changed, changedWeights) = (whole, weights)
      let place = numbers.integer(in: 0...whole.count - 1)
      changed[place] = UInt8(numbers.integer(in: 0...255))
      changedWeights[numbers.integer(in: 0...200)] = UInt8(numbers.integer(in: 0...255))
      _ = read(changed, weights)
      _ = read(whole, changedWeights)
    }
  }

  @Test("Programs that do not fit themselves are refused in one line")
  func programsThatDoNotFit() throws {
    let message = try export.message
    func expectRefusal(
      saying part: String,
      _ change: (inout [CoreMLOperationMessage]) -> Void,
      _ location: SourceLocation = #_sourceLocation
    ) throws {
      var message = message
      var operations =
        message.mlProgram.functions["main"]?.blockSpecializations["CoreML5"]?.operations ?? []
      change(&operations)
      message.mlProgram.functions["main"]?.blockSpecializations["CoreML5"]?.operations = operations
      let package = ModelPackage(
        specification: try message.serializedBytes(),
        weights: try export.weights.bytes
      )
      #expect(sourceLocation: location) {
        _ = try CoreMLProgram(package, file: "a")(["input": .zeros([1, 2, 3])])
      } throws: {
        "\($0)".contains(part)
      }
    }
    try expectRefusal(saying: "an operation 'conv'") { $0[$0.count - 1].type = "conv" }
    try expectRefusal(saying: "reads a value that is not there") { $0.removeFirst() }
    try expectRefusal(saying: "gives a value of its program twice") { $0.append($0[0]) }
    try expectRefusal(saying: "answers with a value") { $0.removeLast() }
    try expectRefusal(saying: "does not fit its arguments") {
      $0[$0.count - 1].inputs["weight"] = nil
    }
    try expectRefusal(saying: "does not fit its arguments") { operations in
      let place = operations.firstIndex { $0.type == "transpose" } ?? 0
      operations[place].type = "reverse"
    }
    try expectRefusal(saying: "without a value") {
      let place = $0.firstIndex { $0.type == "const" } ?? 0
      $0[place].attributes["val"] = nil
    }
    try expectRefusal(saying: "whose shape is none") {
      let place = $0.firstIndex { $0.type == "const" } ?? 0
      $0[place].attributes["val"]?.type.tensorType.dimensions[0].constant.size = .max
    }
  }

  @Test("A loop without an end comes to one")
  func endlessLoop() throws {
    let message = try export.message
    var builder = ProgramBuilder()
    let input = ProgramValue(name: "input", shape: [nil, nil, 3])
    let results = builder.appendLoop(from: [input]) { _, program in
      program.constant([true], isScalar: true)
    } body: { values, program in
      values
    }
    var operations = builder.operations
    operations[operations.count - 1].outputs[0].name = "logits"
    #expect(results.count == 1)
    var endless = message
    endless.mlProgram.functions["main"]?.blockSpecializations["CoreML5"]?.operations = operations
    let program = try CoreMLProgram(
      ModelPackage(specification: try endless.serializedBytes(), weights: nil),
      file: "a"
    )
    #expect(
      throws: FileError("has a program that makes more than 268435456 numbers", file: "a")
    ) { _ = try program(["input": .zeros([1, 1, 3])]) }
    // A body that gives fewer values than it is given.
    endless.mlProgram.functions["main"]?.blockSpecializations["CoreML5"]?
      .operations[0].blocks[1].outputs = []
    let package = ModelPackage(specification: try endless.serializedBytes(), weights: nil)
    #expect {
      _ = try CoreMLProgram(package, file: "a")
    } throws: {
      "\($0)".contains("has other values than its blocks")
    }
  }

  @Test("Inputs that are missing or of another shape are refused, and so are manifests")
  func inputsAndManifests() throws {
    try export.write(to: path)
    let program = try CoreMLProgram(contentsOf: path)
    #expect(throws: FileError("wants an input 'input'", file: path)) { _ = try program([:]) }
    for shape in [[2, 3], [1, 2, 4], [1, 0, 3], [0, 2, 3]] {
      #expect(throws: FileError.self) {
        _ = try program(["input": .zeros(Shape(shape))])
      }
    }
    let manifest = String(decoding: try bytes("Manifest.json"), as: UTF8.self)
    for text in [
      manifest.replacing("com.apple.CoreML/model", with: "../../model"),
      manifest.replacing("com.apple.CoreML/model", with: "/model"), "{}", "",
    ] {
      try folder.write(Array(text.utf8), as: "model.mlpackage/Manifest.json")
      #expect {
        _ = try CoreMLProgram(contentsOf: path)
      } throws: {
        "\($0)".hasPrefix("\(path)/Manifest.json: ")
      }
    }
    #expect(throws: FileError.self) { _ = try CoreMLProgram(contentsOf: folder.path) }
  }
}
