import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

struct FinishedRunTests {
  private let folder: TemporaryFolder
  private let model = SequenceModel.lstm(inputSize: 28, hiddenSize: 6, classes: 3, seed: 1)

  init() throws { folder = try TemporaryFolder() }

  /// Writes a run's files and reads them.
  private func run(
    _ record: String,
    _ model: SequenceModel? = nil,
    preparation: String? = nil
  ) throws -> FinishedRun {
    var file = (model ?? self.model).safetensors
    file.metadata["preparation"] = preparation
    try folder.write(file.bytes, as: "model.safetensors")
    try folder.write(Array(record.utf8), as: "run.json")
    return try FinishedRun(at: folder.path)
  }

  private static func record(
    data: String = #"{"name":"digits"}"#,
    steps: String = "28",
    features: String = "28",
    classNames: String = #"["a","b","c"]"#,
    more: String = ""
  ) -> String {
    #"{"data":\#(data),"steps":\#(steps),"features":\#(features),"classNames":\#(classNames)\#(more)}"#
  }

  private func problem(_ read: () throws -> FinishedRun) throws -> String {
    let error = try #require(throws: FileError.self) { _ = try read() }
    #expect(!error.description.contains("\n"))
    return error.description
  }

  @Test("A run is its model and what a reader needs of its record")
  func reads() throws {
    let run = try run(Self.record(more: #","recipe":{"anything":[1,2]},"version":"9.9""#))
    #expect(run.name == URL(filePath: folder.path).lastPathComponent)
    #expect(run.model.parameters.map(\.value.elements) == model.parameters.map(\.value.elements))
    #expect(run.task == .classify && run.readsImages && run.preparation == nil)
    #expect(run.outputNames == ["a", "b", "c"] && run.horizon == nil)
    #expect(run.steps == 28 && run.features == 28)
    #expect(run.layers == ["LSTM 28 -> 6"])
  }

  @Test("The folder may be named with a slash at its end, or by way of another")
  func folders() throws {
    let name = try run(Self.record()).name
    #expect(try FinishedRun(at: folder.path + "/").name == name)
    #expect(try FinishedRun(at: folder.path + "/../" + name).name == name)
  }

  @Test("Preparations are read with the model, and decide the task")
  func preparations() throws {
    let preparation = ForecastPreparation(
      of: [LongSeries(values: [1, 2, 4, 8], variables: 1)],
      variables: ["x"],
      season: 1,
      window: 3
    )
    let text = String(
      decoding: try JSONEncoder().encode(InputPreparation.forecast(preparation, table: nil)),
      as: UTF8.self
    )
    let run = try run(
      Self.record(
        data: #"{"name":"series","seriesTask":"forecast","horizon":12}"#,
        steps: "3",
        features: "1",
        classNames: #"["x"]"#
      ),
      .lstm(inputSize: 1, hiddenSize: 6, classes: 1, seed: 1),
      preparation: text
    )
    #expect(run.task == .forecast && run.horizon == 12 && !run.readsImages)
    #expect(run.preparation == .forecast(preparation, table: nil))
  }

  @Test("What is missing is told with its path")
  func missing() throws {
    let path = folder.path
    #expect(try problem { try FinishedRun(at: path) }.hasPrefix("\(path)/run.json: "))
    try folder.write(Array(Self.record().utf8), as: "run.json")
    #expect(try problem { try FinishedRun(at: path) }.hasPrefix("\(path)/model.safetensors: "))
    #expect(try problem { try FinishedRun(at: path + "/nowhere") }.contains("nowhere/run.json: "))
  }

  @Test(
    "A record that no run can have had is refused",
    arguments: [
      "", "{", "[]", "{}", "null", #"{"data":{}}"#,
      record(data: #"{"name":"nothing"}"#), record(data: #"{"name":"text"}"#),
      record(data: #"{"name":"series","seriesTask":"steal"}"#),
      record(data: #"{"name":"digits","horizon":0}"#),
      record(data: #"{"name":"digits","horizon":9223372036854775807}"#),
      record(steps: "0"), record(steps: "-1"), record(steps: "9223372036854775807"),
      record(steps: "1e99"), record(features: "65537"), record(features: #""28""#),
      record(classNames: "[]"), record(classNames: #"["a","b","\u001b[2J"]"#),
      record(classNames: "[1,2,3]"),
      String(repeating: "[", count: 200_000),
    ]
  )
  func impossible(record: String) throws {
    let text = try problem { try run(record) }
    #expect(text.hasPrefix("\(folder.path)/run.json: is not the record of a run"))
  }

  @Test("A model that does not belong to the record is refused")
  func mismatched() throws {
    let path = "\(folder.path)/model.safetensors"
    for record in [
      Self.record(classNames: #"["a","b"]"#), Self.record(features: "27"),
      Self.record(data: #"{"name":"series"}"#),
    ] {
      #expect(try problem { try run(record) }.hasPrefix("\(path): does not belong to "))
    }
    let strange = try problem { try run(Self.record(), preparation: #"{"magic":{}}"#) }
    #expect(strange == "\(path): says how data are prepared in a way this version does not read")
    let vocabulary = #"{"text":{"_0":{"unit":"characters","vocabulary":["a","b","c"]}}}"#
    let text = try problem { try run(Self.record(), preparation: vocabulary) }
    #expect(text.hasPrefix("\(path): does not belong to "))
  }

  @Test("A model whose numbers are not finite is refused")
  func notFinite() throws {
    for number: Float in [.nan, .infinity] {
      var broken = model
      var bias = broken.head.bias.elements
      bias[1] = number
      broken.head = Dense(weight: broken.head.weight, bias: Tensor(bias, shape: [3]))
      let text = try problem { try run(Self.record(), broken) }
      #expect(text.contains("array 'head.bias' holds NaN or infinity"))
    }
  }

  @Test("A model file that is cut or changed anywhere is read whole or refused in one line")
  func damaged() throws {
    _ = try run(Self.record())
    let bytes = model.safetensors.bytes
    for count in stride(from: 0, to: bytes.count, by: 211) {
      try folder.write(Array(bytes[..<count]), as: "model.safetensors")
      #expect(try problem { try FinishedRun(at: folder.path) }.contains("model.safetensors"))
    }
    var (refused, read) = (0, 0)
    for place in 0..<min(700, bytes.count) {
      var damaged = bytes
      damaged[place] ^= 0x24
      try folder.write(damaged, as: "model.safetensors")
      do {
        _ = try FinishedRun(at: folder.path)
        read += 1
      } catch {
        #expect(!error.description.contains("\n"))
        refused += 1
      }
    }
    #expect(refused > 0 && read + refused == min(700, bytes.count))
  }

  @Test("A record as long as is never written is not read")
  func long() throws {
    _ = try run(Self.record())
    let long = [UInt8](repeating: 0x20, count: 1 << 26) + Array(Self.record().utf8)
    try folder.write(long, as: "run.json")
    #expect(try problem { try FinishedRun(at: folder.path) }.contains("at most 67108864 are read"))
  }
}
