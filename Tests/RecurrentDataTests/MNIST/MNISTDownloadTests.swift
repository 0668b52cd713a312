import Foundation
import Recurrent
import RecurrentTestSupport
import Synchronization
import Testing

@testable import RecurrentData

struct MNISTDownloadTests {
  let folder: TemporaryFolder
  let small = SmallMNIST()
  /// A folder that the download has to create.
  var cache: String { folder.path + "/cache/mnist" }

  init() throws { folder = try TemporaryFolder() }

  private let published = [
    "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
  ]

  private func data(_ mirrors: [String], timeout: Double = 30) -> MNIST {
    MNIST(
      .mnist,
      cacheFolder: cache,
      source: MNISTSource(mirrors: mirrors, checks: small.checks, timeout: timeout)
    )
  }

  private var cachedNames: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: cache).sorted() }
  }

  @Test func `the four files are downloaded once`() async throws {
    let server = try LoopbackServer(small.answers("good"))
    defer { server.stop() }
    let splits = try await data([server.address("good")]).load()
    #expect(splits.test.count == 5)
    #expect(try cachedNames == published)
    #expect(server.requests.count == 4)

    let again = try await data([server.address("good")]).load()
    #expect(again.fingerprint == splits.fingerprint)
    #expect(server.requests.count == 4)
  }

  @Test func `only missing files are downloaded`() async throws {
    let server = try LoopbackServer(small.answers("good"))
    defer { server.stop() }
    _ = try await data([server.address("good")]).load()
    try FileManager.default.removeItem(atPath: cache + "/t10k-labels-idx1-ubyte.gz")
    _ = try await data([server.address("good")]).load()
    #expect(server.requests.last == "/good/t10k-labels-idx1-ubyte.gz")
    #expect(server.requests.count == 5)
  }

  @Test func `progress tells the file, the bytes and the total`() async throws {
    let server = try LoopbackServer(small.answers("good"))
    defer { server.stop() }
    let reports = Guarded<[DownloadProgress]>([])
    _ = try await data([server.address("good")]).load { report in
      reports.withLock { $0.append(report) }
    }
    let size = gzip(small.bytes(.trainingImages)).count
    let images = reports.withLock { $0.filter { $0.fileName == "train-images-idx3-ubyte.gz" } }
    #expect(
      images.last
        == DownloadProgress(
          fileName: "train-images-idx3-ubyte.gz",
          receivedBytes: size,
          totalBytes: size
        )
    )
    #expect(images.map(\.receivedBytes) == images.map(\.receivedBytes).sorted())
  }

  /// What a bad mirror answers, and what is said about it.
  static let badAnswers: [(String, LoopbackServer.Answer)] = {
    let good = gzip(SmallMNIST().bytes(.trainingImages))
    var changed = SmallMNIST().bytes(.trainingImages)
    changed[400] ^= 1
    return [
      ("answered with HTTP 404", .status(404, Array("<html>".utf8))),
      ("answered with HTTP 503", .status(503, [])),
      ("sent a web page", .file(Array("\n <!DOCTYPE html><p>Sign in</p>".utf8))),
      ("sent something else than gzip", .file([1, 2, 3])),
      ("sent something else than gzip", .file([])),
      ("sent a file with a wrong MD5 checksum", .file(gzip(changed))),
      ("sent a file with a wrong MD5 checksum", .file(Array(good.dropLast(7)))),
      ("sent a file with a wrong MD5 checksum", .unannounced(Array(good.dropLast(7)))),
      ("sent more than the", .file(good + [UInt8](repeating: 0, count: 90_000))),
      ("broke off", .brokenOff(Array(good.dropLast(50)), promised: good.count)),
      ("did not answer in time", .silence),
    ]
  }()

  @Test(arguments: badAnswers)
  func `a bad answer is refused and the next mirror asked`(
    reason: String,
    answer: LoopbackServer.Answer
  ) async throws {
    let answers = small.answers("bad", [.trainingImages: answer])
    let server = try LoopbackServer(
      answers.merging(small.answers("good")) { first, _ in first }
    )
    defer { server.stop() }
    let bad = server.address("bad")
    let splits = try await data([bad, server.address("good")], timeout: 1).load()
    #expect(splits.test.count == 5)
    #expect(try cachedNames == published)
    // Once a mirror has failed, the other is asked first.
    #expect(server.requests.filter { $0.hasPrefix("/bad/") }.count == 1)

    try FileManager.default.removeItem(atPath: cache)
    let error = await #expect(throws: FileError.self) {
      try await data([bad], timeout: 1).load()
    }
    let line = try #require(error?.description)
    #expect(
      line.hasPrefix(
        "MNIST could not be downloaded (\(bad)train-images-idx3-ubyte.gz: \(reason)"
      ),
      "\(line)"
    )
    #expect(
      line.hasSuffix(
        "); download the four files by hand into a folder and give --data DIR, or put them into "
          + "\(cache), or train on the built-in drawn digits, which need no network: "
          + "recurrent train digits"
      )
    )
    #expect(!line.contains("\n"))
    #expect(try cachedNames.isEmpty)
  }

  @Test func `a server that is not there is named`() async throws {
    let server = try LoopbackServer([:])
    let address = server.address("gone")
    server.stop()
    let error = await #expect(throws: FileError.self) {
      try await data([address, "no address"]).load()
    }
    #expect(error?.description.contains("\(address)train-images-idx3-ubyte.gz: ") == true)
    #expect(error?.description.contains("no address/train-images-idx3-ubyte.gz") == true)
    #expect(try cachedNames.isEmpty)
  }

  @Test func `a wrong SHA-256 is found where no MD5 is known`() throws {
    var checks = try #require(small.checks[.testLabels])
    checks.gzipMD5 = nil
    try checks.verify(gzip(small.bytes(.testLabels)), address: "a")
    var changed = small.bytes(.testLabels)
    changed[9] ^= 1
    let error = #expect(throws: FileError.self) {
      try checks.verify(gzip(changed), address: "a")
    }
    #expect(error?.description == "a: sent a file with a wrong SHA-256 checksum")
    #expect(throws: FileError.self) {
      try checks.verify(gzip(changed + [0]), address: "a")
    }
    #expect(throws: FileError.self) {
      try checks.verify(gzip(Array(changed.dropLast())), address: "a")
    }
  }

  @Test func `a cancelled download leaves nothing`() async throws {
    let server = try LoopbackServer(small.answers("slow", [.trainingImages: .silence]))
    defer { server.stop() }
    let data = data([server.address("slow")])
    let task = Task { try await data.load() }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
    task.cancel()
    let error = await #expect(throws: FileError.self) { try await task.value }
    #expect(error?.description == "the download of train-images-idx3-ubyte.gz was cancelled")
    #expect(try cachedNames.isEmpty)
  }

  @Test func `a task cancelled before it starts does not wait`() async throws {
    let server = try LoopbackServer(small.answers("slow", [.trainingImages: .silence]))
    defer { server.stop() }
    let data = data([server.address("slow")])
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await data.load()
    }
    task.cancel()
    let error = await #expect(throws: FileError.self) { try await task.value }
    #expect(error?.description == "the download of train-images-idx3-ubyte.gz was cancelled")
    #expect(server.requests.isEmpty)
    #expect(try cachedNames.isEmpty)
  }

  @Test func `a damaged file in the cache says how to be rid of it`() async throws {
    let server = try LoopbackServer(small.answers("good"))
    defer { server.stop() }
    _ = try await data([server.address("good")]).load()
    let path = cache + "/t10k-labels-idx1-ubyte.gz"
    try WholeFile.write([], to: path)
    let error = await #expect(throws: FileError.self) {
      try await data([server.address("good")]).load()
    }
    #expect(
      error?.description == "\(path): is empty; delete the file, and it is downloaded again"
    )
  }

  @Test func `a cache that cannot be created says so`() async throws {
    try folder.write([1], as: "cache")
    let error = await #expect(throws: FileError.self) { try await data([]).load() }
    #expect(
      error?.description == "\(cache): the cache folder cannot be created; "
        + "download the files by hand into a folder and give --data DIR"
    )
  }

  @Test func `every published mirror is asked over HTTPS`() {
    for variant in MNIST.Variant.allCases {
      let source = MNISTSource.published(variant)
      #expect(source.mirrors.count >= 2)
      #expect(source.mirrors.allSatisfy { $0.hasPrefix("https://") && $0.hasSuffix("/") })
      for file in MNISTFile.allCases {
        let checks = source.checks[file]
        #expect(checks?.contentSHA256?.count == 64 || checks?.gzipMD5?.count == 32)
      }
    }
  }
}
