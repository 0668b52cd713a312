public import Recurrent

/// The handwritten digits of MNIST, or the clothes of Fashion-MNIST, as sequences of image rows.
///
/// A 28 by 28 image is read as 28 steps of 28 features, top row first. The files are taken from
/// a folder, from the user's cache, or from the network, in this order:
///
/// ```swift
/// let splits = try await MNIST(.mnist).load()
/// splits.training.count  // 55000
/// ```
///
/// Sources: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
/// document recognition", Proceedings of the IEEE, 1998, <https://doi.org/10.1109/5.726791>;
/// H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST", 2017, <https://arxiv.org/abs/1708.07747>.
public struct MNIST: Sendable {
  /// Which of the data sets in MNIST's format is meant.
  public enum Variant: String, CaseIterable, Sendable {
    /// Handwritten digits.
    case mnist
    /// Pictures of clothes.
    case fashionMNIST = "fashion-mnist"

    /// The name as it is written in text.
    public var name: String {
      switch self {
      case .mnist: "MNIST"
      case .fashionMNIST: "Fashion-MNIST"
      }
    }

    /// What each of the ten classes is called.
    public var classNames: [String] {
      switch self {
      case .mnist: (0...9).map(String.init)
      case .fashionMNIST:
        [
          "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker",
          "Bag", "Ankle boot",
        ]
      }
    }
  }

  /// The width and the height of every image, in pixels.
  public static let side = 28
  /// How many training images at most are set aside to validate.
  public static let validationCount = 5_000

  /// Which data set this is.
  public let variant: Variant
  /// The folder downloaded files are kept in.
  public let cacheFolder: String
  let source: MNISTSource

  /// Creates the data set; nothing is read yet.
  ///
  /// Downloaded files are kept in `cacheFolder`, or else in the user's folder for such things.
  public init(_ variant: Variant, cacheFolder: String? = nil) {
    self.init(variant, cacheFolder: cacheFolder, source: .published(variant))
  }

  /// Creates the data set with another place to download it from.
  package init(_ variant: Variant, cacheFolder: String?, source: MNISTSource) {
    self.variant = variant
    self.cacheFolder = cacheFolder ?? CacheFolder.path(for: variant.rawValue)
    self.source = source
  }

  /// Reads the four files from `folder` if given, else from the cache, else downloads them.
  ///
  /// Files are plain or gzip, and named as published or with `.idx` for `-idx`. Those in `folder`
  /// need not be the published ones but must fit together. The first 5,000 training images
  /// validate, or the first tenth if there are fewer than 10,000; the others train. `progress`
  /// is called on another thread, as often as bytes come.
  ///
  /// - Throws: An error in one line that says what was wrong, where, and what to do.
  public func load(
    folder: String? = nil,
    progress: (@Sendable (DownloadProgress) -> Void)? = nil
  ) async throws(FileError) -> DataSplits {
    if let folder { return try read(try MNISTFolder.locateAll(in: folder, variant)) }
    let cached = try await cachedFiles(progress: progress)
    do {
      return try read(cached)
    } catch {
      throw FileError(
        error.problem,
        file: error.file,
        byteOffset: error.byteOffset,
        advice: "delete the file, and it is downloaded again"
      )
    }
  }
}

/// Which of the four files of the data set is meant, in the order of the fingerprint.
package enum MNISTFile: String, CaseIterable, Sendable {
  /// The images to train on.
  case trainingImages = "train-images"
  /// Their classes.
  case trainingLabels = "train-labels"
  /// The images to test on.
  case testImages = "t10k-images"
  /// Their classes.
  case testLabels = "t10k-labels"

  /// The rank of the array in the file.
  var rank: Int {
    switch self {
    case .trainingImages, .testImages: 3
    case .trainingLabels, .testLabels: 1
    }
  }

  /// The file's name as published, without `.gz`.
  package var name: String { "\(rawValue)-idx\(rank)-ubyte" }

  /// The names the file is found under, the one quickest to read first.
  var acceptedNames: [String] {
    let names = [name, "\(rawValue).idx\(rank)-ubyte"]
    return names + names.map { $0 + ".gz" }
  }
}
