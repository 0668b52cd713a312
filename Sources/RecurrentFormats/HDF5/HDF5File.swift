import Recurrent

/// The arrays of an HDF5 file by their paths, such as "layers/lstm/cell/vars/0".
///
/// What HDF5's library writes by default is read, and what it writes when asked for its latest version,
/// as far as groups are small: superblocks of versions 0 to 3, groups of either kind, arrays of floats.
///
/// Source: The HDF Group, "HDF5 File Format Specification Version 3.0", section II.A for the superblock.
struct HDF5File: Sendable {
  /// The arrays by their paths, without a slash before them.
  private(set) var datasets: [String: HDF5Dataset] = [:]
  private let bytes: HDF5Bytes
  private let root: Int

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Groups are nested at most so deep; all together have at most so many
  /// nodes, names and messages.
  private static let (depthLimit, nodeLimit) = (24, 1_000_000)

  /// Whether a file's content begins as an HDF5 file.
  static func isBeginning(of content: [UInt8]) -> Bool { content.starts(with: signature) }

  /// Reads the directory of a file's content; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is damaged, or of a kind that is not read.
  init(_ content: [UInt8], path: String) throws(FileError) {
    bytes = HDF5Bytes(content: content, path: path)
    guard Self.isBeginning(of: content) else {
      throw bytes.problem("is no HDF5 file: it does not begin as one")
    }
    let version = try bytes.number(8, 1)
    guard version <= 3 else {
      throw bytes.problem("is an HDF5 file of version \(version), which is not read")
    }
    let isOld = version < 2
    let widths = try bytes.slice(isOld ? 13 : 9, 2)
    let base = (isOld ? 24 : 12) + (version == 1 ? 4 : 0)
    guard widths.elementsEqual([8, 8]), try bytes.number(base, 8) == 0 else {
      throw bytes.problem("is an HDF5 file of a kind that is not read")
    }
    guard try bytes.number(base + 16, 8) <= content.count else {
      throw bytes.problem("is an HDF5 file that breaks off", at: content.count)
    }
    // The root group's address: of old files behind its name in a symbol table entry.
    root = try bytes.number(isOld ? base + 40 : base + 24, 8)
    try readTree()
  }

  /// A text that the root group carries; nil if it has none of this name.
  func rootText(named name: String) throws(FileError) -> String? {
    try HDF5Attribute.text(named: name, HDF5ObjectHeader(at: root, of: bytes), of: bytes)
  }

  private mutating func readTree() throws(FileError) {
    var objects = [(name: "", address: root, depth: 0)]
    var (seen, budget, stored): (Set<Int>, Int, Int) = ([root], Self.nodeLimit, 0)
    while let (name, address, depth) = objects.popLast() {
      let header = try HDF5ObjectHeader(at: address, of: bytes)
      budget -= header.count
      guard budget > 0 else { throw bytes.problem("has too many objects", at: address) }
      guard let group = try HDF5Group(header, of: bytes, budget: &budget) else {
        guard let dataset = try HDF5Dataset(header, of: bytes) else { continue }
        stored += dataset.storedSize
        // Arrays that lie over one another would take more memory than the file is long.
        guard stored <= bytes.count, datasets.updateValue(dataset, forKey: name) == nil else {
          throw bytes.problem("has arrays that share a name or a place", at: address)
        }
        continue
      }
      guard depth < Self.depthLimit else {
        throw bytes.problem("nests groups too deep", at: address)
      }
      for link in group.links {
        guard !link.name.isEmpty, !link.name.contains("/"), seen.insert(link.address).inserted
        else {
          throw bytes.problem("has a group that holds itself, or an object twice", at: link.address)
        }
        objects.append((name.isEmpty ? link.name : "\(name)/\(link.name)", link.address, depth + 1))
      }
    }
  }
}
