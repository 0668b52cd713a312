import Recurrent

/// The messages of an HDF5 object, which together say what it is.
///
/// Source: sections IV.A.1.a and IV.A.1.b, versions 1 and 2 of an object header.
struct HDF5ObjectHeader {
  /// The kinds of messages that are read, by their numbers.
  enum Kind: Int {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case link = 0x06
    case layout = 0x08
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
  }

  /// A message's place, and whether it is only told where to find it.
  private struct Message {
    var kind: Kind
    var data: Range<Int>
    var isShared: Bool
  }

  /// No object has more parts or messages than this.
  private static let (blockLimit, messageLimit) = (256, 65_536)

  /// How many messages there are, of whatever kind.
  private(set) var count = 0
  private var messages: [Message] = []
  private let bytes: HDF5Bytes

  /// Reads the header of the object at an address.
  init(at address: Int, of bytes: HDF5Bytes) throws(FileError) {
    self.bytes = bytes
    // A part of version 2 has a signature before and a checksum behind its messages.
    var blocks: [Range<Int>]
    let prefix: Int
    if try bytes.slice(address, 4).elementsEqual("OHDR".utf8) {
      let flags = try bytes.number(address + 5, 1)
      guard try bytes.number(address + 4, 1) == 2 else {
        throw bytes.problem("has an object of a version that is not read", at: address)
      }
      let sizes = address + 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
      let width = 1 << (flags & 3)
      let start = sizes + width
      blocks = [start..<(start + (try bytes.slice(start, try bytes.number(sizes, width)).count))]
      prefix = flags & 4 == 0 ? 4 : 6
    } else {
      guard try bytes.number(address, 1) == 1 else {
        throw bytes.problem("has no object where one should be", at: address)
      }
      let length = try bytes.number(address + 8, 4)
      blocks = [address + 16..<(address + 16 + (try bytes.slice(address + 16, length).count))]
      prefix = 8
    }
    var next = 0
    while next < blocks.count {
      try readMessages(of: blocks[next], prefix: prefix, &blocks)
      next += 1
      guard blocks.count <= Self.blockLimit, count <= Self.messageLimit else {
        throw bytes.problem("has an object of too many parts", at: address)
      }
    }
  }

  private mutating func readMessages(
    of block: Range<Int>,
    prefix: Int,
    _ blocks: inout [Range<Int>]
  ) throws(FileError) {
    var place = block.lowerBound
    while place + prefix <= block.upperBound {
      let isOld = prefix == 8
      let kind = try bytes.number(place, isOld ? 2 : 1)
      let length = try bytes.number(place + (isOld ? 2 : 1), 2)
      let flags = try bytes.number(place + (isOld ? 4 : 3), 1)
      let data = place + prefix..<place + prefix + length
      guard data.upperBound <= block.upperBound else {
        throw bytes.problem("has a message that is longer than its object", at: place)
      }
      place = data.upperBound
      count += 1
      guard let kind = Kind(rawValue: kind) else { continue }
      if kind == .continuation {
        let start = try bytes.number(data.lowerBound, 8)
        let part = try bytes.slice(start, try bytes.number(data.lowerBound + 8, 8)).indices
        if isOld {
          blocks.append(part)
        } else {
          try bytes.expect("OCHK", at: start)
          guard part.count >= 8 else { throw bytes.problem("has too short an object", at: start) }
          blocks.append(start + 4..<part.upperBound - 4)
        }
      } else {
        messages.append(Message(kind: kind, data: data, isShared: flags & 2 != 0))
      }
    }
  }

  /// Where the messages of a kind are.
  func all(_ kind: Kind) throws(FileError) -> [Range<Int>] {
    let found = messages.filter { $0.kind == kind }
    if let shared = found.first(where: \.isShared) {
      throw bytes.problem("keeps a message apart from its object", at: shared.data.lowerBound)
    }
    return found.map(\.data)
  }

  /// Where the one message of a kind is, if there is one.
  func only(_ kind: Kind) throws(FileError) -> Range<Int>? {
    let found = try all(kind)
    guard found.count <= 1 else {
      throw bytes.problem("says twice what an object is", at: found[1].lowerBound)
    }
    return found.first
  }
}
