import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct MNISTFolderTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(_ variant: MNIST.Variant = .mnist) async -> String? {
    await #expect(throws: FileError.self) {
      try await MNIST(variant).load(folder: folder.path)
    }?.description
  }

  @Test func `a tenth of a small data set validates`() async throws {
    let small = SmallMNIST(trainingCount: 25, testCount: 5)
    try small.write(to: folder)
    let splits = try await MNIST(.mnist).load(folder: folder.path)
    #expect(splits.validation.count == 2)
    #expect(splits.training.count == 23)
    #expect(splits.test.count == 5)
    #expect(splits.validation.labels == [0, 1])
    #expect(splits.training.labels.prefix(3) == [2, 3, 4])
    #expect(splits.training.steps == 28 && splits.training.features == 28)
    let first = small.bytes(.trainingImages)[16..<16 + 784].map { Float($0) / 255 }
    let distance = zip(splits.validation.values(ofExample: 0), first).map { abs($0 - $1) }.max()
    // Multiplying by 1/255 and dividing by 255 round differently, by one unit at most.
    #expect(try #require(distance) <= 1.2e-7)
  }

  @Test(arguments: [(2, 1), (9, 1), (10, 1), (9_999, 999), (10_000, 5_000), (60_000, 5_000)])
  func `the first five thousand validate, or a tenth of fewer than ten thousand`(
    training: Int,
    validation: Int
  ) {
    #expect(MNIST.validationCount(ofTraining: training) == validation)
  }

  @Test func `the fingerprint is that of the uncompressed files in order`() async throws {
    let small = SmallMNIST()
    try small.write(to: folder)
    let whole = MNISTFile.allCases.flatMap { small.bytes($0) }
    let splits = try await MNIST(.mnist).load(folder: folder.path)
    #expect(splits.fingerprint == SHA256Digest.hexadecimal(of: whole))
  }

  @Test func `all spellings of the names are found, plain or gzip`() async throws {
    let small = SmallMNIST()
    try folder.write(small.bytes(.trainingImages), as: "train-images-idx3-ubyte")
    try folder.write(gzip(small.bytes(.trainingLabels)), as: "train-labels-idx1-ubyte.gz")
    try folder.write(small.bytes(.testImages), as: "t10k-images.idx3-ubyte")
    // What is in the file decides, not what it is called.
    try folder.write(small.bytes(.testLabels), as: "t10k-labels.idx1-ubyte.gz")
    #expect(try await MNIST(.mnist).load(folder: folder.path).test.count == 5)
  }

  @Test func `the classes are named`() async throws {
    try SmallMNIST().write(to: folder)
    let digits = try await MNIST(.mnist).load(folder: folder.path)
    #expect(digits.test.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    let clothes = try await MNIST(.fashionMNIST).load(folder: folder.path)
    #expect(clothes.test.classNames.first == "T-shirt/top")
    #expect(clothes.test.classNames.last == "Ankle boot")
    #expect(clothes.test.classNames.count == 10)
  }

  @Test func `an empty folder says what was looked for`() async {
    #expect(
      await failure()
        == "\(folder.path): holds nothing of MNIST: looked for train-images-idx3-ubyte, "
        + "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, "
        + "each also with .gz or with .idx for -idx, and did not find them"
    )
  }

  @Test func `a missing file is named`() async throws {
    let small = SmallMNIST()
    for file in MNISTFile.allCases.dropLast() { try folder.write(small.bytes(file), as: file.name) }
    #expect(
      await failure(.fashionMNIST)
        == "\(folder.path): does not hold all of Fashion-MNIST: looked for "
        + "t10k-labels-idx1-ubyte, each also with .gz or with .idx for -idx, and did not find it"
    )
  }

  @Test func `a missing folder and a file instead of one say so`() async throws {
    let advice = "give the folder that holds MNIST's files"
    let file = try folder.write([1], as: "file")
    for (path, problem) in [
      (folder.path + "/none", "does not exist"), (file, "is a file, not a folder"),
    ] {
      let error = await #expect(throws: FileError.self) {
        try await MNIST(.mnist).load(folder: path)
      }
      #expect(error?.description == "\(path): \(problem); \(advice)")
    }
  }

  @Test func `images of another size are refused`() async throws {
    try SmallMNIST(imageSize: [28, 27]).write(to: folder)
    let path = folder.path + "/train-images-idx3-ubyte.gz"
    #expect(await failure() == "\(path): its images are 28×27 pixels, not 28×28")
  }

  @Test func `labels of another number than images are refused`() async throws {
    try SmallMNIST(trainingLabelCount: 21).write(to: folder)
    #expect(
      await failure()
        == "\(folder.path)/train-labels-idx1-ubyte.gz: holds 21 labels for 20 images; "
        + "images and labels must come from the same data set"
    )
  }

  @Test func `a label above nine is refused`() async throws {
    var small = SmallMNIST()
    small.content[.testLabels]?[8 + 3] = 10
    try small.write(to: folder)
    #expect(
      await failure()
        == "\(folder.path)/t10k-labels-idx1-ubyte.gz: label 10 of example 3 is not from 0 to 9"
    )
  }

  @Test func `swapped files are refused`() async throws {
    var small = SmallMNIST()
    small.content[.trainingImages] = small.bytes(.trainingLabels)
    try small.write(to: folder)
    #expect(
      await failure()
        == "\(folder.path)/train-images-idx3-ubyte.gz: holds an array of rank 1 (20), not 3; "
        + "are images and labels swapped?"
    )
  }

  @Test func `a damaged file is named`() async throws {
    let small = SmallMNIST()
    try small.write(to: folder)
    let bytes = gzip(small.bytes(.testImages))
    let path = try folder.write(Array(bytes.dropLast(9)), as: "t10k-images-idx3-ubyte.gz")
    #expect(await failure()?.hasPrefix("\(path), byte \(bytes.count - 9): the compressed") == true)
  }

  @Test func `a data set without enough images is refused`() async throws {
    try SmallMNIST(trainingCount: 1, testCount: 1).write(to: folder)
    #expect(await failure()?.contains("holds 1 training and 1 test images") == true)
  }
}
