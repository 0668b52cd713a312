import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// The data sets known by name.
enum DataSetName: String, ExpressibleByArgument, CaseIterable, Codable {
  /// Digits drawn by code; needs no file and no network.
  case digits
  /// The MNIST digits.
  case mnist
  /// The Fashion-MNIST articles of clothing.
  case fashionMNIST = "fashion-mnist"

  /// The data set's name in a heading.
  var title: String {
    switch self {
    case .digits: "drawn digits"
    case .mnist: "MNIST"
    case .fashionMNIST: "Fashion-MNIST"
    }
  }
}

/// Everything that decides which examples are loaded.
struct DataSelection: Codable, Equatable {
  /// The number of examples that validate and that test, where digits are drawn.
  static let drawnHeldOutCount = 2_000
  /// How many training examples can be drawn.
  static let drawnCounts = 1...10_000_000

  var name: DataSetName
  /// The number of training examples, where digits are drawn.
  var drawnCount: Int?
  /// The seed digits are drawn from.
  var drawnSeed: UInt64?
  /// The folder the files were read from, an absolute path; nil for the user's cache.
  var folder: String?

  /// Names a data set, and the folder its files are in.
  init(name: DataSetName, folder: String? = nil) {
    self.name = name
    self.folder = folder.map { URL(filePath: $0).standardized.path }
  }

  /// The same data, read from another folder if one is named.
  func moved(to folder: String?) throws -> DataSelection {
    guard let folder else { return self }
    guard name != .digits else {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
    return DataSelection(name: name, folder: folder)
  }

  /// Loads the examples, with a progress bar for a download.
  func load() async throws -> DataSplits {
    switch name {
    case .digits: drawn()
    case .mnist: try await downloaded(.mnist)
    case .fashionMNIST: try await downloaded(.fashionMNIST)
    }
  }

  private func drawn() -> DataSplits {
    let seed = drawnSeed ?? 1
    let count = drawnCount ?? 20_000
    let parts = DrawnDigits.Split.allCases.map { split in
      DrawnDigits.dataset(
        count: split == .training ? count : Self.drawnHeldOutCount,
        seed: seed,
        split: split
      )
    }
    var digest = SHA256Digest()
    for part in parts {
      if case .bytes(let bytes, _) = part.elements { digest.append(bytes) }
    }
    return DataSplits(
      training: parts[0],
      validation: parts[1],
      test: parts[2],
      fingerprint: digest.hexadecimal
    )
  }

  private func downloaded(_ variant: MNIST.Variant) async throws -> DataSplits {
    let progress = ProgressLine()
    defer { progress.clear() }
    return try await MNIST(variant).load(folder: folder) { step in
      let size = step.totalBytes.map { " of \(megabytes($0))" } ?? ""
      progress.show("\(step.fileName): \(megabytes(step.receivedBytes))\(size)")
    }
  }
}

private func megabytes(_ bytes: Int) -> String { decimals(Double(bytes) / 1_000_000, 1) + " MB" }
