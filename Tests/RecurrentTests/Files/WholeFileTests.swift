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
}
