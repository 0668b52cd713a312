/// How the rows of a table become series: which columns tell them apart, order them, are read, and
/// are to be answered.
public struct TablePreparation: Sendable, Codable, Equatable {
  /// What is to be answered about the series of a table.
  public enum Task: String, Sendable, Codable, CaseIterable {
    /// The class of each series.
    case classify
    /// The class of each row.
    case label
    /// Numbers about each series.
    case regress
    /// The rows that follow.
    case forecast
  }

  /// Columns as they were asked for; nil for what the table shows by itself.
  public struct Columns: Sendable, Codable, Equatable {
    /// The column whose values tell series apart.
    public var group: String?
    /// The column that orders rows.
    public var time: String?
    /// The columns to be answered.
    public var targets: [String]?
    /// The columns to be read.
    public var inputs: [String]?

    /// Asks for columns.
    public init(
      group: String? = nil,
      time: String? = nil,
      targets: [String]? = nil,
      inputs: [String]? = nil
    ) {
      self.group = group
      self.time = time
      self.targets = targets
      self.inputs = inputs
    }
  }

  /// A column that is read.
  public struct Input: Sendable, Codable, Equatable {
    /// The column's name.
    public let column: String
    /// The words of a column of words, each of which becomes a variable of its own: 1 where it stands,
    /// else 0; nil for a column of numbers.
    public let words: [String]?
  }

  /// What is answered.
  public let task: Task
  /// The column whose values tell series apart; nil for a table that is one series.
  public let group: String?
  /// The column that orders rows; nil for rows in order.
  public let time: String?
  /// The columns that are answered.
  public let targets: [String]
  /// The columns that are read.
  public let inputs: [Input]
  /// What each class, or each number that is answered, is called.
  public let outputNames: [String]

  /// A column of more words than this is not read.
  static let mostWords = 64

  init(
    task: Task,
    group: String?,
    time: String?,
    targets: [String],
    inputs: [Input],
    outputNames: [String]
  ) {
    self.task = task
    self.group = group
    self.time = time
    self.targets = targets
    self.inputs = inputs
    self.outputNames = outputNames
  }

  /// Reads a preparation that was kept.
  ///
  /// - Throws: `DecodingError` when it cannot be that of any table.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    task = try container.decode(Task.self, forKey: .task)
    group = try container.decodeIfPresent(String.self, forKey: .group)
    time = try container.decodeIfPresent(String.self, forKey: .time)
    targets = try container.decode([String].self, forKey: .targets)
    inputs = try container.decode([Input].self, forKey: .inputs)
    outputNames = try container.decode([String].self, forKey: .outputNames)
    guard !targets.isEmpty, !inputs.isEmpty, 1...65_536 ~= outputNames.count,
      1...65_536 ~= variableNames.count
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .inputs,
        in: container,
        debugDescription: "no table is read so"
      )
    }
  }

  /// What each variable of the series is called.
  public var variableNames: [String] {
    inputs.flatMap { input in
      input.words.map { $0.map { "\(input.column)=\($0)" } } ?? [input.column]
    }
  }

  /// The places of the targets among the variables of a forecast.
  public var targetPlaces: [Int] {
    let names = variableNames
    return targets.compactMap(names.firstIndex(of:))
  }

  /// The columns in a sentence.
  public var words: String {
    var parts: [String] = []
    let list = { (names: [String]) in
      names.count <= 8
        ? names.joined(separator: ", ")
        : names.prefix(7).joined(separator: ", ") + " and \(names.count - 7) more"
    }
    let read = list(
      inputs.map { $0.column + ($0.words.map { " (\($0.count) words)" } ?? "") }
    )
    switch task {
    case .forecast where targets == inputs.map(\.column): parts.append("forecasts \(read)")
    case .forecast: parts.append("reads \(read) and forecasts \(list(targets))")
    case .classify: parts.append("reads \(read) and tells \(list(targets)) of each series")
    case .label: parts.append("reads \(read) and tells \(list(targets)) of each row")
    case .regress: parts.append("reads \(read) and tells \(list(targets)) of each series")
    }
    if let group { parts.append("\(group) tells series apart") }
    if let time { parts.append("\(time) orders rows") }
    return parts.joined(separator: "; ")
  }
}
