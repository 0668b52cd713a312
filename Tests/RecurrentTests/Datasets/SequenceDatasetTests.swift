import Recurrent
import RecurrentTestSupport
import Testing

struct SequenceDatasetTests {
  private let bytes = SequenceDataset(
    elements: .bytes(Array(0..<24), scale: 0.5),
    labels: [0, 1, 1, 0],
    steps: 3,
    features: 2,
    classNames: ["no", "yes"]
  )

  @Test func `bytes are scaled`() {
    #expect(bytes.count == 4)
    #expect(bytes.values(ofExample: 1) == [3, 3.5, 4, 4.5, 5, 5.5])
    #expect(bytes.tensor(at: [3, 1]).shape == [2, 3, 2])
    #expect(
      bytes.tensor(at: [3, 1]).elements == bytes.values(ofExample: 3) + bytes.values(ofExample: 1)
    )
  }

  @Test func `every byte has the same value alone and in a batch`() {
    let all = SequenceDataset(
      elements: .bytes((0...255).map { UInt8($0) }, scale: 1 / 255),
      labels: [0],
      steps: 16,
      features: 16,
      classNames: ["only"]
    )
    #expect(haveSameBits(all.values(ofExample: 0), all.tensor(at: [0]).elements))
    #expect(haveSameBits(all.values(ofExample: 0), (0...255).map { Float($0) * (1 / 255) }))
  }

  @Test func `floats stay as they are`() {
    let floats = SequenceDataset(
      elements: .floats([1, 2, 3, 4, 5, 6]),
      labels: [0, 0, 0],
      steps: 1,
      features: 2,
      classNames: ["only"]
    )
    #expect(floats.values(ofExample: 2) == [5, 6])
    #expect(floats.tensor(at: 0..<3).elements == [1, 2, 3, 4, 5, 6])
    #expect(floats.tensor(at: [2, 2, 0]).elements == [5, 6, 5, 6, 1, 2])
  }

  @Test func `a slice holds the examples of its range`() {
    let slice = bytes.slice(1..<3)
    #expect(slice.count == 2)
    #expect(slice.labels == [1, 1])
    #expect(slice.classNames == bytes.classNames)
    #expect(slice.steps == 3 && slice.features == 2)
    for index in 0..<2 {
      #expect(slice.values(ofExample: index) == bytes.values(ofExample: index + 1))
    }
    #expect(bytes.slice(2..<2).count == 0)
    #expect(bytes.slice(0..<4).values(ofExample: 3) == bytes.values(ofExample: 3))
  }

  @Test func `elements that do not fit trap and say how many are needed`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SequenceDataset(
        elements: .floats([1, 2, 3]),
        labels: [0, 0],
        steps: 2,
        features: 1,
        classNames: ["only"]
      )
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self).contains(
        "a SequenceDataset of 2 examples with 2 steps of 1 features needs 4 elements, got 3"
      )
    )
  }
}
