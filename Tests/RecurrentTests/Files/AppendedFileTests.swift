import Recurrent
import RecurrentTestSupport
import Testing

@Suite("Files that grow")
struct AppendedFileTests {
  @Test("Records are there as soon as they are written, and nothing is written over")
  func grows() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    var file = try #require(try AppendedFile(new: path))
    try file.append([1, 2])
    #expect(try WholeFile.contents(of: path) == [1, 2])
    try file.append([3])
    try file.flush()
    file.close()
    #expect(try WholeFile.contents(of: path) == [1, 2, 3])
    let second = try AppendedFile(new: path)
    #expect(second == nil)
    #expect(try WholeFile.contents(of: path) == [1, 2, 3])
  }

  @Test("A folder that is not there is named")
  func noFolder() throws {
    let folder = try TemporaryFolder()
    #expect(
      throws: FileError(
        "cannot be written: No such file or directory",
        file: folder.path + "/none/file",
        advice: "create the folder first"
      )
    ) { _ = try AppendedFile(new: folder.path + "/none/file") }
  }
}
