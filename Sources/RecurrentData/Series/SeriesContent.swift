/// What a file of series holds.
public enum SeriesContent: Sendable, Equatable {
  /// Series about each of which something is to be answered.
  case labelled(LabelledSeries)
  /// Series that are to be gone on with, and what their variables are called.
  case recorded([LongSeries], variables: [String])
}
