import Foundation
import Recurrent
import RecurrentTestSupport

@testable import RecurrentData

/// Four files like MNIST's, with few random images.
struct SmallMNIST {
  /// The uncompressed content of each file.
  var content: [MNISTFile: [UInt8]] = [:]

  init(
    trainingCount: Int = 20,
    testCount: Int = 5,
    imageSize: [Int] = [28, 28],
    trainingLabelCount: Int? = nil
  ) {
    let size = imageSize.reduce(1, *)
    func images(_ count: Int) -> [UInt8] {
      let bytes = (0..<count * size).map { UInt8(truncatingIfNeeded: $0 &* 31 / 7) }
      let file = IDXFile(dimensions: [count] + imageSize, bytes: bytes)
      return file.header + file.bytes
    }
    func labels(_ count: Int) -> [UInt8] {
      let file = IDXFile(dimensions: [count], bytes: (0..<count).map { UInt8($0 % 10) })
      return file.header + file.bytes
    }
    content[.trainingImages] = images(trainingCount)
    content[.trainingLabels] = labels(trainingLabelCount ?? trainingCount)
    content[.testImages] = images(testCount)
    content[.testLabels] = labels(testCount)
  }

  /// The content of one file.
  func bytes(_ file: MNISTFile) -> [UInt8] { content[file] ?? [] }

  /// Writes the four files as they were published.
  func write(to folder: TemporaryFolder) throws {
    for file in MNISTFile.allCases { try folder.write(gzip(bytes(file)), as: file.name + ".gz") }
  }

  /// What a download of these files is checked for.
  var checks: [MNISTFile: MNISTSource.Checks] {
    content.mapValues {
      MNISTSource.Checks(
        byteCount: $0.count,
        contentSHA256: SHA256Digest.hexadecimal(of: $0),
        gzipMD5: MD5Digest.hexadecimal(of: gzip($0))
      )
    }
  }

  /// Answers that serve the four files from `folder`, except as `changes` say.
  func answers(
    _ folder: String,
    _ changes: [MNISTFile: LoopbackServer.Answer] = [:]
  ) -> [String: LoopbackServer.Answer] {
    var answers: [String: LoopbackServer.Answer] = [:]
    for file in MNISTFile.allCases {
      answers["/\(folder)/\(file.name).gz"] = changes[file] ?? .file(gzip(bytes(file)))
    }
    return answers
  }
}
