import RecurrentTestSupport
import Testing

@testable import Recurrent

struct ReadingTests {
  private static let side = 6
  static let readings: [SequenceModel.Reading] = [
    .rows, .columns, .rowsAndColumns, .patches(side: 2, stride: 2),
    .patches(side: 4, stride: 1), .pixels, .permutedPixels(seed: 1), .permutedPixels(seed: .max),
  ]

  /// A model of two layers that reads grids of 6 by 6, or of 6 rows of 4.
  private static func model(_ reading: SequenceModel.Reading, features: Int = side) throws
    -> SequenceModel
  {
    var stream = RandomStream(seed: 3, purpose: .testing)
    let size = try #require(reading.size(steps: side, features: features)).features
    let first = Bidirectional(
      forward: LSTM(inputSize: size, hiddenSize: 5, using: &stream),
      backward: LSTM(inputSize: size, hiddenSize: 5, using: &stream)
    )
    return SequenceModel(
      reading: reading,
      layers: [first, GRU(inputSize: 10, hiddenSize: 7, using: &stream)],
      summary: .meanOutput,
      head: Dense(inputSize: 7, outputSize: 3, using: &stream)
    )
  }

  private static func dataset(features: Int = side, lengths: [Int]? = nil) -> SequenceDataset {
    var numbers = SeededNumbers(4)
    return SequenceDataset(
      elements: .floats(numbers.floats(10 * side * features)),
      labels: (0..<10).map { $0 % 3 },
      steps: side,
      features: features,
      classNames: ["a", "b", "c"],
      lengths: lengths
    )
  }

