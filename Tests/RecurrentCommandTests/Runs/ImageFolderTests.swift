import Testing

@testable import RecurrentCommand

struct ImageFolderTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test(arguments: [false, true])
  func `a folder of MNIST's files is learned, plain or gzip`(isCompressed: Bool) async throws {
    try SmallImages().write(to: "images", in: workbench, compressed: isCompressed)
    let run = try await workbench.succeed(
      "train mnist --data images --hidden 4 --epochs 1 --run a"
    )
    #expect(
      run.lines.first == "Learning MNIST: 270 examples to train, 30 to validate, 50 to test, "
        + "each 28 steps of 28"
    )
    #expect(try workbench.names(in: "images").count == 4)
  }

  @Test func `compressing changes neither the fingerprint nor the model`() async throws {
    for (name, isCompressed) in [("plain", false), ("gzip", true)] {
      try SmallImages().write(to: name, in: workbench, compressed: isCompressed)
      try await workbench.succeed("train mnist --data \(name) --hidden 4 --epochs 1 --run \(name)")
    }
    #expect(
      try workbench.record(of: "plain").dataFingerprint
        == workbench.record(of: "gzip").dataFingerprint
    )
    #expect(
      try workbench.bytes(of: "runs/plain/model.safetensors")
        == workbench.bytes(of: "runs/gzip/model.safetensors")
    )
  }

  @Test func `clothes are confused by their names`() async throws {
    try SmallImages().write(to: "images", in: workbench)
    let run = try await workbench.succeed(
      "train fashion-mnist --data images --hidden 4 --epochs 1"
    )
    #expect(try #require(run.lines.first).hasPrefix("Learning Fashion-MNIST: "))
    let names = [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ]
    let confusions = try #require(run.lines.first { $0.hasPrefix("Worst confusions: ") })
    #expect(names.contains { confusions.contains(" \($0) read as ") })
    #expect(try workbench.record(of: "fashion-mnist-lstm-4").classNames == names)
    let page = try workbench.text(of: "runs/fashion-mnist-lstm-4/report.html")
    #expect(page.contains("Ankle boot"))
    let prediction = try await workbench.succeed(
      "predict fashion-mnist-lstm-4 images/t10k-images-idx3-ubyte:9"
    )
    #expect(try #require(prediction.lines.last).contains { $0.isLetter })
  }

  @Test func `files in the user's cache need no network`() async throws {
    try SmallImages().write(to: "images", in: workbench, compressed: true)
    try workbench.moveIntoCache("images", as: "mnist")
    let run = try await workbench.succeed("train mnist --hidden 4 --epochs 1")
    #expect(try #require(run.lines.first).contains("270 examples to train"))
    try await workbench.succeed("evaluate mnist-lstm-4")
  }

  /// Trains on the four files, one of them changed, and expects an error that names the file.
  private func expectRefusal(
    of name: String,
    _ bytes: [UInt8]?,
    saying parts: String...
  ) async throws {
    var images = SmallImages()
    images.files[name] = bytes
    try images.write(to: "images", in: workbench)
    try await workbench.fail(
      ["train", "mnist", "--data", "images", "--hidden", "4"],
      exitCode: 1,
      saying: parts + [name]
    )
  }

  private let images = "train-images-idx3-ubyte"
  private let labels = "t10k-labels-idx1-ubyte"

  @Test func `a folder that is missing, empty or a file is refused`() async throws {
    try workbench.write([], to: "file")
    try workbench.makeFolder("empty")
    let start = "train mnist --data"
    try await workbench.fail("\(start) none", exitCode: 1, saying: "/none: does not exist")
    try await workbench.fail("\(start) file", exitCode: 1, saying: "/file: is a file")
    try await workbench.fail("\(start) empty", exitCode: 1, saying: "holds nothing of MNIST")
  }

  @Test func `a file that is missing is named`() async throws {
    try await expectRefusal(of: labels, nil, saying: "does not hold all of MNIST")
  }

  @Test(arguments: [0, 1, 8, 17])
  func `a file cut short is named`(count: Int) async throws {
    let whole = try #require(SmallImages().files[images])
    try await expectRefusal(of: images, Array(whole.prefix(count)))
  }

  @Test(arguments: [3, 12, 30])
  func `a gzip file cut short is named`(count: Int) async throws {
    let whole = SmallImages.gzip(try #require(SmallImages().files[labels]))
    try await expectRefusal(of: labels, Array(whole.prefix(count)), saying: "get it again")
  }

  @Test func `a gzip file with a flipped bit is named`() async throws {
    var bytes = SmallImages.gzip(try #require(SmallImages().files[images]))
    bytes[bytes.count / 2] ^= 0x10
    try await expectRefusal(of: images, bytes)
  }

  @Test func `a wrong magic number, type or rank is named`() async throws {
    let whole = try #require(SmallImages().files[images])
    try await expectRefusal(of: images, [1] + whole.dropFirst(), saying: "is not an IDX file")
    try await expectRefusal(
      of: images,
      [0, 0, 0x0d, 3] + whole.dropFirst(4),
      saying: "32-bit floats"
    )
    try await expectRefusal(
      of: images,
      SmallImages().files[labels],
      saying: "are images and labels swapped?"
    )
    try await expectRefusal(of: images, Array("<html></html>".utf8), saying: "is a web page")
  }

  @Test func `counts that differ are told`() async throws {
    let few = SmallImages.content(dimensions: [49], [UInt8](repeating: 1, count: 49))
    try await expectRefusal(of: labels, few, saying: "holds 49 labels for 50 images")
  }

  @Test func `a header that promises far too much is refused at once`() async throws {
    let header: [UInt8] = [0, 0, 8, 3] + [UInt8](repeating: 0xff, count: 12)
    try await expectRefusal(of: images, header, saying: "its header promises")
  }

  @Test func `a label beyond the classes is told with its example`() async throws {
    var bytes = try #require(SmallImages().files[labels])
    bytes[8 + 17] = 10
    try await expectRefusal(of: labels, bytes, saying: "label 10 of example 17")
  }

  @Test func `images of another size are refused`() async throws {
    let small = SmallImages.content(dimensions: [4, 8, 8], .init(repeating: 0, count: 256))
    try await expectRefusal(of: images, small, saying: "8×8 pixels, not 28×28")
  }

  @Test(arguments: ["mnist", "fashion-mnist"])
  func `without network the three ways out are told`(name: String) async throws {
    // A proxy that nobody runs stands for a missing network, on machines with one, too.
    let proxy = "http://127.0.0.1:9"
    let environment = Dictionary(
      uniqueKeysWithValues: ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"]
        .map { ($0, proxy) } + [("no_proxy", ""), ("NO_PROXY", "")]
    )
    #if canImport(Darwin)
    // The system's settings decide there, not the environment: a folder that cannot be made is
    // in the way of any download.
    try workbench.blockCache()
    try await workbench.fail(
      "train \(name)",
      exitCode: 1,
      saying: "--data DIR",
      environment: environment
    )
    #else
    try await workbench.fail(
      "train \(name)",
      exitCode: 1,
      saying: "could not be downloaded",
      "--data DIR",
      "/.cache/recurrent/\(name)",
      "recurrent train digits",
      environment: environment
    )
    #expect(try workbench.cachedNames(of: name) == [])
    #endif
  }

  @Test func `a damaged file in the cache may be deleted`() async throws {
    var images = SmallImages()
    images.files[labels]?.removeLast()
    try images.write(to: "images", in: workbench)
    try workbench.moveIntoCache("images", as: "mnist")
    try await workbench.fail(
      "train mnist",
      exitCode: 1,
      saying: labels,
      "delete the file, and it is downloaded again"
    )
  }
}
