import Recurrent

/// What an HDF5 group holds: names of objects, and where they are.
///
/// Sources: sections III.A.1 (version 1 B-trees), III.B (symbol table nodes), III.D (local heaps),
/// IV.A.2.c (link info) and IV.A.2.g (links).
struct HDF5Group {
  /// The objects' names and addresses.
  private(set) var links: [(name: String, address: Int)] = []

  /// Reads a group; nil if the object is none.
  ///
  /// `budget` is how many nodes and names may still be looked at.
  init?(
    _ header: HDF5ObjectHeader,
    of bytes: HDF5Bytes,
    budget: inout Int
  ) throws(FileError) {
    if let table = try header.only(.symbolTable) {
      let heap = try LocalHeap(at: bytes.number(table.lowerBound + 8, 8), of: bytes)
      try readNode(
        at: bytes.number(table.lowerBound, 8),
        level: nil,
        names: heap,
        of: bytes,
        &budget
      )
      return
    }
    let messages = try header.all(.link)
    guard let info = try header.only(.linkInfo) else {
      if messages.isEmpty { return nil }
      throw bytes.problem("has links outside a group", at: messages[0].lowerBound)
    }
    let isCounted = try bytes.number(info.lowerBound + 1, 1) & 1 != 0
    guard try bytes.address(info.lowerBound + (isCounted ? 10 : 2)) == nil else {
      throw bytes.problem(
        "keeps a group's names in a way that is not read (a fractal heap)",
        at: info.lowerBound
      )
    }
    for message in messages { links.append(try Self.link(message, of: bytes)) }
  }

  /// The part of a local heap that holds names.
  private struct LocalHeap {
    let bytes: HDF5Bytes
    let data: Range<Int>

    init(at address: Int, of bytes: HDF5Bytes) throws(FileError) {
      try bytes.expect("HEAP", at: address)
      self.bytes = bytes
      let length = try bytes.number(address + 8, 8)
      data = try bytes.slice(bytes.number(address + 24, 8), length).indices
    }

    func name(at offset: Int) throws(FileError) -> String {
      guard offset <= data.count else {
        throw bytes.problem("has a name outside its heap", at: data.lowerBound)
      }
      return try bytes.text(data.lowerBound + offset, before: data.upperBound)
    }
  }

  /// Reads a node of the tree, and those below it; a node's level is one less than its parent's.
  private mutating func readNode(
    at address: Int,
    level: Int?,
    names: LocalHeap,
    of bytes: HDF5Bytes,
    _ budget: inout Int
  ) throws(FileError) {
    budget -= 1
    guard budget > 0 else { throw bytes.problem("has too many groups or names", at: address) }
    try bytes.expect("TREE", at: address)
    let (kind, own) = (try bytes.number(address + 4, 1), try bytes.number(address + 5, 1))
    guard kind == 0, own < 16, level.map({ $0 == own + 1 }) ?? true else {
      throw bytes.problem("has a damaged tree of names", at: address)
    }
    for entry in 0..<(try bytes.number(address + 6, 2)) {
      // A key before each child, and one behind the last.
      let child = try bytes.number(address + 24 + 16 * entry + 8, 8)
      if own > 0 {
        try readNode(at: child, level: own, names: names, of: bytes, &budget)
      } else {
        try readSymbols(at: child, names: names, of: bytes, &budget)
      }
    }
  }

  private mutating func readSymbols(
    at address: Int,
    names: LocalHeap,
    of bytes: HDF5Bytes,
    _ budget: inout Int
  ) throws(FileError) {
    try bytes.expect("SNOD", at: address)
    for symbol in 0..<(try bytes.number(address + 6, 2)) {
      budget -= 1
      guard budget > 0 else { throw bytes.problem("has too many groups or names", at: address) }
      let entry = address + 8 + 40 * symbol
      let name = try names.name(at: bytes.number(entry, 8))
      guard try bytes.number(entry + 16, 4) < 2 else {
        throw bytes.problem(
          "has a symbolic link '\(name.prefix(60))', which is not read",
          at: entry
        )
      }
      links.append((name, try bytes.number(entry + 8, 8)))
    }
  }

  private static func link(
    _ message: Range<Int>,
    of bytes: HDF5Bytes
  ) throws(FileError) -> (name: String, address: Int) {
    let flags = try bytes.number(message.lowerBound + 1, 1)
    var place = message.lowerBound + 2
    var kind = 0
    if flags & 8 != 0 {
      kind = try bytes.number(place, 1)
      place += 1
    }
    if flags & 4 != 0 { place += 8 }
    if flags & 16 != 0 { place += 1 }
    let width = 1 << (flags & 3)
    let length = try bytes.number(place, width)
    place += width
    guard length <= 1024, place + length + 8 <= message.upperBound,
      let name = String(validating: try bytes.slice(place, length), as: UTF8.self)
    else { throw bytes.problem("has a damaged link", at: message.lowerBound) }
    guard kind == 0 else {
      throw bytes.problem(
        "has a symbolic link '\(name.prefix(60))', which is not read",
        at: message.lowerBound
      )
    }
    return (name, try bytes.number(place + length, 8))
  }
}
