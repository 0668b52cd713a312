import RecurrentTestSupport
import Testing

@testable import Recurrent

/// Changes of series, and what all changes have in common.
struct SeriesAugmentationTests {
  /// One series of as many steps as there are rows.
  private static func dataset(_ rows: [[Float]], copies: Int = 1) -> SequenceDataset {
    SequenceDataset(
      elements: .floats((0..<copies).flatMap { _ in rows.flatMap(\.self) }),
      labels: [Int](repeating: 0, count: copies),
      steps: rows.count,
      features: rows[0].count,
      classNames: ["only"]
    )
  }

  private static func changed(
    _ dataset: SequenceDataset,
    _ operations: Augmentation.Operation...,
    example: Int = 0,
    epoch: Int = 1
  ) -> [[Float]] {
    let values = dataset.values(
      ofExample: example,
      augmentedBy: Augmentation(operations),
      seed: 5,
      epoch: epoch
    )
    return stride(from: 0, to: values.count, by: dataset.features).map {
      Array(values[$0..<$0 + dataset.features])
    }
  }

  private static let ramp = (1...20).map { [Float($0), -Float($0)] }

  @Test(arguments: [-19, -7, -1, 0, 1, 6, 19])
  func `a shifted series repeats its first or last step`(shift: Int) {
    var values = Self.ramp.flatMap(\.self)
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      TimeShift.move(AugmentedExample(values: base, steps: 20, features: 2), by: shift)
    }
    let want = (0..<20).flatMap { Self.ramp[min(max($0 - shift, 0), 19)] }
    #expect(values == want)
  }

  @Test func `all shifts up to the longest are drawn equally often`() {
    let dataset = Self.dataset(Self.ramp)
    var counts: [Float: Int] = [:]
    for epoch in 0..<5_000 {
      // Step 10 is 11 without a shift.
      let value = Self.changed(dataset, .timeShift(TimeShift(share: 0.1)), epoch: epoch)[10][0]
      counts[value, default: 0] += 1
    }
    #expect(counts.keys.sorted() == [9, 10, 11, 12, 13])
    // Five standard deviations: √(5,000 · 0.2 · 0.8) is 28.
    #expect(counts.values.allSatisfy { abs($0 - 1_000) < 142 })
    let whole = Self.changed(dataset, .timeShift(TimeShift(share: 1)))
    #expect(whole.allSatisfy { Self.ramp.contains($0) })
  }

  @Test func `a stretch of steps is cut out`() {
    let dataset = Self.dataset(Self.ramp)
    var lengths: [Int: Int] = [:]
    for epoch in 0..<1_000 {
      let got = Self.changed(dataset, .timeCutOut(TimeCutOut(share: 0.2)), epoch: epoch)
      let cut = got.indices.filter { got[$0] == [0, 0] }
      lengths[cut.count, default: 0] += 1
      #expect(cut.isEmpty || cut == Array(cut[0]...cut[cut.count - 1]))
      #expect(got.indices.allSatisfy { cut.contains($0) || got[$0] == Self.ramp[$0] })
    }
    #expect(lengths.keys.sorted() == [0, 1, 2, 3, 4])
    #expect(lengths.values.allSatisfy { abs($0 - 200) < 64 })
  }

  @Test func `squares of an image are cut out`() {
    let (rows, columns, size) = (9, 20, 4)
    let dataset = Self.dataset((0..<rows).map { _ in [Float](repeating: 1, count: columns) })
    var middles = Set<[Int]>()
    for epoch in 0..<2_000 {
      let got = Self.changed(dataset, .cutOut(CutOut(size: size)), epoch: epoch)
      let cutRows = got.indices.filter { got[$0].contains(0) }
      let cutColumns = (0..<columns).filter { column in got.contains { $0[column] == 0 } }
      #expect(cutRows.count <= size && cutColumns.count <= size)
      #expect(cutRows.count >= 2 && cutColumns.count >= 2)
      for row in got.indices {
        for column in 0..<columns {
          let isCut = cutRows.contains(row) && cutColumns.contains(column)
          #expect(got[row][column] == (isCut ? 0 : 1))
        }
      }
      middles.insert([cutRows[0], cutRows.count, cutColumns[0], cutColumns.count])
    }
    // Every pixel is a middle now and then; one fails to be with a probability of 1e-3.
    #expect(middles.count == rows * columns)
    let two = Self.changed(dataset, .cutOut(CutOut(size: 1, count: 2)))
    #expect((1...2).contains(two.joined().count { $0 == 0 }))
  }

  @Test func `a warped series keeps its ends and its order`() {
    let dataset = Self.dataset(Self.ramp)
    var differences = 0
    for epoch in 0..<200 {
      let settings = TimeWarp(deviation: epoch < 100 ? 0.2 : 3, pieces: epoch < 50 ? 1 : 6)
      let got = Self.changed(dataset, .timeWarp(settings), epoch: epoch)
      #expect(got[0] == Self.ramp[0] && got[19] == Self.ramp[19])
      for step in 1..<20 {
        #expect(got[step][0] > got[step - 1][0])
        #expect(abs(got[step][0] + got[step][1]) < 1e-5)
      }
      if got != Self.ramp { differences += 1 }
    }
    #expect(differences == 200)
  }

  @Test(arguments: [false, true])
  func `factors are normal, one or one for each feature`(isPerFeature: Bool) {
    let dataset = Self.dataset([[1, 2, 4], [2, 4, 8]])
    let settings = RandomScaling(deviation: 0.1, isPerFeature: isPerFeature)
    var factors: [Double] = []
    for epoch in 0..<4_000 {
      let got = Self.changed(dataset, .scaling(settings), epoch: epoch)
      #expect(zip(got[0], got[1]).allSatisfy { 2 * $0 == $1 })
      let row = [got[0][0], got[0][1] / 2, got[0][2] / 4]
      #expect((Set(row).count == 1) == !isPerFeature)
      factors.append(Double(row[1]))
    }
    // Five standard deviations of 4,000 draws.
    #expect(abs(factors.reduce(0, +) / 4_000 - 1) < 0.008)
    #expect(abs(factors.reduce(0) { $0 + ($1 - 1) * ($1 - 1) } / 4_000 - 0.01) < 0.00112)
  }

  @Test func `noise is drawn for every value`() {
    let dataset = Self.dataset((0..<50).map { _ in [Float](repeating: 10, count: 100) })
    let values = Self.changed(dataset, .noise(GaussianNoise(deviation: 0.5))).joined()
    let noise = values.map { Double($0) - 10 }
    #expect(Set(noise).count > 4_900)
    // Five standard deviations of 5,000 draws.
    #expect(abs(noise.reduce(0, +) / 5_000) < 0.036)
    #expect(abs(noise.reduce(0) { $0 + $1 * $1 } / 5_000 - 0.25) < 0.025)
  }

  @Test func `changes of nothing keep every bit`() {
    let values: [Float] = [0.5, -0.0, .infinity, 3, .nan, 1, -2, .leastNonzeroMagnitude, 7]
    let dataset = Self.dataset([Array(values[..<3]), Array(values[3..<6]), Array(values[6...])])
    let got = Self.changed(
      dataset,
      .affine(RandomAffine(rotation: 0, shift: 0, scale: 0, shear: 0)),
      .elastic(ElasticDistortion(alpha: 0)),
      .timeShift(TimeShift(share: 0)),
      .timeWarp(TimeWarp(deviation: 0)),
      .timeCutOut(TimeCutOut(share: 0)),
      .scaling(RandomScaling(deviation: 0)),
      .noise(GaussianNoise(deviation: 0)),
      .cutOut(CutOut(probability: 0))
    )
    #expect(haveSameBits(got.flatMap(\.self), values))
  }

  @Test func `as many examples are changed as the probability says`() {
    let dataset = Self.dataset([[1, 2]], copies: 4_000)
    let changed = (0..<4_000).count {
      Self.changed(dataset, .noise(GaussianNoise(probability: 0.3)), example: $0) != [[1, 2]]
    }
    // Five standard deviations: √(4,000 · 0.3 · 0.7) is 29.
    #expect(abs(changed - 1_200) < 145)
  }

  @Test func `steps beyond an example's own stay as they are`() throws {
    let all = try Augmentation(
      "affine,elastic,cutout,time-shift,time-warp,time-cutout,scaling,noise"
    )
    let pass = try #require(AugmentationPass(all, seed: 3, epoch: 2))
    var numbers = SeededNumbers(40)
    let values = numbers.floats(20 * 6)
    func changed(_ memory: [Float]) -> [Float] {
      var memory = memory
      memory.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        pass.change(
          AugmentedExample(values: base, steps: 12, features: 6),
          number: 8,
          keeping: nil,
          workingIn: AugmentationMemory()
        )
      }
      return memory
    }
    let got = changed(values)
    #expect(haveSameBits(Array(got[72...]), Array(values[72...])))
    #expect(haveSameBits(Array(got[..<72]), changed(Array(values[..<72]))))
    #expect(Array(got[..<72]) != Array(values[..<72]))
  }

  @Test(arguments: [1 / 255, -0.5, 0] as [Float])
  func `bytes stay in their range`(scale: Float) throws {
    var numbers = SeededNumbers(41)
    let dataset = SequenceDataset(
      elements: .bytes(numbers.integers(28 * 28, in: 0...255).map { UInt8($0) }, scale: scale),
      labels: [0],
      steps: 28,
      features: 28,
      classNames: ["only"]
    )
    let all = try Augmentation("affine,elastic,scaling:deviation=1,noise:deviation=100")
    for epoch in 1...20 {
      let got = dataset.values(ofExample: 0, augmentedBy: all, seed: 1, epoch: epoch)
      let bounds = [0, 255 * scale].sorted()
      #expect(got.allSatisfy { bounds[0] <= $0 && $0 <= bounds[1] })
    }
  }

  @Test func `an affine map and an elastic distortion are one resampling`() throws {
    // White noise of variance 1 keeps (2/3)² of it when it is interpolated at places of all kinds,
    // and less when that is done again.
    var numbers = SeededNumbers(42)
    let root = Float(3).squareRoot()
    let dataset = Self.dataset((0..<64).map { _ in numbers.floats(64, in: -root...root) })
    func variance(_ text: String) throws -> Double {
      let changes = try Augmentation(text)
      var sum = 0.0
      for epoch in 1...50 {
        let got = dataset.values(ofExample: 0, augmentedBy: changes, seed: 1, epoch: epoch)
        for row in 16..<48 {
          for pixel in got[64 * row + 16..<64 * row + 48] { sum += Double(pixel * pixel) }
        }
      }
      return sum / (50 * 32 * 32)
    }
    let affine = "affine:scale=0"
    #expect(abs(try variance("\(affine),elastic") - 4.0 / 9) < 0.05)
    #expect(abs(try variance("elastic,\(affine)") - 4.0 / 9) < 0.05)
    #expect(try variance("\(affine),noise:deviation=0,elastic") < 0.35)
    #expect(try variance("elastic,elastic") < 0.35)
  }

  @Test func `an example's changes depend on seed, epoch and number alone`() throws {
    let dataset = Self.dataset(Self.ramp, copies: 3)
    let all = try Augmentation("time-warp,scaling,noise")
    func values(_ example: Int, _ seed: UInt64, _ epoch: Int) -> [Float] {
      dataset.values(ofExample: example, augmentedBy: all, seed: seed, epoch: epoch)
    }
    #expect(values(1, 2, 3) == values(1, 2, 3))
    let others = [values(1, 2, 3), values(0, 2, 3), values(1, 3, 3), values(1, 2, 4)]
    #expect(Set(others).count == 4)
  }
}
