import Recurrent

/// The chunks of a PNG file, cut apart and checked, as far as they decide about its pixels.
struct PNGChunks: Sendable {
  /// The eight bytes every PNG file begins with.
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The chunk IHDR.
  let header: PNGHeader
  /// The chunk PLTE: red, green, blue of up to 256 colours; empty if there is none.
  private(set) var palette: [UInt8] = []
  /// The chunk tRNS: what is transparent; empty if there is none.
  private(set) var transparency: [UInt8] = []
  /// All chunks IDAT together: the compressed rows.
  private(set) var compressed: [UInt8] = []

  /// Cuts a file's content into its chunks.
  ///
  /// - Throws: An error if it is no PNG file, breaks off, has a wrong checksum or chunks that do
  ///   not fit together.
  init(_ content: [UInt8], file: String) throws(FileError) {
    guard content.starts(with: Self.signature) else {
      throw Self.foreignFormat(content, file)
    }
    var reader = ChunkReader(content: content, file: file, position: Self.signature.count)
    let first = try reader.next()
    guard first.type == "IHDR" else {
      throw FileError("does not begin with its header", file: file, byteOffset: first.offset)
    }
    header = try PNGHeader(content[first.data], file: file, offset: first.data.lowerBound)

    var previous = first.type
    while previous != "IEND" {
      let chunk = try reader.next()
      let data = content[chunk.data]
      switch chunk.type {
      case "IEND": break
      case "PLTE":
        guard palette.isEmpty && compressed.isEmpty && !data.isEmpty && data.count <= 768,
          data.count % 3 == 0
        else { throw Self.misplaced(chunk, file) }
        palette = Array(data)
      case "tRNS":
        guard transparency.isEmpty && compressed.isEmpty && !data.isEmpty && data.count <= 256
        else { throw Self.misplaced(chunk, file) }
        transparency = Array(data)
      case "IDAT":
        guard compressed.isEmpty || previous == "IDAT" else { throw Self.misplaced(chunk, file) }
        compressed += data
      default:
        // A capital first letter marks a chunk that cannot be left out.
        let isCritical = chunk.type.utf8.first.map { $0 & 0x20 == 0 } ?? true
        if isCritical { throw Self.misplaced(chunk, file) }
      }
      previous = chunk.type
    }
    try checkTogether(file)
  }

  private func checkTogether(_ file: String) throws(FileError) {
    let fits =
      switch header.colorType {
      case .grayscale: transparency.isEmpty || transparency.count == 2
      case .rgb: transparency.isEmpty || transparency.count == 6
      case .palette: !palette.isEmpty && transparency.count <= palette.count / 3
      case .grayscaleAlpha, .rgba: transparency.isEmpty
      }
    guard fits else {
      throw FileError("its palette or transparency does not fit its colour type", file: file)
    }
    guard !compressed.isEmpty else { throw FileError("holds no pixels", file: file) }
  }

  private static func misplaced(_ chunk: ChunkReader.Chunk, _ file: String) -> FileError {
    FileError(
      "has a part \(chunk.type) that is unknown, misplaced or of a wrong size",
      file: file,
      byteOffset: chunk.offset
    )
  }

  private static func foreignFormat(_ content: [UInt8], _ file: String) -> FileError {
    if content.isEmpty { return FileError("is empty", file: file) }
    let known: [(start: [UInt8], name: String)] = [
      ([0xff, 0xd8, 0xff], "a JPEG picture"), (Array("GIF8".utf8), "a GIF picture"),
      (Array("BM".utf8), "a BMP picture"), (Array("RIFF".utf8), "a WebP picture"),
      (Array("%PDF".utf8), "a PDF document"), (Array("<".utf8), "text such as SVG or HTML"),
      ([0x49, 0x49, 0x2a, 0], "a TIFF picture"), ([0x4d, 0x4d, 0, 0x2a], "a TIFF picture"),
    ]
    let name = known.first { content.starts(with: $0.start) }?.name ?? "something else"
    return FileError("is \(name), not PNG", file: file, advice: "save the picture as PNG")
  }
}

/// Walks over the chunks of a PNG file.
private struct ChunkReader {
  struct Chunk {
    let type: String
    /// Where the chunk begins, and where its data lie; both are inside the content.
    let offset: Int
    let data: Range<Int>
  }

  let content: [UInt8]
  let file: String
  var position: Int

  /// Returns the next chunk, whole and with a right checksum.
  mutating func next() throws(FileError) -> Chunk {
    // Length, type and checksum take 12 bytes beside the data.
    guard content.count - position >= 12 else { throw incomplete }
    let length = number(at: position)
    guard length <= content.count - position - 12 else { throw incomplete }
    let data = position + 8..<position + 8 + length
    let type = content[position + 4..<position + 8]
    guard type.allSatisfy({ $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") })
    else {
      throw FileError("is damaged: a part has no name", file: file, byteOffset: position + 4)
    }
    let name = String(decoding: type, as: UTF8.self)
    let checked = content[position + 4..<data.upperBound]
    guard CRC32.checksum(of: checked) == number(at: data.upperBound) else {
      throw FileError(
        "is damaged: part \(name) has a wrong checksum",
        file: file,
        byteOffset: position
      )
    }
    defer { position = data.upperBound + 4 }
    return Chunk(type: name, offset: position, data: data)
  }

  private var incomplete: FileError {
    FileError("is incomplete: the picture breaks off", file: file, byteOffset: content.count)
  }

  private func number(at offset: Int) -> Int {
    content[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
