/// Rows of numbers, in memory or in a file that is mapped into memory, so that there may be more of them
/// than memory has room for.
public struct NumberRows: Sendable {
  private enum Storage: Sendable {
    case numbers([Float])
    case file(MappedFile)
  }

  private let storage: Storage
  private let range: Range<Int>
  /// The number of numbers in a row.
  public let columns: Int

  /// The number of rows.
  public var count: Int { range.count }

  /// Whether the rows are read from a file when they are looked at.
  public var isMapped: Bool { if case .file = storage { true } else { false } }

  /// Takes numbers, `[row, column]`.
  ///
  /// - Precondition: There is at least one column, and the numbers fill whole rows.
  public init(_ numbers: [Float], columns: Int) {
    require(
      columns > 0 && numbers.count.isMultiple(of: columns),
      "\(numbers.count) numbers are no whole rows of \(columns)"
    )
    storage = .numbers(numbers)
    range = 0..<numbers.count / columns
    self.columns = columns
  }

  /// Takes the numbers of a file, of 32 bits each as this machine has them in memory, `[row, column]`.
  ///
  /// - Precondition: There is at least one column, and the file has whole rows.
  public init(floatsOf file: MappedFile, columns: Int) {
    require(
      columns > 0 && file.count.isMultiple(of: 4 * columns),
      "a file of \(file.count) bytes has no whole rows of \(columns) numbers"
    )
    storage = .file(file)
    range = 0..<file.count / (4 * columns)
    self.columns = columns
  }

  private init(_ storage: Storage, _ range: Range<Int>, columns: Int) {
    self.storage = storage
    self.range = range
    self.columns = columns
  }

  /// Some of the rows, which share their memory.
  ///
  /// - Precondition: They lie within the rows.
  public func slice(_ part: Range<Int>) -> NumberRows {
    requireWithin(part)
    let first = range.lowerBound
    return NumberRows(
      storage,
      first + part.lowerBound..<first + part.upperBound,
      columns: columns
    )
  }

  /// The numbers of some rows, `[row, column]`.
  ///
  /// - Precondition: They lie within the rows.
  public func numbers(in part: Range<Int>) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: part.count * columns) { target, count in
      if let base = target.baseAddress { unsafe copy(part, into: base) }
      count = part.count * columns
    }
  }

  /// A number.
  ///
  /// - Precondition: There are such a row and such a column.
  @inline(__always)
  public subscript(row: Int, column: Int) -> Float {
    require(
      0..<count ~= row && 0..<columns ~= column,
      "row \(row), column \(column) lies outside \(count) rows of \(columns)"
    )
    let place = (range.lowerBound + row) * columns + column
    return switch storage {
    case .numbers(let numbers): numbers[place]
    case .file(let file): file.float(at: 4 * place)
    }
  }

  /// Writes the numbers of some rows to `target`, which has room for them.
  func copy(_ part: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    requireWithin(part)
    let first = (range.lowerBound + part.lowerBound) * columns
    let size = part.count * columns
    switch storage {
    case .numbers(let numbers):
      unsafe numbers.withUnsafeBufferPointer { numbers in
        guard let base = numbers.baseAddress, size > 0 else { return }
        unsafe target.update(from: base + first, count: size)
      }
    case .file(let file):
      unsafe file.copy(4 * first..<4 * (first + size), into: UnsafeMutableRawPointer(target))
    }
  }

  private func requireWithin(_ part: Range<Int>) {
    require(
      part.lowerBound >= 0 && part.upperBound <= count,
      "rows \(part) lie outside \(count) rows"
    )
  }
}

extension NumberRows: Equatable {
  /// Whether both have the same numbers, NaN being like NaN.
  public static func == (a: NumberRows, b: NumberRows) -> Bool {
    a.columns == b.columns && a.count == b.count
      && (0..<a.count).allSatisfy { row in
        (0..<a.columns).allSatisfy {
          a[row, $0] == b[row, $0] || a[row, $0].isNaN && b[row, $0].isNaN
        }
      }
  }
}
