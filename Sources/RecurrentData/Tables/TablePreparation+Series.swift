public import Recurrent

extension TablePreparation {
  /// The series of a table, as they come, with their names; what is to be answered is not looked at.
  ///
  /// - Throws: `FileError` naming `path` where a column is not there or of another kind.
  public func series(
    in table: Table,
    path: String
  ) throws(FileError) -> (series: [LongSeries], remarks: [String]) {
    let groups = try RowGroups(table, group: group, time: time, path: path)
    let columns = try inputColumns(of: table, path: path)
    var series: [LongSeries] = []
    for (name, rows) in zip(groups.names, groups.rows) {
      var values: [Float] = []
      values.reserveCapacity(rows.count * columns.count)
      for row in rows {
        for column in columns { values.append(column.value(at: row)) }
      }
      series.append(LongSeries(name: name, values: values, variables: columns.count))
    }
    return (series, groups.remarks)
  }

  /// The series of a table with what is to be answered about them; one recording whose rows are
  /// labelled is cut into pieces of up to `window` rows.
  ///
  /// - Precondition: The task is not to forecast.
  /// - Throws: `FileError` naming `path` where a column is not there or of another kind, or an answer
  ///   is missing.
  public func labelledSeries(
    in table: Table,
    path: String,
    window: Int = 128
  ) throws(FileError) -> (series: LabelledSeries, remarks: [String]) {
    require(task != .forecast, "what is forecast are the series themselves")
    let groups = try RowGroups(table, group: group, time: time, path: path)
    let columns = try inputColumns(of: table, path: path)
    let variables = variableNames.count
    var all: [LabelledSeries.Series] = []
    for (name, rows) in zip(groups.names, groups.rows) {
      let values = rows.flatMap { row in columns.map { $0.value(at: row) } }
      switch task {
      case .classify:
        let label = try label(of: rows, in: table, series: name, path: path)
        all.append(LabelledSeries.Series(values: values, label: label))
      case .regress:
        let numbers = try numbers(of: rows, in: table, path: path)
        all.append(LabelledSeries.Series(values: values, answer: .numbers(numbers)))
      case .label, .forecast:
        let labels = try labels(of: rows, in: table, path: path)
        let pieces =
          group == nil
          ? stride(from: 0, to: rows.count, by: window).map { $0..<min($0 + window, rows.count) }
          : [0..<rows.count]
        for piece in pieces {
          all.append(
            LabelledSeries.Series(
              values: Array(
                values[piece.lowerBound * variables..<piece.upperBound * variables]
              ),
              answer: .labels(Array(labels[piece]))
            )
          )
        }
      }
    }
    var result = LabelledSeries(
      name: path,
      variables: variables,
      outputNames: outputNames,
      series: all
    )
    result.areContinuous = group == nil && task == .label
    return (result, groups.remarks)
  }

  /// A variable of the series.
  private struct Variable {
    let values: Table.Values
    /// The place of its word, for a variable that tells of one.
    let word: Int32?

    func value(at row: Int) -> Float {
      switch values {
      case .numbers(let numbers): numbers[row]
      case .words(let places, _): places[row] == word ? 1 : 0
      }
    }
  }

  private func inputColumns(of table: Table, path: String) throws(FileError) -> [Variable] {
    var variables: [Variable] = []
    for input in inputs {
      guard let column = table[input.column] else {
        throw Self.missingColumn(input.column, in: table, path: path)
      }
      switch (input.words, column.values) {
      case (nil, .numbers): variables.append(Variable(values: column.values, word: nil))
      case (let words?, .words(_, let all)):
        for word in words {
          // A word that is nowhere in this table has a place that no row has.
          let place = all.firstIndex(of: word).map { Int32($0) } ?? Int32.max
          variables.append(Variable(values: column.values, word: place))
        }
      case (let words?, .numbers(let numbers)) where numbers.allSatisfy(\.isNaN):
        variables += words.map { _ in
          Variable(values: .words(numbers.map { _ in -1 }, all: []), word: 0)
        }
      default:
        throw FileError(
          """
          column '\(input.column)' is of \(input.words == nil ? "words" : "numbers"), and was of \
          \(input.words == nil ? "numbers" : "words")
          """,
          file: path
        )
      }
    }
    return variables
  }

  private func target(_ name: String, in table: Table, path: String) throws(FileError)
    -> Table.Column
  {
    guard let column = table[name] else {
      throw Self.missingColumn(name, in: table, path: path)
    }
    return column
  }

  private func place(ofClass name: String, in row: Int, path: String) throws(FileError) -> Int {
    guard let place = outputNames.firstIndex(of: name) else {
      throw FileError(
        "row \(row + 1) is of class '\(name)', of which there is none to train on",
        file: path,
        advice: "take it out, or train on some"
      )
    }
    return place
  }

  private func label(
    of rows: [Int],
    in table: Table,
    series: String,
    path: String
  ) throws(FileError) -> Int {
    let column = try target(targets[0], in: table, path: path)
    var found: String?
    for row in rows {
      guard let name = column.text(at: row) else { continue }
      guard found == nil || found == name else {
        throw FileError(
          """
          row \(row + 1) of series '\(series)' is of class '\(name)', a row before it of \
          '\(found ?? "")'
          """,
          file: path,
          advice: "use --task label for a class of each row"
        )
      }
      found = name
    }
    guard let found else {
      throw FileError("series '\(series)' has no class in column '\(column.name)'", file: path)
    }
    return try place(ofClass: found, in: rows[0], path: path)
  }

  private func labels(of rows: [Int], in table: Table, path: String) throws(FileError) -> [Int32] {
    let column = try target(targets[0], in: table, path: path)
    var places: [String: Int32] = [:]
    var labels: [Int32] = []
    labels.reserveCapacity(rows.count)
    for row in rows {
      guard let name = column.text(at: row) else {
        labels.append(-1)
        continue
      }
      if let known = places[name] {
        labels.append(known)
      } else {
        let place = Int32(try place(ofClass: name, in: row, path: path))
        places[name] = place
        labels.append(place)
      }
    }
    return labels
  }

  /// The numbers told of a series, which stand in its last row that has them.
  private func numbers(of rows: [Int], in table: Table, path: String) throws(FileError) -> [Float] {
    var numbers: [Float] = []
    for name in targets {
      guard let all = try target(name, in: table, path: path).numbers else {
        throw FileError("column '\(name)' is of words; numbers are wanted to regress", file: path)
      }
      numbers.append(rows.last { !all[$0].isNaN }.map { all[$0] } ?? .nan)
    }
    return numbers
  }
}
