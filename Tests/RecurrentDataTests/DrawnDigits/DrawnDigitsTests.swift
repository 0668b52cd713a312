import Recurrent
import RecurrentData
import Testing

struct DrawnDigitsTests {
  private static let side = DrawnDigits.imageSide

  /// The bytes of a data set, `[example, time, feature]`.
  private static func bytes(_ dataset: SequenceDataset) -> [UInt8] {
    switch dataset.elements {
    case .bytes(let values, _): values
    case .floats, .tokens, .windows: []
    }
  }

  @Test func `a data set has the form of MNIST`() {
    let dataset = DrawnDigits.dataset(count: 25, seed: 3, split: .validation)
    #expect(dataset.count == 25)
    #expect(dataset.steps == 28)
    #expect(dataset.features == 28)
    #expect(dataset.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    let values = dataset.values(ofExample: 24)
    #expect(values.min() == 0)
    #expect(values.max() == 1)
  }

  @Test func `each digit is as common as the others`() {
    let labels = DrawnDigits.dataset(count: 500, seed: 1, split: .training).labels
    for digit in 0..<10 { #expect(labels.count { $0 == digit } == 50) }
  }

  @Test(arguments: DrawnDigits.Split.allCases)
  func `an image depends on seed, split and index alone`(_ split: DrawnDigits.Split) {
    let dataset = DrawnDigits.dataset(count: 60, seed: 9, split: split)
    let size = Self.side * Self.side
    for index in [0, 17, 59] {
      let expected = Array(Self.bytes(dataset)[index * size..<(index + 1) * size])
      #expect(DrawnDigits.image(index, seed: 9, split: split) == expected)
      #expect(DrawnDigits.image(index, seed: 10, split: split) != expected)
      #expect(dataset.labels[index] == DrawnDigits.digit(ofExample: index))
    }
  }

  @Test(arguments: [1, 7, 64, 1000])
  func `the division of the work among threads does not show`(imagesPerTask: Int) {
    let expected = DrawnDigits.dataset(count: 200, seed: 4, split: .test)
    let dataset = DrawnDigits.dataset(
      count: 200,
      seed: 4,
      split: .test,
      imagesPerTask: imagesPerTask
    )
    #expect(Self.bytes(dataset) == Self.bytes(expected))
    #expect(dataset.labels == expected.labels)
  }

  @Test func `no image occurs twice within or across splits`() {
    var seen: Set<[UInt8]> = []
    for split in DrawnDigits.Split.allCases {
      for index in 0..<300 { seen.insert(DrawnDigits.image(index, seed: 1, split: split)) }
    }
    #expect(seen.count == 900)
  }

  @Test func `a longer data set begins with the shorter one`() {
    let short = DrawnDigits.dataset(count: 40, seed: 6, split: .training)
    let long = DrawnDigits.dataset(count: 90, seed: 6, split: .training)
    #expect(Self.bytes(long).starts(with: Self.bytes(short)))
  }

  @Test func `the longer side of every digit is 20 pixels`() {
    for index in 0..<1000 {
      let image = DrawnDigits.image(index, seed: 2, split: .training)
      let inked = image.indices.filter { image[$0] > 0 }
      let rows = inked.map { $0 / Self.side }
      let columns = inked.map { $0 % Self.side }
      guard let top = rows.min(), let bottom = rows.max(),
        let left = columns.min(), let right = columns.max()
      else {
        Issue.record("image \(index) of seed 2 is empty")
        continue
      }
      // A pixel less where the rounded end of a line leaves too little ink in the last row.
      let longer = max(bottom - top, right - left) + 1
      #expect(longer == 20 || longer == 19, "image \(index) of seed 2")
    }
  }

  @Test func `the centre of mass of every digit is at pixel 14, 14`() {
    for index in 0..<1000 {
      let image = DrawnDigits.image(index, seed: 2, split: .test)
      var mass = 0.0
      var row = 0.0
      var column = 0.0
      for (place, ink) in image.enumerated() {
        mass += Double(ink)
        row += Double(place / Self.side) * Double(ink)
        column += Double(place % Self.side) * Double(ink)
      }
      // Whole pixels are moved, so half a pixel may remain.
      #expect(abs(row / mass - 14) <= 0.5001, "image \(index) of seed 2")
      #expect(abs(column / mass - 14) <= 0.5001, "image \(index) of seed 2")
    }
  }

  @Test func `every digit has as much ink as handwriting has`() {
    // The lightest and darkest digits of MNIST hold the ink of about 20 and 350 full pixels.
    for index in 0..<1000 {
      let image = DrawnDigits.image(index, seed: 5, split: .training)
      let ink = image.reduce(0) { $0 + Int($1) } / 255
      #expect((20...350).contains(ink), "image \(index) of seed 5")
    }
  }

  /// FNV-1a over the bytes.
  private static func checksum(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test func `the drawings have not changed`() {
    // A deliberate change of a drawing changes this number, and with it every published result
    // on drawn digits.
    let dataset = DrawnDigits.dataset(count: 100, seed: 1, split: .training)
    #expect(Self.checksum(Self.bytes(dataset)) == 0xE4AA_F491_80CE_EB91)
  }

  @Test func `the nearest class mean reads held-out digits fairly but not well`() {
    let training = DrawnDigits.dataset(count: 2000, seed: 1, split: .training)
    let size = Self.side * Self.side
    var means = [[Float]](repeating: [Float](repeating: 0, count: size), count: 10)
    let trainingBytes = Self.bytes(training)
    for (example, label) in training.labels.enumerated() {
      for place in 0..<size {
        means[label][place] += Float(trainingBytes[example * size + place]) / 200
      }
    }
    let test = DrawnDigits.dataset(count: 1000, seed: 1, split: .test)
    let testBytes = Self.bytes(test)
    var correct = 0
    for (example, label) in test.labels.enumerated() {
      let distances = means.map { mean in
        var sum: Float = 0
        for place in 0..<size {
          let difference = Float(testBytes[example * size + place]) - mean[place]
          sum += difference * difference
        }
        return sum
      }
      if distances.firstIndex(of: distances.min() ?? 0) == label { correct += 1 }
    }
    // MNIST itself: about 820 in 1,000.
    #expect((650...900).contains(correct))
  }
}
