public import Recurrent

extension TablePreparation {
  /// Names that say what a column is for, in small letters.
  private static let groupNames: Set = [
    "series", "series_id", "sequence", "sequence_id", "group", "unique_id", "session", "session_id",
    "subject", "recording",
  ]
  private static let timeNames: Set = [
    "time", "timestamp", "datetime", "date", "t", "ds", "day", "month", "year", "step", "index",
  ]
  /// The likeliest first; `y` may be one of two coordinates.
  private static let targetNames = ["target", "label", "class", "answer", "y"]

  /// Finds out what a table's columns are for, as far as it was not said, and returns what is worth
  /// telling of it, a line each.
  ///
  /// A column called `series`, `group`, `subject`, `session` or the like tells series apart if it has
  /// a value in several rows; one called `time`, `date`, `timestamp` or the like orders them; one
  /// called `target`, `label`, `class`, `answer` or `y` is to be answered, else the last one if it is of
  /// few different words, else all of numbers are forecast. Words that are the same in all rows of a series classify it,
  /// others label its rows; numbers that are the same are told of the series, others forecast.
  ///
  /// - Throws: `FileError` naming `path` where a column that was asked for is not there, or the table
  ///   does not fit the task.
  public static func recognised(
    in table: Table,
    path: String,
    _ asked: Columns = Columns(),
    task: Task? = nil
  ) throws(FileError) -> (preparation: TablePreparation, remarks: [String]) {
    for name in [asked.group, asked.time].compactMap({ $0 }) + (asked.targets ?? [])
      + (asked.inputs ?? []) where table[name] == nil
    {
      throw missingColumn(name, in: table, path: path)
    }
    for column in table.columns { try column.checkWords(path: path) }
    let (group, time) = (groupColumn(table, asked), timeColumn(table, asked))
    let free = table.columns.filter { $0.name != group && $0.name != time }
    let groups = try RowGroups(table, group: group, time: nil, path: path)
    let targets = targetColumns(free, asked, task)
    guard !targets.isEmpty else {
      throw FileError("has no column to be answered", file: path, advice: "name one with --target")
    }
    let task = task ?? recognisedTask(targets, groups, isGrouped: group != nil)
    let (inputs, remarks) = try inputColumns(free, asked, targets: targets, task, path: path)
    let preparation = TablePreparation(
      task: task,
      group: group,
      time: time,
      targets: targets.map(\.name),
      inputs: inputs,
      outputNames: try outputNames(targets, task, path: path)
    )
    return (preparation, remarks)
  }

  static func missingColumn(_ name: String, in table: Table, path: String) -> FileError {
    let names = table.columns.prefix(20).map(\.name).joined(separator: ", ")
    return FileError(
      "has no column '\(name)'",
      file: path,
      advice: "its columns are \(names)\(table.columns.count > 20 ? " and more" : "")"
    )
  }

  private static func groupColumn(_ table: Table, _ asked: Columns) -> String? {
    if let group = asked.group { return group }
    return table.columns.first { column in
      groupNames.contains(column.name.lowercased())
        && column.name != asked.time && asked.targets?.contains(column.name) != true
        && column.differentValues < table.rowCount
    }?.name
  }

  private static func timeColumn(_ table: Table, _ asked: Columns) -> String? {
    if let time = asked.time { return time }
    return table.columns.first { column in
      timeNames.contains(column.name.lowercased()) && asked.targets?.contains(column.name) != true
        && asked.inputs?.contains(column.name) != true
    }?.name
  }

  private static func targetColumns(
    _ free: [Table.Column],
    _ asked: Columns,
    _ task: Task?
  ) -> [Table.Column] {
    if let names = asked.targets {
      return names.compactMap { name in free.first { $0.name == name } }
    }
    for name in targetNames {
      let named = free.filter { $0.name.lowercased() == name }
      if named.count == 1 { return named }
    }
    if task != .forecast, let last = free.last {
      if task != nil { return [last] }
      if case .words(_, let all) = last.values, all.count <= mostWords { return [last] }
    }
    return free.filter { $0.numbers != nil && asked.inputs?.contains($0.name) ?? true }
  }

  private static func recognisedTask(
    _ targets: [Table.Column],
    _ groups: RowGroups,
    isGrouped: Bool
  ) -> Task {
    let isSame =
      isGrouped && groups.rows.allSatisfy { rows in targets.allSatisfy { $0.isSame(in: rows) } }
    let areClasses = targets.count == 1 && targets[0].looksLikeClasses
    return switch (isSame, areClasses) {
    case (true, true): .classify
    case (false, true): .label
    case (true, false): .regress
    case (false, false): .forecast
    }
  }

