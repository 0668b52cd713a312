import Foundation
import RecurrentTestSupport
import Testing

@testable import Recurrent

struct WholeFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 5_000])
  func `a file comes back as it was written`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let path = folder.path + "/file"
    try WholeFile.write(bytes, to: path)
    #expect(try WholeFile.contents(of: path) == bytes)
    #expect(try folder.names == ["file"])
  }

  @Test func `writing replaces what was there`() throws {
    let path = try folder.write([1, 2, 3], as: "file")
    try WholeFile.write([9], to: path)
    #expect(try WholeFile.contents(of: path) == [9])
  }

  @Test func `what cannot be written says so and leaves nothing`() throws {
    let path = folder.path + "/missing/file"
    let error = #expect(throws: FileError.self) { try WholeFile.write([1], to: path) }
    #expect(
      error?.description
        == "\(path): cannot be written: No such file or directory; create the folder first"
    )
    // A folder in the way is found only when the whole file is moved to its place.
    let taken = folder.path + "/taken"
    try FileManager.default.createDirectory(
      atPath: taken + "/inner",
      withIntermediateDirectories: true
    )
    #expect(throws: FileError.self) { try WholeFile.write([1], to: taken) }
    #expect(try folder.names == ["taken"])
  }

  @Test func `a missing file says so`() {
    let path = folder.path + "/none"
    let error = #expect(throws: FileError.self) { try WholeFile.contents(of: path) }
    #expect(error?.description == "\(path): does not exist")
  }

  @Test func `a folder says so`() {
    let error = #expect(throws: FileError.self) { try WholeFile.contents(of: folder.path) }
    #expect(error?.description == "\(folder.path): is a folder, not a file")
  }

  @Test func `a pipe or device is refused without waiting`() {
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, "/dev/zero"] {
      let error = #expect(throws: FileError.self) { try WholeFile.contents(of: path) }
      #expect(error?.description == "\(path): is not an ordinary file")
    }
  }

  @Test func `a file that is too large is not read`() throws {
    let path = try folder.write([1, 2, 3], as: "file")
    let error = #expect(throws: FileError.self) { try WholeFile.contents(of: path, limit: 2) }
    #expect(error?.description == "\(path): holds 3 bytes; at most 2 are read")
  }

  @Test func `a path that leads nowhere says so`() throws {
    let path = folder.path + "/loop"
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
    let error = #expect(throws: FileError.self) { try WholeFile.contents(of: path) }
    #expect(error?.description.hasPrefix("\(path): cannot be opened: ") == true)
  }

  @Test func `a path without a folder is in the current one`() throws {
    let name = "recurrent-\(UUID())"
    try WholeFile.write([1], to: name)
    #expect(FileManager.default.contents(atPath: name) == Data([1]))
    try FileManager.default.removeItem(atPath: name)
  }

  // The superuser may write anywhere, so there is nothing to see as root.
  @Test(.enabled(if: getuid() != 0, "the superuser may write to any folder"))
  func `a folder that may not be written to keeps what it has`() throws {
    let path = try folder.write([1], as: "file")
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
    }
    let error = #expect(throws: FileError.self) { try WholeFile.write([2], to: path) }
    #expect(error?.advice == "choose a folder you may write to")
    #expect(try WholeFile.contents(of: path) == [1])
    #expect(try folder.names == ["file"])
  }

  @Test func `writers at the same time leave one whole file`() async throws {
    let path = folder.path + "/file"
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 1...8 {
        group.addTask {
          for _ in 0..<10 {
            try WholeFile.write(
              [UInt8](repeating: UInt8(writer), count: writer * 100_000),
              to: path
            )
          }
        }
      }
      try await group.waitForAll()
    }
    let bytes = try WholeFile.contents(of: path)
    #expect(bytes.count == Int(bytes[0]) * 100_000 && Set(bytes).count == 1)
    #expect(try folder.names == ["file"])
  }
}
