import Recurrent
import RecurrentData

/// The chunks of an array, each a box of its elements, perhaps shuffled and deflated.
///
/// Sources: sections III.A.1 (version 1 B-trees of chunks), IV.A.2.i (layout, version 3) and IV.A.2.l
/// (filters); a shuffle puts the first bytes of all elements together, then the second ones.
struct HDF5Chunks: Sendable {
  private enum Filter: Int {
    case deflate = 1
    case shuffle = 2
  }

  private struct Chunk {
    var origin: [Int]
    var stored: Range<Int>
    var skippedFilters: Int
  }

  private let shape: [Int]
  private let width: Int
  private let tree: Int
  private let extents: [Int]
  /// The bytes of a chunk, and of the array.
  private let (chunkSize, size): (Int, Int)
  /// How many bytes of the file the chunks take at least.
  var leastStoredSize: Int { size / InflateStream.greatestExpansion }
  /// The filters in the order in which they were applied.
  private let filters: [Filter]

  /// No array of more bytes than this is put together, nor one of more chunks.
  private static let (sizeLimit, chunkLimit) = (1 << 31, 1 << 20)

  /// Reads a layout message.
  init(
    _ place: Int,
    shape: [Int],
    width: Int,
    filters: Range<Int>?,
    of bytes: HDF5Bytes
  ) throws(FileError) {
    let rank = try bytes.number(place + 2, 1) - 1
    guard let tree = try bytes.address(place + 3), rank == shape.count, rank > 0 else {
      throw bytes.problem("has an array of chunks that do not fit", at: place)
    }
    var extents: [Int] = []
    for axis in 0..<rank { extents.append(try bytes.number(place + 11 + 4 * axis, 4)) }
    let element = try bytes.number(place + 11 + 4 * rank, 4)
    func product(_ factors: [Int]) -> Int? {
      factors.reduce(width) { product, factor in
        product.flatMap {
          let next = $0.multipliedReportingOverflow(by: factor)
          return next.overflow || next.partialValue > Self.sizeLimit ? nil : next.partialValue
        }
      }
    }
    guard element == width, extents.allSatisfy({ $0 > 0 }), let chunkSize = product(extents),
      let size = product(shape)
    else { throw bytes.problem("has an array of chunks that do not fit", at: place) }
    (self.shape, self.width, self.tree, self.extents) = (shape, width, tree, extents)
    (self.chunkSize, self.size) = (chunkSize, size)
    self.filters =
      try filters.map { message throws(FileError) in
        try Self.filters(message, of: bytes)
      } ?? []
  }

  private static func filters(
    _ message: Range<Int>,
    of bytes: HDF5Bytes
  ) throws(FileError) -> [Filter] {
    let version = try bytes.number(message.lowerBound, 1)
    var place = message.lowerBound + (version == 1 ? 8 : 2)
    var filters: [Filter] = []
    for _ in 0..<(try bytes.number(message.lowerBound + 1, 1)) {
      let kind = try bytes.number(place, 2)
      guard (1...2).contains(version), place + 8 <= message.upperBound,
        let filter = Filter(rawValue: kind)
      else {
        throw bytes.problem("has an array through the filter \(kind), which is not read", at: place)
      }
      filters.append(filter)
      // These filters' names are left out in version 2.
      let name = version == 1 ? try bytes.number(place + 2, 2) : 0
      let values = try bytes.number(place + (version == 1 ? 6 : 4), 2)
      place += version == 1 ? 8 + (name + 7) / 8 * 8 + 4 * (values + values % 2) : 6 + 4 * values
    }
    return filters
  }

