import ArgumentParser

/// The kinds of data that a run can be trained on.
enum DataSetName: String, CaseIterable, Codable {
  /// Digits drawn by code; needs no file and no network.
  case digits
  /// The MNIST digits.
  case mnist
  /// The Fashion-MNIST articles of clothing.
  case fashionMNIST = "fashion-mnist"
  /// A file of text.
  case text
  /// A file of series of measurements with a class each, named `.ts`.
  case series
  /// A table of rows, named `.csv` or `.tsv`.
  case table
  /// NumPy's arrays, named `.npy` or `.npz`.
  case arrays
  /// A folder with a folder of series for each class.
  case folder

  /// The data sets that are known by name.
  static let named: [DataSetName] = [.digits, .mnist, .fashionMNIST]

  /// Whether the data are a file, or a folder, that is named.
  var isFile: Bool { self == .text || isSeries }

  /// Whether the data are series from a file.
  var isSeries: Bool {
    switch self {
    case .series, .table, .arrays, .folder: true
    case .digits, .mnist, .fashionMNIST, .text: false
    }
  }

  /// Whether the data are files of images known by name.
  var isDownloaded: Bool { self == .mnist || self == .fashionMNIST }

  /// The data set's name in a heading.
  var title: String {
    switch self {
    case .digits: "drawn digits"
    case .mnist: "MNIST"
    case .fashionMNIST: "Fashion-MNIST"
    case .text: "text"
    case .series: "series"
    case .table: "table"
    case .arrays: "arrays"
    case .folder: "folder"
    }
  }
}

extension DataSetName: ExpressibleByArgument {
  /// The data sets that are known by name.
  static var allValueStrings: [String] { named.map(\.rawValue) }

  /// The data set of this name.
  init?(argument: String) {
    guard let found = Self.named.first(where: { $0.rawValue == argument }) else { return nil }
    self = found
  }
}
