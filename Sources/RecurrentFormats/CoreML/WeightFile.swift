import Recurrent

/// A file of weights as a Core ML package has it: numbers in pieces that begin at multiples of 64 bytes,
/// each with a head of 64 bytes that says what it is, after such a head of the file's own.
///
/// Source: coremltools, mlmodel/src/MILBlob/Blob/StorageFormat.hpp, version 2.
struct WeightFile {
  /// How a program names the file.
  static let reference = "@model_path/weights/weight.bin"

  private static let block = 64
  private static let mark: UInt32 = 0xdead_beef
  /// What a head calls floats of 32 bits.
  private static let floatType: UInt32 = 2

  private(set) var bytes: [UInt8]
  private var count: UInt32 = 0

  /// Creates a file without weights.
  init() {
    bytes = [UInt8](repeating: 0, count: Self.block)
    writeHead()
  }

  /// Whether there is nothing in it.
  var isEmpty: Bool { count == 0 }

  /// Adds numbers; returns the place of their head.
  mutating func add(_ numbers: [Float]) -> Int {
    let place = bytes.count
    let start = place + Self.block
    bytes += little(Self.mark) + little(Self.floatType)
    bytes += little(UInt64(numbers.count * 4)) + little(UInt64(start))
    bytes += [UInt8](repeating: 0, count: start - bytes.count)
    for number in numbers { bytes += little(number.bitPattern) }
    bytes += [UInt8](repeating: 0, count: (Self.block - bytes.count % Self.block) % Self.block)
    count += 1
    writeHead()
    return place
  }

  private mutating func writeHead() {
    bytes.replaceSubrange(0..<8, with: little(count) + little(UInt32(2)))
  }

  private func little(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

extension WeightFile {
  /// Returns the floats whose head stands at a place of a file's bytes.
  ///
  /// - Throws: `FileError` where there is none, or not as many as are wanted.
  static func floats(
    at place: UInt64,
    count: Int,
    of bytes: [UInt8],
    file: String
  ) throws(FileError) -> [Float] {
    func problem(_ text: String) -> FileError {
      FileError(text, file: file, byteOffset: Int(clamping: place))
    }
    func number<Number: FixedWidthInteger>(at place: Int, _: Number.Type) -> Number {
      (0..<Number.bitWidth / 8).reduce(0) { $0 | Number(bytes[place + $1]) << Number(8 * $1) }
    }
    guard bytes.count >= 2 * block, number(at: 4, UInt32.self) == 2 else {
      throw FileError("is not a file of weights of version 2", file: file)
    }
    guard place % UInt64(block) == 0, place <= UInt64(bytes.count - block) else {
      throw problem("no weights can begin here")
    }
    let head = Int(place)
    guard number(at: head, UInt32.self) == mark, number(at: head + 4, UInt32.self) == floatType
    else { throw problem("no floats of 32 bits begin here") }
    let (size, start) = (number(at: head + 8, UInt64.self), number(at: head + 16, UInt64.self))
    guard size == UInt64(count) * 4, start <= UInt64(bytes.count),
      size <= UInt64(bytes.count) - start
    else { throw problem("the file ends before its weights, or has others than \(count)") }
    return (0..<count).map {
      Float(bitPattern: number(at: Int(start) + 4 * $0, UInt32.self))
    }
  }
}
