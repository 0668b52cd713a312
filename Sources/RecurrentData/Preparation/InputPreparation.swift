/// What is done to data as they come before a model reads them; it is kept beside the model.
public enum InputPreparation: Sendable, Codable, Equatable {
  /// Text becomes tokens.
  case text(TextPreparation)
  /// Series of measurements are filled up, scaled, and put together in steps.
  case series(SeriesPreparation)
}
