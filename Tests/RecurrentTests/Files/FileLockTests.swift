import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

struct FileLockTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/.lock"
  }

  @Test func `the second is told who has the lock, until it is let go of`() throws {
    var first: FileLock? = try FileLock(path)
    #expect(first?.abandoned == nil)
    let error = #expect(throws: FileLock.Held.self) { try FileLock(path) }
    #expect(
      error?.holder.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on ") == true
    )
    first = nil
    #expect(try folder.names.isEmpty)
    let second = try FileLock(path)
    #expect(second.abandoned == nil)
  }

  @Test func `a lock that a dead process left is taken over, and it is said whose it was`() throws {
    try folder.write(Array("process 1\u{1B}[31m on \u{7}there".utf8), as: ".lock")
    let lock = try FileLock(path)
    #expect(lock.abandoned == "process 1[31m on there")
    #expect(throws: FileLock.Held.self) { try FileLock(path) }
  }

  @Test func `what is no file, or in no folder, cannot be locked`() throws {
    for path in [folder.path, folder.path + "/none/.lock"] {
      let error = #expect(throws: FileError.self) { try FileLock(path) }
      #expect(error?.file == path)
    }
  }
}
