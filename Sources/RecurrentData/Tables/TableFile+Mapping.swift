public import Recurrent

extension TableFile {
  /// The series of a table that is to be forecast, read row by row into a file without a name that is
  /// mapped into memory; so there may be more of them than memory has room for.
  ///
  /// The rows of a series stand together, and in the order of the column that orders them.
  ///
  /// - Precondition: What is read are columns of numbers.
  /// - Throws: `FileError` naming the line where a row does not fit or is out of order, or where there is
  ///   no room for the file.
  public func mappedSeries(_ preparation: TablePreparation) throws(FileError) -> [LongSeries] {
    require(
      preparation.inputs.allSatisfy { $0.words == nil },
      "only numbers are read from a file that is mapped"
    )
    let records = try RecordReader(path, separator: separator?.asciiValue)
    guard try records.next() else { throw FileError("is empty", file: path) }
    let isHeader = hasHeader ?? TablePass.looksLikeHeader(records)
    let names =
      try isHeader
      ? TablePass.names(records) : records.fields.indices.map { "column \($0 + 1)" }
    var series = MappedSeries(
      inputs: try preparation.inputs.map { (input) throws(FileError) in
        try place(of: input.column, in: names)
      },
      group: try preparation.group.map { (name) throws(FileError) in try place(of: name, in: names)
      },
      time: try preparation.time.map { (name) throws(FileError) in try place(of: name, in: names) },
      names: names,
      rows: try NumberRowsInProgress(columns: preparation.inputs.count, isMapped: true)
    )
    if !isHeader { try series.take(records) }
    while try records.next() { try series.take(records) }
    return try series.finished()
  }

  private func place(of name: String, in names: [String]) throws(FileError) -> Int {
    guard let place = names.firstIndex(of: name) else {
      throw FileError(
        "has no column '\(name)'",
        file: path,
        advice: "its columns are \(names.prefix(20).joined(separator: ", "))"
      )
    }
    return place
  }
}

/// Series on their way from the rows of a table into a file.
private struct MappedSeries {
  let inputs: [Int]
  let group: Int?
  let time: Int?
  let names: [String]
  var rows: NumberRowsInProgress
  private var count = 0
  private var last: [UInt8]?
  private var lastTime: [UInt8]?
  private var begins: [(name: String, row: Int)] = []
  private var known: Set<[UInt8]> = []

  init(
    inputs: [Int],
    group: Int?,
    time: Int?,
    names: [String],
    rows: NumberRowsInProgress
  ) {
    (self.inputs, self.group, self.time) = (inputs, group, time)
    (self.names, self.rows) = (names, rows)
  }

  mutating func take(_ records: RecordReader) throws(FileError) {
    guard records.fields.count == names.count else {
      throw records.problem(
        "has \(records.fields.count) fields, and there are \(names.count) columns"
      )
    }
    try takeGroup(records)
    try takeTime(records)
    for index in inputs {
      let field = records.bytes[records.fields[index]]
      if let number = DecimalNumber.float(field) {
        guard number.isFinite else {
          throw records.problem("is too large for a number of 32 bits", field: index)
        }
        try rows.append(number)
      } else if TablePass.isMissing(field) {
        try rows.append(.nan)
      } else {
        let word = String(decoding: field.prefix(40), as: UTF8.self)
        throw records.problem(
          "is '\(word)' in column '\(names[index])', whose first rows are numbers",
          field: index
        )
      }
    }
    count += 1
  }

  private mutating func takeGroup(_ records: RecordReader) throws(FileError) {
    guard let group else {
      if begins.isEmpty { begins = [("", 0)] }
      return
    }
    let field = Array(records.bytes[records.fields[group]])
    if field == last { return }
    guard !TablePass.isMissing(field[...]) else {
      throw records.problem("is missing, and tells series apart", field: group)
    }
    guard known.insert(field).inserted else {
      throw records.problem(
        "names a series that ended above",
        field: group,
        advice: "sort the file by column '\(names[group])', or have more memory"
      )
    }
    (last, lastTime) = (field, nil)
    begins.append((String(decoding: field, as: UTF8.self), count))
  }

  private mutating func takeTime(_ records: RecordReader) throws(FileError) {
    guard let time else { return }
    let field = Array(records.bytes[records.fields[time]])
    guard !TablePass.isMissing(field[...]) else {
      throw records.problem("is missing, and orders rows", field: time)
    }
    defer { lastTime = field }
    guard let before = lastTime else { return }
    let isInOrder: Bool
    if let own = DecimalNumber.float(field[...]), let other = DecimalNumber.float(before[...]) {
      isInOrder = other <= own
    } else {
      isInOrder =
        !before.lexicographicallyPrecedes(field) && before != field
        ? !RowGroups.isISODate(String(decoding: field, as: UTF8.self)) : true
    }
    guard isInOrder else {
      throw records.problem(
        "is before that of the row above",
        field: time,
        advice: "sort the file by column '\(names[time])'"
      )
    }
  }

  consuming func finished() throws(FileError) -> [LongSeries] {
    let (begins, count) = (begins, count)
    let all = try rows.rows()
    return begins.enumerated().map { index, series in
      let end = index + 1 < begins.count ? begins[index + 1].row : count
      return LongSeries(name: series.name, rows: all.slice(series.row..<end))
    }
  }
}
