import Foundation
import Testing

/// Published data sets that are too large for the repository.
enum SharedData {
  /// The folder the environment variable RECURRENT_SHARED names, if it is set.
  static let folder = ProcessInfo.processInfo.environment["RECURRENT_SHARED"]

  /// The folder with the four files of MNIST.
  static var mnist: String { (folder ?? "") + "/data/mnist" }

  /// Why a test that needs the files is skipped.
  static let reason: Comment =
    "RECURRENT_SHARED is not set to a folder that holds data/mnist with MNIST's four files"
}
