import Recurrent
import RecurrentData

/// The examples of a run, as its model reads them.
struct RunData {
  /// The examples a model learns from.
  let training: SequenceDataset
  /// The examples by which a run is watched and stopped; nil where they are too few to be kept from
  /// learning.
  let validation: SequenceDataset?
  /// The examples a finished model is judged on, once; nil where there are none but those to watch by.
  var test: SequenceDataset?
  /// The SHA-256 of the data, in hexadecimal.
  let fingerprint: String
  /// What was done to the data as they came; nil for nothing.
  var preparation: InputPreparation?
  /// The series that are gone on with, where they are.
  var forecast: ForecastTrial?
  /// What is worth telling about the data, a line each.
  var remarks: [String] = []

  /// The examples a finished model is judged on; every run's data have some to test or to watch by.
  var heldOut: SequenceDataset { test ?? validation ?? training }
  /// What these are called.
  var heldOutName: String { test == nil ? "validation" : "test" }
}

extension RunData {
  init(_ splits: DataSplits) {
    training = splits.training
    validation = splits.validation
    test = splits.test
    fingerprint = splits.fingerprint
  }
}
