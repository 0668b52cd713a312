import SwiftProtobuf
import Testing

@testable import RecurrentFormats

@Suite("Protobuf messages")
struct MessageTests {
  @Test("What a message does not know of is kept")
  func unknownFieldsAreKept() throws {
    // Field 99, a varint, which no model has.
    let bytes: [UInt8] = [0x08, 0x08, 0x98, 0x06, 0x07]
    let model = try ONNXModelMessage(serializedBytes: bytes)
    #expect(model.irVersion == 8)
    let written: [UInt8] = try model.serializedBytes()
    #expect(written == bytes)
  }
}
