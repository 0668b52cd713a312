import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("HDF5 files")
struct HDF5FileTests {
  private let grid = (0..<35).map { Float($0) }

  @Test("Arrays of every kind that is read have their numbers")
  func oldStyle() throws {
    let file = try HDF5File(Fixture.content("old-style.h5"), path: "f")
    for name in ["a/doubles", "a/halves", "chunked", "plain-chunks"] {
      let dataset = try #require(file.datasets[name])
      #expect(dataset.shape == [5, 7])
      #expect(try dataset.floats() == grid, "\(name)")
    }
    #expect(try file.datasets["scalar"]?.floats() == [1.5])
    #expect(file.datasets["scalar"]?.shape == [])
    #expect(try file.datasets["many/39"]?.floats() == [39])
    #expect(file.datasets.count == 47)
    #expect(throws: FileError.self) { try file.datasets["a/whole"]?.floats() }
    #expect(try file.rootText(named: "fixed") == "fixed text")
    #expect(try file.rootText(named: "any") == "text of any length")
    #expect(try file.rootText(named: "none") == nil)
  }

  @Test("A filter that is not read is named when its array is asked for")
  func filter() throws {
    let file = try HDF5File(Fixture.content("old-style.h5"), path: "f")
    let error = #expect(throws: FileError.self) { try file.datasets["checked"]?.floats() }
    #expect(error?.problem.contains("filter 3") ?? false)
  }

  @Test("Files of the latest version have their numbers")
  func newStyle() throws {
    let file = try HDF5File(Fixture.content("new-style.h5"), path: "f")
    #expect(file.datasets.keys.sorted() == ["a/b/floats", "a/doubles", "compact"])
    for dataset in file.datasets.values { #expect(try dataset.floats() == grid) }
    #expect(try file.rootText(named: "any") == "text of any length")
  }

  /// Reads everything in a file.
  private func read(_ content: [UInt8]) -> Bool {
    do throws(FileError) {
      let file = try HDF5File(content, path: "f")
      _ = try file.rootText(named: "any")
      for (name, dataset) in file.datasets where name != "checked" && name != "a/whole" {
        _ = try dataset.floats()
      }
      return true
    } catch {
      #expect(error.description.hasPrefix("f"))
      return false
    }
  }

  @Test("A file that breaks off is refused", arguments: ["old", "new"])
  func cuts(style: String) throws {
    let content = try Fixture.content("\(style)-style.h5")
    #expect(read(content))
    for length in stride(from: 0, to: content.count, by: 97) {
      #expect(!read(Array(content[..<length])))
    }
  }

  @Test("No changed byte stops the reader", arguments: ["old", "new"])
  func damage(style: String) throws {
    let content = try Fixture.content("\(style)-style.h5")
    var stream = RandomStream(seed: 11, purpose: .testing)
    for _ in 0..<3000 {
      var damaged = content
      for _ in 0..<3 {
        let place = Int(stream.nextUniform() * Float(content.count)) % content.count
        damaged[place] = [0, 0xFF, UInt8(place & 0xFF)][Int(stream.nextUniform() * 3) % 3]
      }
      _ = read(damaged)
    }
  }

  @Test("A group that holds itself is refused")
  func cycle() throws {
    var content = try Fixture.content("old-style.h5")
    // The root's symbol table: the address of "a" becomes the root's own.
    let root = try HDF5Bytes(content: content, path: "f").number(64, 8)
    let node = try #require(content.firstRange(of: Array("SNOD".utf8))).lowerBound
    for byte in 0..<8 { content[node + 8 + 8 + byte] = UInt8(root >> (8 * byte) & 0xFF) }
    let error = #expect(throws: FileError.self) { try HDF5File(content, path: "f") }
    #expect(error?.problem.contains("holds itself") ?? false, "\(String(describing: error))")
  }

  @Test("Other files are refused at once")
  func others() {
    #expect(throws: FileError.self) { try HDF5File([], path: "f") }
    #expect(throws: FileError.self) { try HDF5File(Array("PK\u{3}\u{4}".utf8), path: "f") }
    #expect(!read([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]))
  }
}
