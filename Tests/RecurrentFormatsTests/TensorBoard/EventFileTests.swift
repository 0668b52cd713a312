import Foundation
import Recurrent
import RecurrentData
import RecurrentTestSupport
import SwiftProtobuf
import Testing

@testable import RecurrentFormats

@Suite("Event files")
struct EventFileTests {
  /// The events of a file, as far as they are whole; checksums must be right.
  private func events(of path: String) throws -> [EventMessage] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var events: [EventMessage] = []
    var place = 0
    func number(_ size: Int, at place: Int) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
    }
    while place + 12 <= bytes.count {
      let length = Int(number(8, at: place))
      let start = place + 12
      guard start + length + 4 <= bytes.count else { break }
      let message = Array(bytes[start..<start + length])
      let head = EventRecord.maskedChecksum(of: Array(bytes[place..<place + 8]))
      #expect(number(4, at: place + 8) == UInt64(head))
      #expect(
        number(4, at: start + length) == UInt64(EventRecord.maskedChecksum(of: message))
      )
      events.append(try EventMessage(serializedBytes: message))
      place = start + length + 4
    }
    return events
  }

  @Test("The checksum is Castagnoli's, masked as TFRecord masks it")
  func checksums() {
    #expect(EventRecord.checksum(of: Array("123456789".utf8)) == 0xe306_9283)
    // RFC 3720, B.4: 32 bytes of zeros, and of ones.
    #expect(EventRecord.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(EventRecord.checksum(of: [UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    // 0xe3069283 turned by 15 bits to the right is 0x2507c60d.
    #expect(EventRecord.maskedChecksum(of: Array("123456789".utf8)) == 0x2507_c60d &+ 0xa282_ead8)
  }

  @Test("What is added is in the file before it is closed, step by step")
  func eventsAreWritten() throws {
    let folder = try TemporaryFolder()
    let board = try EventFile(in: folder.path + "/a/b", firstStep: 4)
    try board.addScalar("cost/training", 0.5, step: 4)
    try board.addHistogram("weights", [1, 2, 2.5, .nan], step: 5, buckets: .uniform(3))
    try board.addImage(
      "mistake",
      GrayscaleImage(width: 2, height: 1, pixels: [0, 255]),
      step: 6
    )
    let events = try events(of: board.path)
    try #require(events.count == 5)
    #expect(events[0].fileVersion == "brain.Event:2")
    #expect(events[1].sessionLog.status == .start && events[1].step == 4)
    #expect(events[2].summary.value.first?.tag == "cost/training")
    #expect(events[2].summary.value.first?.simpleValue == 0.5 && events[2].step == 4)
    let histogram = try #require(events[3].summary.value.first?.histo)
    #expect(histogram.bucketLimit == [1.5, 2, 2.5] && histogram.bucket == [1, 0, 2])
    #expect(histogram.num == 3 && histogram.sum == 5.5 && histogram.sumSquares == 11.25)
    #expect(histogram.min == 1 && histogram.max == 2.5)
    let image = try #require(events[4].summary.value.first?.image)
    #expect(image.width == 2 && image.height == 1 && image.colorspace == 1)
    let decoded = try GrayscaleImage(
      pngFile: folder.write([UInt8](image.encodedImageString), as: "image.png")
    )
    #expect(decoded.pixels == [0, 255])
    try board.close()
    try board.close()
    #expect(abs(events[0].wallTime - Date().timeIntervalSince1970) < 60)
  }

  @Test("TensorFlow's buckets grow by a tenth and are the same on both sides of 0")
  func exponentialBuckets() {
    let values: [Float] = [-3, -1e-13, 0, 1e-13, 0.5, 3e25]
    let histogram = HistogramBuckets.exponential.histogram(of: values)
    #expect(histogram.bucket.reduce(0, +) == 6 && histogram.num == 6)
    #expect(histogram.bucketLimit.last == .greatestFiniteMagnitude)
    #expect(histogram.bucketLimit == histogram.bucketLimit.sorted())
    var lower = -Double.infinity
    var within: [Double] = []
    for (limit, count) in zip(histogram.bucketLimit, histogram.bucket) {
      within.append(Double(values.count { Double($0) >= lower && Double($0) < limit }))
      #expect(within.last == count)
      lower = limit
    }
    // Empty neighbours are one bucket.
    #expect(zip(histogram.bucket, histogram.bucket.dropFirst()).allSatisfy { $0 > 0 || $1 > 0 })
    #expect(histogram.bucket.first == 1 && histogram.bucket.last == 1)
    let close = HistogramBuckets.exponential.histogram(of: [1e-13, 1.05e-12, 1.2e-12, 1.3e-12])
    #expect(close.bucket == [1, 1, 1, 1] && close.bucketLimit[0] == 1e-12)
    for (a, b) in zip(close.bucketLimit, close.bucketLimit.dropFirst()) {
      #expect(abs(b / a - 1.1) < 1e-12)
    }
  }

  @Test("A histogram of one number, of none, and of what is not finite", arguments: [1, 30])
  func degenerateHistograms(count: Int) {
    let one = HistogramBuckets.uniform(count).histogram(of: [2, 2, .infinity])
    #expect(one.bucketLimit == [2] && one.bucket == [2] && one.min == 2 && one.max == 2)
    for buckets in [HistogramBuckets.exponential, .uniform(count)] {
      #expect(buckets.histogram(of: [.nan, -.infinity]) == EventHistogramMessage())
      #expect(buckets.histogram(of: []) == EventHistogramMessage())
    }
  }

  @Test("A later file's name comes after those that are there, whatever the clock says")
  func namesAreInOrder() throws {
    let folder = try TemporaryFolder()
    try folder.write([], as: "events.out.tfevents.4000000000.elsewhere")
    try folder.write([], as: "events.out.tfevents.99999999999999999999.elsewhere")
    let paths = try (0..<3).map { _ in try EventFile(in: folder.path).path }
    #expect(paths == paths.sorted() && Set(paths).count == 3)
    #expect(paths[0].hasPrefix(folder.path + "/events.out.tfevents.4000000001."))
  }

  @Test("A folder that cannot be is refused in one line")
  func badFolder() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write([1], as: "file")
    #expect {
      _ = try EventFile(in: file)
    } throws: { error in
      "\(error)"
        == "\(file): the folder for events cannot be made; choose a folder you may write to"
    }
  }
}
