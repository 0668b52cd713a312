/// The kinds of data that a run can be trained on.
package enum DataSetName: String, Sendable, CaseIterable, Codable {
  /// Digits drawn by code; needs no file and no network.
  case digits
  /// The MNIST digits.
  case mnist
  /// The Fashion-MNIST articles of clothing.
  case fashionMNIST = "fashion-mnist"
  /// The adding problem, drawn by code at any lag.
  case adding
  /// Copying symbols after a blank time.
  case copy
  /// The order of two symbols among others.
  case temporalOrder = "temporal-order"
  /// The parity of the bits so far at each step.
  case parity
  /// The parity of all bits at the end.
  case finalParity = "final-parity"
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
  package static let named: [DataSetName] =
    images + [.adding, .copy, .temporalOrder, .parity, .finalParity]

  /// Those of images.
  package static let images: [DataSetName] = [.digits, .mnist, .fashionMNIST]

  /// Whether the examples are images.
  package var areImages: Bool { Self.images.contains(self) }

  /// The task for a network's memory that they are; nil for other data.
  package var memoryTask: MemoryTask? { MemoryTask(rawValue: rawValue) }

  /// Whether the examples are drawn by code.
  package var isDrawn: Bool { self == .digits || memoryTask != nil }

  /// Whether the data are a file, or a folder, that is named.
  package var isFile: Bool { self == .text || isSeries }

  /// Whether the data are series from a file.
  package var isSeries: Bool {
    switch self {
    case .series, .table, .arrays, .folder: true
    default: false
    }
  }

  /// Whether the data are files of images known by name.
  package var isDownloaded: Bool { self == .mnist || self == .fashionMNIST }

  /// The data set's name in a heading.
  package var title: String {
    switch self {
    case .digits: "drawn digits"
    case .mnist: "MNIST"
    case .fashionMNIST: "Fashion-MNIST"
    case .adding: "the adding problem"
    case .copy: "copying"
    case .temporalOrder: "temporal order"
    case .parity: "parity"
    case .finalParity: "final parity"
    case .text: "text"
    case .series: "series"
    case .table: "table"
    case .arrays: "arrays"
    case .folder: "folder"
    }
  }
}

extension DataSetName {
  /// What is learned from such data; `series` is what was said about series, nil for their classes.
  package func task(ofSeries series: LearningTask?) -> LearningTask {
    switch self {
    case .text: .languageModel
    case .digits, .mnist, .fashionMNIST, .temporalOrder, .finalParity: .classify
    case .copy, .parity: .label
    case .adding: .regress
    case .series, .table, .arrays, .folder: series ?? .classify
    }
  }
}
