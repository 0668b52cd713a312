import RecurrentKernels
import Testing

struct InstructionSetTests {
  @Test func `the sets that can run are listed, best first`() {
    let names = InstructionSet.available.map(\.name)
    #expect(!names.isEmpty)
    #expect(String(cString: recurrent_instruction_sets()) == names.joined(separator: ", "))
    for name in names {
      #expect(recurrent_kernels_named(name).map { String(cString: $0.pointee.name) } == name)
    }
  }

  @Test(arguments: ["", "AVX2", "sse9", "avx512 "])
  func `an unknown set has no kernels`(name: String) {
    #expect(recurrent_kernels_named(name) == nil)
  }

  @Test func `the set in use is one that can run`() {
    let name = String(cString: recurrent_kernels().pointee.name)
    #expect(InstructionSet.available.map(\.name).contains(name))
  }
}
