import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentData

@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct PublishedMNISTTests {
  @Test func `the published files load as the published numbers of images`() async throws {
    let splits = try await MNIST(.mnist).load(folder: SharedFolder.path("data/mnist"))
    #expect(splits.training.count == 55_000)
    #expect(splits.validation.count == 5_000)
    #expect(splits.test.count == 10_000)
    #expect(splits.validation.labels.prefix(5) == [5, 0, 4, 1, 9])
    #expect(splits.test.labels.prefix(5) == [7, 2, 1, 0, 4])
    #expect(
      splits.fingerprint == "b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a"
    )
  }

  @Test(arguments: [MNISTFile.trainingLabels, .testImages, .testLabels])
  func `the published files pass the checks of a download`(file: MNISTFile) throws {
    let checks = try #require(MNISTSource.published(.mnist).checks[file])
    let bytes = try WholeFile.contents(of: SharedFolder.path("data/mnist/\(file.name).gz"))
    try checks.verify(bytes, address: file.name)
  }
}