  @Test func `step t is row t, column t, or one after the other`() {
    let grid = Tensor([1, 2, 3, 4], shape: [1, 2, 2])
    #expect(SequenceModel.Reading.rows.of(grid, lengths: nil) == grid)
    #expect(
      SequenceModel.Reading.columns.of(grid, lengths: [2])
        == Tensor([1, 3, 2, 4], shape: [1, 2, 2])
    )
    #expect(
      SequenceModel.Reading.rowsAndColumns.of(grid, lengths: nil)
        == Tensor([1, 2, 1, 3, 3, 4, 2, 4], shape: [1, 2, 4])
    )
    let large = Tensor((0..<16).map { Float($0) }, shape: [1, 4, 4])
    #expect(
      SequenceModel.Reading.patches(side: 2, stride: 2).of(large, lengths: nil)
        == Tensor(
          [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15],
          shape: [1, 2, 8]
        )
    )
    let overlapping = SequenceModel.Reading.patches(side: 3, stride: 1)
    #expect(
      overlapping.of(large, lengths: nil).slice(9..<18, along: 2)
        == Tensor(
          [1, 2, 3, 5, 6, 7, 9, 10, 11, 5, 6, 7, 9, 10, 11, 13, 14, 15],
          shape: [1, 2, 9]
        )
    )
    #expect(overlapping.size(steps: 4, features: 5).map { [$0, $1] } == [2, 27])
    #expect(overlapping.places(features: 5) == 3)
    let apart = SequenceModel.Reading.patches(side: 4, stride: 4)
    #expect(apart.size(steps: 6, features: 8) == nil && apart.size(steps: 4, features: 3) == nil)
    #expect(SequenceModel.Reading.columns.size(steps: 6, features: 4).map { [$0, $1] } == [4, 6])
    #expect(SequenceModel.Reading.rowsAndColumns.size(steps: 6, features: 4) == nil)
    #expect(SequenceModel.Reading.rowsAndColumns.size(steps: .max, features: .max) == nil)
  }

  @Test func `a pixel is a step, in the images' order or in one that a seed decides`() {
    let grid = Tensor((0..<12).map { Float($0) }, shape: [2, 2, 3])
    let pixels = SequenceModel.Reading.pixels.of(grid, lengths: nil)
    #expect(pixels == Tensor((0..<12).map { Float($0) }, shape: [2, 6, 1]))
    let orders = [1, 2].map { seed in
      SequenceModel.Reading.permutedPixels(seed: seed).of(grid, lengths: nil)
    }
    for order in orders {
      #expect(order.shape == [2, 6, 1] && order != pixels)
      let (first, second) = (order.elements[..<6], order.elements[6...])
      #expect(first.sorted() == [0, 1, 2, 3, 4, 5] && second.map { $0 - 6 } == Array(first))
    }
    #expect(orders[0] != orders[1])
    let large = SequenceModel.Reading.permutedPixels(seed: 1).positions(steps: 28, features: 28)
    #expect(Set(large) == Set(0..<784))
    // What a model file means by the name must never change.
    #expect(large.prefix(4) == [688, 654, 765, 32])
    #expect(SequenceModel.Reading.pixels.size(steps: .max, features: 2) == nil)
    #expect(!SequenceModel.Reading.pixels.hasPlaces)
  }

  @Test(arguments: Self.readings)
  func `the engine reads as the tape does, forward and back`(
    reading: SequenceModel.Reading
  ) throws {
    let features = reading == .columns ? 4 : Self.side
    let (model, dataset) = (
      try Self.model(reading, features: features), Self.dataset(features: features)
    )
    let predictor = try #require(Predictor(model, threads: 2))
    let tape = model(dataset.tensor(at: 0..<10))
    #expect(
      mismatch(predictor.logits(for: dataset).elements, tape.elements, tolerance: 1e-5) == nil
    )
    try expectEngineGradients(of: model, on: dataset)
  }

  @Test(arguments: Self.readings)
  func `a file keeps how a model reads`(reading: SequenceModel.Reading) throws {
    let model = try Self.model(reading)
    let back = try SequenceModel(SafetensorsFile(bytes: model.safetensors.bytes, path: "model"))
    #expect(back.reading == reading)
    var plain = RandomStream(seed: 1, purpose: .testing)
    let one = SequenceModel(
      reading: reading,
      layers: [LSTM(inputSize: 12, hiddenSize: 3, using: &plain)],
      head: Dense(inputSize: 3, outputSize: 2, using: &plain)
    )
    #expect(try SequenceModel(one.safetensors).reading == reading)
  }

  @Test(arguments: [
    "diagonals", "patches", "patches:", "patches:0", "patches:2:0", "patches:2:1:1", "patches:x",
    "rows:2", "", "pixels:2", "permuted-pixels:", "permuted-pixels:x", "permuted-pixels:-1",
    "permuted-pixels:18446744073709551616", "permuted-pixels:1:1",
  ])
  func `other names are none`(name: String) {
    #expect(SequenceModel.Reading(rawValue: name) == nil)
  }

  @Test func `a name and a way of reading belong together`() {
    for reading in Self.readings {
      #expect(SequenceModel.Reading(rawValue: reading.rawValue) == reading)
    }
    #expect(SequenceModel.Reading(rawValue: "patches:4") == .patches(side: 4, stride: 4))
    #expect(SequenceModel.Reading(rawValue: "permuted-pixels") == .permutedPixels(seed: 1))
  }

  @Test func `a file that reads in another way is refused in a line`() throws {
    var file = try Self.model(.columns).safetensors
    file.metadata["reading"] = "spiral"
    let error = #expect(throws: FileError.self) { try SequenceModel(file) }
    #expect("\(try #require(error))".contains("reads 'spiral'"))
  }

  @Test(arguments: [
    SequenceModel.Reading.columns, .rowsAndColumns, .patches(side: 3, stride: 3), .pixels,
  ])
  func `columns and patches cannot be streamed`(reading: SequenceModel.Reading) throws {
    let model = try Self.model(reading)
    let error = #expect(throws: StreamingError.self) { try StreamingModel(model) }
    #expect(error?.reason == .readsSeveralRows)
    #expect("\(try #require(error))".contains("read rows"))
  }

  @Test func `columns of rows of unequal length are refused`() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let model = try ReadingTests.model(.columns)
      let lengths = (0..<10).map { 1 + $0 % ReadingTests.side }
      _ = Predictor(model, threads: 1)?.logits(for: ReadingTests.dataset(lengths: lengths))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("columns can only be read of sequences that all have all steps"))
  }
}
