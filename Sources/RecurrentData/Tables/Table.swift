/// Columns of one length, of numbers or of words, as a file of rows has them.
public struct Table: Sendable, Equatable {
  /// A column.
  public struct Column: Sendable, Equatable {
    /// What it is called.
    public var name: String
    /// What is in its rows.
    public var values: Values
  }

  /// What is in the rows of a column.
  public enum Values: Sendable, Equatable {
    /// Numbers; NaN where one is missing.
    case numbers([Float])
    /// Words: the place of each row's word among all words, which are in the order in which they first
    /// came; -1 where one is missing.
    case words([Int32], all: [String])
  }

  /// The columns, from left to right.
  public var columns: [Column]

  /// The number of rows.
  public var rowCount: Int { columns.first?.rowCount ?? 0 }

  /// The column of this name, if there is one.
  public subscript(name: String) -> Column? { columns.first { $0.name == name } }
}

extension Table.Column {
  /// The numbers of its rows; nil for a column of words.
  public var numbers: [Float]? {
    if case .numbers(let numbers) = values { numbers } else { nil }
  }

  /// The word of each row, nil where one is missing; nil for a column of numbers.
  public var words: [String?]? {
    guard case .words(let places, let all) = values else { return nil }
    return places.map { $0 < 0 ? nil : all[Int($0)] }
  }
}
