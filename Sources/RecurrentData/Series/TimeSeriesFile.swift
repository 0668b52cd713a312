public import Recurrent

/// A file of the UCR and UEA archives of time series, named `.ts`.
///
/// Lines that begin with `#` are comments, those with `@` say what the file holds. After `@data` each
/// line is a series: its variables separated by colons, each a list of numbers separated by commas, and
/// last the name of its class. `?` stands for a number that is missing.
///
/// Source: A. Bagnall et al., "The UEA multivariate time series classification archive, 2018", and
/// <https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html>.
public enum TimeSeriesFile {
  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read, or is no such file; it names the line.
  public static func read(_ path: String) throws(FileError) -> LabelledSeries {
    let lines = try LineReader(path)
    var header = Header()
    var line: [UInt8] = []
    while !header.isWhole {
      guard try lines.read(into: &line) else {
        throw FileError(
          lines.number == 0 ? "is empty" : "has no line '@data'",
          file: path,
          advice: "a .ts file has one before its series"
        )
      }
      try header.read(line, lines)
    }
    guard !header.classNames.isEmpty else {
      throw FileError(
        "names no classes",
        file: path,
        advice: "a line such as '@classLabel true up down' is wanted before '@data'"
      )
    }
    var body = Body(header)
    while try lines.read(into: &line) { try body.read(line, lines) }
    guard let variables = body.variables, !body.series.isEmpty else {
      throw FileError("has no series", file: path)
    }
    return LabelledSeries(
      name: header.name,
      variables: variables,
      outputNames: header.classNames,
      series: body.series
    )
  }
}

/// What a file says of itself before its series.
private struct Header {
  var name = ""
  /// The number of variables; nil where it is not said.
  var variables: Int?
  var classNames: [String] = []
  /// Whether its end was read.
  var isWhole = false

  /// Reads one line.
  mutating func read(_ line: [UInt8], _ lines: LineReader) throws(FileError) {
    guard let text = String(validating: line, as: UTF8.self) else {
      throw lines.problem("is not UTF-8 text")
    }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let key = words.first, !key.hasPrefix("#") else { return }
    guard key.hasPrefix("@") else {
      throw lines.problem(
        "begins with '\(key.prefix(20))' where a line '@...' or '#...' is wanted",
        advice: "a .ts file's series follow after '@data'"
      )
    }
    let values = Array(words.dropFirst())
    switch key.lowercased() {
    case "@problemname": name = values.joined(separator: " ")
    case "@dimensions", "@dimension":
      guard let count = values.first.flatMap({ Int($0) }), (1...65_536).contains(count) else {
        throw lines.problem("gives no number of dimensions from 1 to 65536")
      }
      variables = count
    case "@univariate" where values.first?.lowercased() == "true": variables = 1
    case "@timestamps" where values.first?.lowercased() == "true":
      throw lines.problem(
        "says that times are in the file, which are not read",
        advice: "write the numbers at equal times without them"
      )
    case "@targetlabel" where values.first?.lowercased() == "true":
      throw lines.problem("says that the series have numbers as targets; classes are wanted")
    case "@classlabel":
      guard values.first?.lowercased() == "true" else { break }
      classNames = Array(values.dropFirst())
      guard Set(classNames).count == classNames.count else {
        throw lines.problem("names a class twice")
      }
    case "@data": isWhole = true
    default: break
    }
  }
}

/// The series of a file, as far as it was read.
private struct Body {
  private let labels: [String: Int]
  private let classes: [String]
  /// The number of variables, once it is known.
  private(set) var variables: Int?
  private(set) var series: [LabelledSeries.Series] = []

  init(_ header: Header) {
    classes = header.classNames
    labels = Dictionary(uniqueKeysWithValues: zip(header.classNames, 0...))
    variables = header.variables
  }

  /// Reads one line: a series, or nothing.
  mutating func read(_ line: [UInt8], _ lines: LineReader) throws(FileError) {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) || line.first == UInt8(ascii: "#") { return }
    let parts = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard let last = parts.last, parts.count > 1 else {
      throw lines.problem("has no ':' before a class")
    }
    let count = variables ?? parts.count - 1
    variables = count
    guard parts.count == count + 1 else {
      throw lines.problem(
        "has \(parts.count - 1) variable\(parts.count == 2 ? "" : "s"), not \(count)"
      )
    }
    let columns = try parts.dropLast().map { part throws(FileError) in
      try Self.numbers(part, lines)
    }
    let steps = columns[0].count
    for (index, column) in columns.enumerated() where column.count != steps {
      throw lines.problem(
        "has \(column.count) numbers of variable \(index + 1), and \(steps) of the first"
      )
    }
    let name = String(decoding: last, as: UTF8.self).trimmingSpaces
    guard let label = labels[name] else {
      throw lines.problem(
        "is of class '\(name.prefix(40))', which '@classLabel' does not name",
        column: last.startIndex + 1
      )
    }
    var values: [Float] = []
    values.reserveCapacity(steps * count)
    for step in 0..<steps {
      for column in columns { values.append(column[step]) }
    }
    series.append(LabelledSeries.Series(values: values, label: label))
  }

  private static func numbers(
    _ part: ArraySlice<UInt8>,
    _ lines: LineReader
  ) throws(FileError) -> [Float] {
    var numbers: [Float] = []
    for field in part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      if let number = DecimalNumber.float(field), number.isFinite {
        numbers.append(number)
        continue
      }
      let text = String(decoding: field.prefix(40), as: UTF8.self).trimmingSpaces
      guard text == "?" || text.lowercased() == "nan" else {
        throw lines.problem("'\(text)' is no number", column: field.startIndex + 1)
      }
      numbers.append(.nan)
    }
    return numbers
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
