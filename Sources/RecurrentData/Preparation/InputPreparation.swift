/// What is done to data as they come before a model reads them; it is kept beside the model.
public enum InputPreparation: Sendable, Codable, Equatable {
  /// Text becomes tokens.
  case text(TextPreparation)
  /// Series of measurements are filled up, scaled, and put together in steps.
  case series(SeriesPreparation)
  /// A table's rows become series, and these steps.
  case table(TablePreparation, SeriesPreparation)
  /// Series, which may have been rows of a table, are gone on with.
  case forecast(ForecastPreparation, table: TablePreparation?)

  /// How a table's rows become series, where they do.
  public var table: TablePreparation? {
    switch self {
    case .table(let table, _): table
    case .forecast(_, let table): table
    case .text, .series: nil
    }
  }

  /// How series become steps, where they do.
  public var series: SeriesPreparation? {
    switch self {
    case .series(let series), .table(_, let series): series
    case .text, .forecast: nil
    }
  }
}
