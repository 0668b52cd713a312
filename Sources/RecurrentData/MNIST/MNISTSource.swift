/// Where the files can be downloaded, and how the right ones are told from others.
package struct MNISTSource: Sendable {
  /// What is known of one file.
  package struct Checks: Sendable {
    /// The size of the content, uncompressed; no more than that is ever inflated.
    package var byteCount: Int
    /// The SHA-256 of the content, uncompressed, if known.
    package var contentSHA256: String?
    /// The MD5 of the gzip file as published, if that has to do.
    package var gzipMD5: String?

    /// Creates the checks.
    package init(byteCount: Int, contentSHA256: String? = nil, gzipMD5: String? = nil) {
      self.byteCount = byteCount
      self.contentSHA256 = contentSHA256
      self.gzipMD5 = gzipMD5
    }
  }

  /// The addresses of folders with the four files, to be tried in this order.
  package var mirrors: [String]
  /// The checks of each file.
  package var checks: [MNISTFile: Checks]
  /// How long a server may be silent, in seconds.
  package var timeout: Double

  /// Creates a source.
  package init(mirrors: [String], checks: [MNISTFile: Checks], timeout: Double = 30) {
    self.mirrors = mirrors
    self.checks = checks
    self.timeout = timeout
  }

  /// Returns where a data set is published.
  static func published(_ variant: MNIST.Variant) -> MNISTSource {
    switch variant {
    case .mnist: mnist
    case .fashionMNIST: fashionMNIST
    }
  }

  /// The hashes are those of LeCun's files; mirrors have compressed them anew now and then.
  private static let mnist = MNISTSource(
    mirrors: [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ],
    checks: [
      .trainingImages: Checks(
        byteCount: 47_040_016,
        contentSHA256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
      ),
      .trainingLabels: Checks(
        byteCount: 60_008,
        contentSHA256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
      ),
      .testImages: Checks(
        byteCount: 7_840_016,
        contentSHA256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
      ),
      .testLabels: Checks(
        byteCount: 10_008,
        contentSHA256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
      ),
    ]
  )

  /// The publishers give the MD5 of the gzip files; their own host has no HTTPS.
  private static let fashionMNIST = MNISTSource(
    mirrors: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ],
    checks: [
      .trainingImages: Checks(
        byteCount: 47_040_016,
        gzipMD5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d"
      ),
      .trainingLabels: Checks(
        byteCount: 60_008,
        contentSHA256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        gzipMD5: "25c81989df183df01b3e8a0aad5dffbe"
      ),
      .testImages: Checks(
        byteCount: 7_840_016,
        gzipMD5: "bef4ecab320f06d8554ea6380940ec79"
      ),
      .testLabels: Checks(
        byteCount: 10_008,
        contentSHA256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        gzipMD5: "bb300cfdad3c16e7a12a480ee83cd310"
      ),
    ]
  )
}
