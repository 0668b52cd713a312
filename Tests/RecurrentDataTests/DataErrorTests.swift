import RecurrentData
import Testing

struct DataErrorTests {
  @Test func `the line says where, what, and what to do`() {
    let error = DataError("is odd", file: "a.gz", byteOffset: 7, advice: "get it again")
    #expect(error.description == "a.gz, byte 7: is odd; get it again")
  }

  @Test func `parts that are not known leave no trace`() {
    #expect(DataError("is odd").description == "is odd")
    #expect(DataError("is odd", file: "a.gz").description == "a.gz: is odd")
    #expect(DataError("is odd", byteOffset: 7).description == "byte 7: is odd")
    #expect(DataError("is odd", advice: "go home").description == "is odd; go home")
  }

  @Test func `a name with line breaks and terminal codes stays on one line`() {
    let error = DataError("is odd", file: "a\nb\u{1B}[31m")
    #expect(error.description == "a?b?[31m: is odd")
  }
}
