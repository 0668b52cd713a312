import Foundation
import Recurrent
import Testing

@testable import RecurrentData

/// Feeds the decoder with damaged files; that it returns or throws at all is the test.
struct PNGMutationTests {
  /// How many files are tried; the environment variable RECURRENT_MUTATIONS asks for more.
  static let count =
    ProcessInfo.processInfo.environment["RECURRENT_MUTATIONS"].flatMap { Int($0) } ?? 1_500

  @Test func `damaged files never crash the decoder`() throws {
    var random = RandomStream(seed: 3, purpose: .testing)
    var readCount = 0
    for round in 0..<Self.count {
      let (colorType, depth) = PNGDecoderTests.kinds[round % PNGDecoderTests.kinds.count]
      var fixture = PNGFixture(
        colorType,
        depth: depth,
        isInterlaced: random.nextIndex(below: 2) == 0
      )
      if random.nextIndex(below: 4) == 0 {
        fixture.transparency = [UInt8](repeating: 7, count: random.nextIndex(below: 8))
      }
      let content: [UInt8]
      switch random.nextIndex(below: 3) {
      case 0: content = mutated(fixture.file, &random)
      case 1:
        // What is inside the compressed data, with every checksum right.
        content = fixture.file(
          compressed: PNGEncoder.deflated(mutated(fixture.rows, &random))
        )
      default: content = withChecksums(mutated(fixture.file, &random))
      }
      if let image = try? GrayscaleImage(png: content) {
        readCount += 1
        #expect(image.pixels.count == image.width * image.height)
      }
    }
    // If nothing were read, the damage would not reach beyond the first checks.
    #expect(readCount > Self.count / 50)
  }

  /// Returns `bytes` with some changed, left out or doubled.
  private func mutated(_ bytes: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.nextIndex(below: 4) where !bytes.isEmpty {
      let place = random.nextIndex(below: bytes.count)
      switch random.nextIndex(below: 8) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(UInt8(random.nextIndex(below: 256)), at: place)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 9))
      case 3: bytes[place] = random.nextIndex(below: 2) == 0 ? 0 : 255
      default: bytes[place] = UInt8(random.nextIndex(below: 256))
      }
    }
    return bytes
  }

  /// Returns a damaged file with the checksums of its chunks made right, as far as they lie in it.
  private func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + length
      guard end + 4 <= bytes.count else { break }
      let sum = CRC32.checksum(of: bytes[position + 4..<end])
      for index in 0..<4 {
        bytes[end + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * index))
      }
      position = end + 4
    }
    return bytes
  }
}
