import Recurrent
import Testing

struct FileErrorTests {
  @Test func `the line says where, what, and what to do`() {
    let error = FileError("is odd", file: "a.gz", byteOffset: 7, advice: "get it again")
    #expect(error.description == "a.gz, byte 7: is odd; get it again")
  }

  @Test func `parts that are not known leave no trace`() {
    #expect(FileError("is odd").description == "is odd")
    #expect(FileError("is odd", file: "a.gz").description == "a.gz: is odd")
    #expect(FileError("is odd", byteOffset: 7).description == "byte 7: is odd")
    #expect(FileError("is odd", advice: "go home").description == "is odd; go home")
  }

  @Test func `a name with line breaks and terminal codes stays on one line`() {
    let error = FileError("is odd", file: "a\nb\u{1B}[31m")
    #expect(error.description == "a?b?[31m: is odd")
  }
}
