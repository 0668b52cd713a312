/// The bytes of a safetensors file with this header and this many bytes of data.
func safetensorsBytes(header: String, dataCount: Int) -> [UInt8] {
  let text = Array(header.utf8)
  let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return length + text + (0..<dataCount).map { UInt8(truncatingIfNeeded: $0) }
}