  /// The array's elements as bytes, the last axis running fastest.
  func elements(of bytes: HDF5Bytes) throws(FileError) -> [UInt8] {
    if size == 0 { return [] }
    var chunks: [Chunk] = []
    try readNode(at: tree, level: nil, of: bytes, &chunks)
    let grid = zip(shape, extents).map { ($0 + $1 - 1) / $1 }
    let places = Set(chunks.map(\.origin))
    let stored = chunks.reduce(0) { $0 + $1.stored.count }
    guard chunks.count == places.count, chunks.count == grid.reduce(1, *),
      stored <= bytes.count, filters.contains(.deflate) || stored >= size
    else { throw bytes.problem("lacks chunks of an array, or has some twice", at: tree) }
    guard
      size <= stored.multipliedReportingOverflow(by: InflateStream.greatestExpansion).partialValue
    else { throw bytes.problem("claims more elements than its chunks can have", at: tree) }
    var elements = [UInt8](repeating: 0, count: size)
    for chunk in chunks { copy(try unfiltered(chunk, of: bytes), of: chunk, to: &elements) }
    return elements
  }

  private func readNode(
    at address: Int,
    level: Int?,
    of bytes: HDF5Bytes,
    _ chunks: inout [Chunk]
  ) throws(FileError) {
    try bytes.expect("TREE", at: address)
    let (kind, own) = (try bytes.number(address + 4, 1), try bytes.number(address + 5, 1))
    let entries = try bytes.number(address + 6, 2)
    guard kind == 1, own < 16, level.map({ $0 == own + 1 }) ?? true, entries > 0 else {
      throw bytes.problem("has a damaged tree of chunks", at: address)
    }
    let keySize = 8 + 8 * (shape.count + 1)
    for entry in 0..<entries {
      let key = address + 24 + (keySize + 8) * entry
      let child = try bytes.number(key + keySize, 8)
      if own > 0 {
        try readNode(at: child, level: own, of: bytes, &chunks)
        continue
      }
      var origin: [Int] = []
      for axis in shape.indices {
        let offset = try bytes.number(key + 8 + 8 * axis, 8)
        guard offset < shape[axis], offset.isMultiple(of: extents[axis]) else {
          throw bytes.problem("has a chunk outside its array", at: key)
        }
        origin.append(offset)
      }
      let stored = try bytes.slice(child, try bytes.number(key, 4)).indices
      chunks.append(
        Chunk(origin: origin, stored: stored, skippedFilters: try bytes.number(key + 4, 4))
      )
      guard chunks.count <= Self.chunkLimit else {
        throw bytes.problem("has an array of too many chunks", at: address)
      }
    }
  }

  private func unfiltered(_ chunk: Chunk, of bytes: HDF5Bytes) throws(FileError) -> [UInt8] {
    var data = Array(bytes.content[chunk.stored])
    for (index, filter) in filters.enumerated().reversed()
    where chunk.skippedFilters >> index & 1 == 0 {
      switch filter {
      case .deflate:
        guard chunkSize <= data.count * InflateStream.greatestExpansion else {
          throw bytes.problem("claims more elements than its chunks can have", at: tree)
        }
        data = try InflateStream(data, wrapping: .zlib, file: bytes.path).read(chunkSize)
      case .shuffle:
        let count = data.count / width
        guard count * width == data.count else { break }
        data = (0..<data.count).map { data[$0 % width * count + $0 / width] }
      }
    }
    guard data.count == chunkSize else {
      throw bytes.problem(
        "has a chunk of another size than its array's",
        at: chunk.stored.lowerBound
      )
    }
    return data
  }

  /// Copies the part of a chunk that lies within the array, run by run along the last axis.
  private func copy(_ data: [UInt8], of chunk: Chunk, to elements: inout [UInt8]) {
    let last = shape.count - 1
    let counts = shape.indices.map { min(extents[$0], shape[$0] - chunk.origin[$0]) }
    let run = counts[last] * width
    for row in 0..<counts[..<last].reduce(1, *) {
      // The row's place in the chunk and in the array, from the last axis but one outwards.
      var (rest, source, target) = (row, 0, chunk.origin[last] * width)
      var (sourceStride, targetStride) = (extents[last] * width, shape[last] * width)
      for axis in stride(from: last - 1, through: 0, by: -1) {
        let index = rest % counts[axis]
        rest /= counts[axis]
        source += index * sourceStride
        target += (chunk.origin[axis] + index) * targetStride
        sourceStride *= extents[axis]
        targetStride *= shape[axis]
      }
      elements.replaceSubrange(target..<target + run, with: data[source..<source + run])
    }
  }
}