  private static func inputColumns(
    _ free: [Table.Column],
    _ asked: Columns,
    targets: [Table.Column],
    _ task: Task,
    path: String
  ) throws(FileError) -> (inputs: [Input], remarks: [String]) {
    let isTarget = Set(targets.map(\.name))
    var inputs: [Input] = []
    var remarks: [String] = []
    for column in free {
      if task == .forecast {
        guard isTarget.contains(column.name) || asked.inputs?.contains(column.name) ?? true else {
          continue
        }
        guard column.numbers != nil else {
          if isTarget.contains(column.name) || asked.inputs != nil {
            throw FileError("column '\(column.name)' is of words; numbers are forecast", file: path)
          }
          remarks.append("Column '\(column.name)' is of words, and left out")
          continue
        }
        inputs.append(Input(column: column.name, words: nil))
        continue
      }
      guard !isTarget.contains(column.name), asked.inputs?.contains(column.name) ?? true else {
        continue
      }
      guard case .words(_, let all) = column.values else {
        inputs.append(Input(column: column.name, words: nil))
        continue
      }
      if all.count <= mostWords {
        inputs.append(Input(column: column.name, words: all))
      } else {
        remarks.append(
          "Column '\(column.name)' has \(all.count) different words, more than \(mostWords), and is left out"
        )
      }
    }
    guard !inputs.isEmpty else {
      throw FileError(
        "has no column to be read beside \(targets.map(\.name).joined(separator: ", "))",
        file: path
      )
    }
    return (inputs, remarks)
  }

  private static func outputNames(
    _ targets: [Table.Column],
    _ task: Task,
    path: String
  ) throws(FileError) -> [String] {
    guard task == .classify || task == .label else {
      for target in targets where target.numbers == nil {
        throw FileError(
          "column '\(target.name)' is of words; numbers are wanted to \(task.rawValue)",
          file: path
        )
      }
      return targets.map(\.name)
    }
    guard targets.count == 1 else {
      throw FileError("has \(targets.count) columns of classes to tell; name one", file: path)
    }
    let names = targets[0].classNames
    guard names.count <= 65_536 else {
      throw FileError("column '\(targets[0].name)' has \(names.count) classes", file: path)
    }
    return names
  }
}

extension Table.Column {
  /// Refuses a column of numbers that a word or two among them made one of words.
  fileprivate func checkWords(path: String) throws(FileError) {
    guard case .words(let places, let all) = values else { return }
    let numbers = all.filter { DecimalNumber.float(Array($0.utf8)[...]) != nil }
    guard numbers.count > 4, numbers.count * 10 > all.count * 9,
      let word = all.firstIndex(where: { DecimalNumber.float(Array($0.utf8)[...]) == nil }),
      let row = places.firstIndex(of: Int32(word))
    else { return }
    throw FileError(
      "row \(row + 1) has '\(all[word].prefix(40))' among the numbers of column '\(name)'",
      file: path,
      advice: "leave the field empty, or write NA, for a number that is missing"
    )
  }

  /// The number of different values in its rows.
  fileprivate var differentValues: Int {
    switch values {
    case .numbers(let numbers): Set(numbers).count
    case .words(_, let all): all.count
    }
  }

  /// Whether these rows have one value, apart from missing ones.
  fileprivate func isSame(in rows: [Int]) -> Bool {
    switch values {
    case .numbers(let numbers):
      Set(rows.lazy.map { numbers[$0] }.filter { !$0.isNaN }).count <= 1
    case .words(let places, _):
      Set(rows.lazy.map { places[$0] }.filter { $0 >= 0 }).count <= 1
    }
  }

  /// Whether it has words, or is called a class and has few whole numbers.
  fileprivate var looksLikeClasses: Bool {
    guard let numbers else { return true }
    guard ["label", "class"].contains(name.lowercased()) else { return false }
    let different = Set(numbers.filter { !$0.isNaN })
    return different.count <= 100 && different.allSatisfy { $0 == $0.rounded() }
  }

  /// What its values are called as classes, in order.
  var classNames: [String] {
    switch values {
    case .numbers(let numbers):
      Set(numbers.filter { !$0.isNaN }).sorted().map(Self.className)
    case .words(_, let all): all.sorted()
    }
  }

  /// What a number is called as a class.
  static func className(_ number: Float) -> String {
    number == number.rounded() && abs(number) < 1e7 ? "\(Int(number))" : "\(number)"
  }
}
