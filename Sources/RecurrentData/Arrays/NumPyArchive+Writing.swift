package import Recurrent

extension NumPyArchive {
  /// The content of a `.npz` file that holds these tensors, stored as they are, in the order of their
  /// names.
  ///
  /// - Precondition: The file takes less than 4 GB, and there are at most 65,535 tensors.
  package static func content(of tensors: [String: Tensor]) -> [UInt8] {
    require(tensors.count <= 0xFFFF, "a .npz file holds at most 65535 arrays, got \(tensors.count)")
    var (content, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let (file, bytes) = (Array("\(name).npy".utf8), npy(tensor))
      let place = content.count
      // Version 2.0 is enough to read it; names are UTF-8; 1 January 1980, so that equal tensors give
      // equal bytes.
      let (size, sum) = (bytes.count, CRC32.checksum(of: bytes[...]))
      let fields =
        little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
        + little(sum, 4) + little(size, 4) + little(size, 4) + little(file.count, 2) + little(0, 2)
      content += little(0x0403_4B50, 4) + fields + file + bytes
      directory +=
        little(0x0201_4B50, 4) + little(20, 2) + fields + little(0, 2) + little(0, 2)
        + little(0, 2) + little(0, 4) + little(place, 4) + file
    }
    require(content.count + directory.count < 0xFFFF_FFFF, "a .npz file takes less than 4 GB")
    let end =
      little(0x0605_4B50, 4) + little(0, 4) + little(tensors.count, 2) + little(tensors.count, 2)
      + little(directory.count, 4) + little(content.count, 4) + little(0, 2)
    return content + directory + end
  }

  /// The content of a `.npy` file of 32-bit floats.
  private static func npy(_ tensor: Tensor) -> [UInt8] {
    let extents = tensor.shape.dimensions.map { "\($0), " }.joined()
    var header = Array(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }".utf8
    )
    // The elements begin on a multiple of 64 bytes, after a line break.
    while (header.count + 11) % 64 != 0 { header.append(UInt8(ascii: " ")) }
    header.append(UInt8(ascii: "\n"))
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    return magic + little(header.count, 2) + header
      + tensor.elements.flatMap { little(Int($0.bitPattern), 4) }
  }

  private static func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
