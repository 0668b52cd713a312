public import Recurrent

/// Examples to learn from, to choose by, and to be judged on.
public struct DataSplits: Sendable {
  /// The examples a model learns from.
  public let training: SequenceDataset
  /// The examples by which a training run is watched and stopped.
  public let validation: SequenceDataset
  /// The examples a finished model is judged on, once.
  public let test: SequenceDataset
  /// The SHA-256 of the data the splits were made from, in hexadecimal.
  public let fingerprint: String

  /// Creates the splits from their parts.
  public init(
    training: SequenceDataset,
    validation: SequenceDataset,
    test: SequenceDataset,
    fingerprint: String
  ) {
    self.training = training
    self.validation = validation
    self.test = test
    self.fingerprint = fingerprint
  }
}
