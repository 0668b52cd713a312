import Recurrent
import RecurrentTestSupport
import Testing

struct SafetensorsFileTests {
  private func file() -> SafetensorsFile {
    var numbers = SeededNumbers(70)
    var file = SafetensorsFile(metadata: [
      "format": "pt", "note": "a \"quoted\" \\ line\nand ü\u{1}",
    ])
    file.add(numbers.tensor([3, 5]), named: "b.weight")
    file.add(Tensor([.nan, -0.0, .infinity, .leastNonzeroMagnitude]), named: "a")
    file.add(Tensor(7), named: "scalar")
    file.add(.zeros([0, 4]), named: "empty")
    file.add(Tensor([1, 2]), named: "Ünïcode/\"name\"")
    return file
  }

  @Test func `a file read back has the same bytes and the same tensors`() throws {
    let original = file()
    let copy = try SafetensorsFile(bytes: original.bytes, path: "copy")
    #expect(copy.bytes == original.bytes)
    #expect(copy.metadata == original.metadata)
    #expect(Set(copy.entries.keys) == Set(original.entries.keys))
    for name in original.entries.keys {
      let (got, want) = try (copy.tensor(named: name), original.tensor(named: name))
      #expect(got.shape == want.shape)
      #expect(haveSameBits(got.elements, want.elements), "\(name)")
    }
  }

  @Test func `a file on disk has the same bytes`() throws {
    let folder = try TemporaryFolder()
    try file().write(to: "\(folder.path)/weights.safetensors")
    #expect(try folder.names == ["weights.safetensors"])
    #expect(try WholeFile.contents(of: "\(folder.path)/weights.safetensors") == file().bytes)
    let copy = try SafetensorsFile(contentsOf: "\(folder.path)/weights.safetensors")
    #expect(copy.bytes == file().bytes)
  }

  // Eight bytes of length, the header, then 1.0 and -2.0 as little-endian floats.
  @Test func `the bytes are those of the format`() throws {
    var file = SafetensorsFile()
    file.add(Tensor([1, -2], shape: [2, 1]), named: "w")
    let header = #"{"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}"#
    #expect(header.utf8.count == 56)
    #expect(
      file.bytes == [56, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
        + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
    )
  }

  @Test func `arrays begin on multiples of eight bytes`() {
    for length in 1...9 {
      var file = SafetensorsFile()
      file.add(Tensor([1]), named: String(repeating: "x", count: length))
      #expect((file.bytes.count - 4) % 8 == 0)
    }
  }

  @Test func `the order in which arrays are added does not matter`() {
    var (one, other) = (SafetensorsFile(), SafetensorsFile())
    one.add(Tensor([1]), named: "a")
    one.add(Tensor([2]), named: "b")
    other.add(Tensor([2]), named: "b")
    other.add(Tensor([0, 0]), named: "a")
    other.add(Tensor([1]), named: "a")
    #expect(one.bytes == other.bytes)
  }

  @Test func `arrays in any order of names and types are read`() throws {
    let header = """
      {"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},\
      "a":{"dtype":"BF16","shape":[1],"data_offsets":[12,14]},\
      "c":{"data_offsets":[0,8],"shape":[],"dtype":"I64","extra":null}}
      """
    let file = try SafetensorsFile(
      bytes: safetensorsBytes(header: header, dataCount: 14),
      path: "f"
    )
    #expect(file.entries["a"]?.type == "BF16" && file.entries["c"]?.shape == [])
    #expect(try file.tensor(named: "b").elements[0].bitPattern == 0x0B0A_0908)
    let wrongType = #expect(throws: FileError.self) { try file.tensor(named: "a") }
    #expect(wrongType?.description == "f: array 'a' has type BF16, and F32 is wanted")
    let missing = #expect(throws: FileError.self) { try file.tensor(named: "z") }
    #expect(missing?.description == "f: has no array named 'z'")
  }

  @Test func `a file that is not there cannot be read`() throws {
    let folder = try TemporaryFolder()
    for (path, problem) in [
      ("\(folder.path)/none", "does not exist"), (folder.path, "is a folder, not a file"),
      ("", "does not exist"),
    ] {
      let error = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(error?.file == path)
      #expect(error?.problem == problem)
    }
  }
}
