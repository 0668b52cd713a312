@testable import RecurrentData

/// Files like MNIST's with few images, each class a bright band of rows at a height of its own.
struct SmallImages {
  /// The content of the four files, by the name they were published under.
  var files: [String: [UInt8]] = [:]

  init(trainingCount: Int = 300, testCount: Int = 50) {
    for (part, count) in [("train", trainingCount), ("t10k", testCount)] {
      files["\(part)-images-idx3-ubyte"] = Self.content(
        dimensions: [count, 28, 28],
        (0..<count).flatMap(Self.pixels)
      )
      files["\(part)-labels-idx1-ubyte"] = Self.content(
        dimensions: [count],
        (0..<count).map { UInt8($0 % 10) }
      )
    }
  }

  /// Writes the four files into a folder, with their names changed or compressed as published.
  func write(to folder: String, in workbench: Workbench, compressed: Bool = false) throws {
    for (name, content) in files {
      let bytes = compressed ? Self.gzip(content) : content
      try workbench.write(bytes, to: "\(folder)/\(name)\(compressed ? ".gz" : "")")
    }
  }

  /// A picture of a class; the bands are two rows high and their grey differs a little.
  static func pixels(ofExample index: Int) -> [UInt8] {
    let top = 4 + 2 * (index % 10)
    return (0..<28).flatMap { row in
      let shade = UInt8(200 + index * 7 % 56)
      return (0..<28).map { (top..<top + 2).contains(row) && (4..<24).contains($0) ? shade : 0 }
    }
  }

  /// The content of an IDX file.
  static func content(dimensions: [Int], _ bytes: [UInt8]) -> [UInt8] {
    IDXFile(dimensions: dimensions, bytes: bytes).header + bytes
  }

  /// One gzip member, made by hand from a zlib stream.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    func littleEndian(_ number: Int) -> [UInt8] {
      [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
    let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    // A zlib stream has 2 bytes before the deflated data and 4 after them.
    let deflated = PNGEncoder.deflated(bytes).dropFirst(2).dropLast(4)
    return header + deflated + littleEndian(CRC32.checksum(of: bytes[...]))
      + littleEndian(bytes.count)
  }
}
