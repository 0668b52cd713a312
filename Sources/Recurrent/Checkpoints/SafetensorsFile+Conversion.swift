extension SafetensorsFile {
  /// The elements of an array of floats of any width as a tensor, each the nearest float.
  ///
  /// For files of other programs; `tensor(named:)` takes arrays of 32-bit floats only.
  ///
  /// - Throws: `FileError` when there is no such array, or it holds something else than floats.
  package func convertedTensor(named name: String) throws(FileError) -> Tensor {
    guard let entry = entries[name] else { throw problem("has no array named '\(name)'") }
    let convert: (UInt64) -> Float
    switch entry.type {
    case "F32": return try tensor(named: name)
    case "F64": convert = { Float(Double(bitPattern: $0)) }
    case "BF16": convert = { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) }
    case "F16": convert = { Float(halfBits: UInt16(truncatingIfNeeded: $0)) }
    default: throw problem("array '\(name)' has type \(entry.type), and floats are wanted")
    }
    let width = Self.widths[entry.type] ?? 1
    let bytes = entry.bytes
    let elements = stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { start in
      convert((0..<width).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) })
    }
    return Tensor(elements, shape: Shape(entry.shape))
  }
}

extension Float {
  /// The number that IEEE 754's 16 bits of half precision stand for; every one is a float.
  package init(halfBits bits: UInt16) {
    let sign = UInt32(bits >> 15) << 31
    let (exponent, fraction) = (UInt32(bits >> 10) & 0x1F, UInt32(bits) & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    case 0x1F: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
