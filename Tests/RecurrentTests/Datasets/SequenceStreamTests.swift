import Recurrent
import RecurrentTestSupport
import Testing

struct SequenceStreamTests {
  /// Every step of every document is in exactly one window, in order within its lane.
  private func expectWhole(_ documents: [Range<Int>], window: Int, lanes: Int) throws {
    let (starts, lengths, stream) = try #require(
      SequenceStream.windows(of: documents, window: window, lanes: lanes)
    )
    #expect(starts.count.isMultiple(of: lanes) && lengths.allSatisfy { 1...window ~= $0 })
    var seen: [Int] = []
    for lane in 0..<lanes {
      var end: Int?
      for index in Swift.stride(from: lane, to: starts.count, by: lanes) {
        let isStart = documents.contains { $0.lowerBound == starts[index] }
        #expect(stream.beginnings[index] == (isStart || end == nil))
        if !stream.beginnings[index] { #expect(starts[index] == end) }
        let document = try #require(documents.first { $0.contains(starts[index]) })
        #expect(starts[index] + lengths[index] < document.upperBound)
        end = starts[index] + lengths[index]
        seen += starts[index]..<starts[index] + lengths[index]
      }
    }
    #expect(seen.sorted() == documents.flatMap { $0.dropLast() })
  }

  @Test func `windows cover every step once`() throws {
    var numbers = SeededNumbers(12)
    try expectWhole([0..<100], window: 10, lanes: 1)
    try expectWhole([0..<100], window: 7, lanes: 9)
    try expectWhole([0..<100], window: 1, lanes: 99)
    for _ in 0..<50 {
      var documents: [Range<Int>] = []
      var start = 0
      for _ in 0..<numbers.integer(in: 1...12) {
        let end = start + numbers.integer(in: 0...60)
        documents.append(start..<end)
        start = end
      }
      let steps = documents.reduce(0) { $0 + max($1.count - 1, 0) }
      guard steps >= 8 else { continue }
      let (window, lanes) = (numbers.integer(in: 3...20), numbers.integer(in: 1...4))
      guard SequenceStream.windows(of: documents, window: window, lanes: lanes) != nil else {
        continue
      }
      try expectWhole(documents, window: window, lanes: lanes)
    }
  }

  @Test func `a text with fewer steps than lanes has no windows`() {
    #expect(SequenceStream.windows(of: [0..<5], window: 3, lanes: 5) == nil)
    #expect(SequenceStream.windows(of: [], window: 3, lanes: 1) == nil)
    #expect(SequenceStream.windows(of: [0..<1, 1..<2], window: 3, lanes: 1) == nil)
  }

  @Test func `part of a stream begins anew`() throws {
    let text = TokenText([UInt16](repeating: 0, count: 41), vocabulary: ["a"])
    let dataset = try #require(SequenceDataset.nextTokens(of: text, window: 5, lanes: 4))
    #expect(
      dataset.count == 8
        && dataset.stream?.beginnings == [true, true, true, true] + [false, false, false, false]
    )
    let part = dataset.slice(4..<8)
    #expect(part.stream?.beginnings == [true, true, true, true])
    #expect(part.values(ofExample: 0) == [1, 1, 1, 1, 1])
  }
}
