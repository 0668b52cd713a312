import Recurrent
import RecurrentData
import RecurrentTestSupport
import Testing

struct PNGEncoderTests {
  @Test(arguments: [(1, 1), (28, 28), (3, 200), (257, 2)])
  func `what is written is read back`(width: Int, height: Int) throws {
    let pixels = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 * 13) }
    let image = GrayscaleImage(width: width, height: height, pixels: pixels)
    #expect(try GrayscaleImage(png: image.encodedAsPNG()) == image)
  }

  @Test func `a file is read from its path, and its path is in the error`() throws {
    let folder = try TemporaryFolder()
    let image = GrayscaleImage(width: 2, height: 1, pixels: [0, 255])
    let path = try folder.write(image.encodedAsPNG(), as: "a.png")
    #expect(try GrayscaleImage(pngFile: path) == image)
    let missing = folder.path + "/none.png"
    let error = #expect(throws: FileError.self) { try GrayscaleImage(pngFile: missing) }
    #expect(error?.description == "\(missing): does not exist")
  }
}
