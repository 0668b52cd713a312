import RecurrentData
import Testing

@testable import RecurrentCommand

struct PredictCommandTests {
  let workbench: Workbench

  init() async throws {
    workbench = try Workbench()
    try await workbench.trainSmall()
  }

  /// A dark upright bar on light paper.
  private static let bar = GrayscaleImage(
    width: 40,
    height: 40,
    pixels: (0..<1600).map { (18..<23).contains($0 % 40) && (8..<32).contains($0 / 40) ? 10 : 240 }
  )

  /// The drawing and the three lines below it.
  private func expectReading(_ lines: some Collection<String>, of name: String) throws {
    #expect(lines.first == "\(name):")
    let answers = try lines.suffix(3).map { line in
      try #require(line.wholeMatch(of: /[█░]{20} (\d+\.\d\d)%  (\d)/)).output
    }
    let probabilities = try answers.map { try #require(Double($0.1)) }
    #expect(probabilities.allSatisfy { (0...100).contains($0) })
    #expect(probabilities == probabilities.sorted(by: >))
    #expect(probabilities.reduce(0, +) <= 100.02)
    #expect(Set(answers.map(\.2)).count == 3)
  }

  @Test func `a picture in a PNG file is drawn and read`() async throws {
    try workbench.write(Self.bar.encodedAsPNG(), to: "bar.png")
    let run = try await workbench.succeed("predict small bar.png")
    try expectReading(run.lines, of: "bar.png")
    // The bar becomes 4 columns, each two signs wide, and 20 rows.
    #expect(run.lines.count { $0.hasSuffix(" @@@@@@@@") } == 20)
    #expect(run.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  }

  @Test(arguments: [false, true])
  func `an image of an IDX file is drawn and read`(isCompressed: Bool) async throws {
    try SmallImages().write(to: "more", in: workbench, compressed: isCompressed)
    let name = "more/t10k-images-idx3-ubyte\(isCompressed ? ".gz" : ""):4"
    let run = try await workbench.succeed("predict small \(name)")
    try expectReading(run.lines, of: name)
    // Image 4 has its two bright rows at 12 and 13, from column 4 to 23.
    let drawing = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    let band = String(repeating: " ", count: 8) + String(repeating: "%", count: 40)
    #expect(drawing[13] == band && drawing[14] == band)
  }

  @Test func `several images are read in the order given`() async throws {
    try workbench.write(Self.bar.encodedAsPNG(), to: "bar.png")
    let file = "images/t10k-images-idx3-ubyte"
    let run = try await workbench.succeed("predict small \(file):0 bar.png \(file):49")
    #expect(
      run.lines.filter { $0.hasSuffix(":") || $0.contains(/:\d+:$/) }
        == ["\(file):0:", "bar.png:", "\(file):49:"]
    )
  }

  @Test func `a file whose name ends in a number is read as a picture`() async throws {
    try workbench.write(Self.bar.encodedAsPNG(), to: "bar:1")
    try expectReading(try await workbench.succeed("predict small bar:1").lines, of: "bar:1")
  }

  @Test func `a digit drawn by an IDX image is read as the test reads it`() async throws {
    try await workbench.trainSmall("good", options: "--hidden 24 --epochs 20 --batch 30")
    let right = try #require(try workbench.record(of: "good").test).accuracy
    let file = "images/t10k-images-idx3-ubyte"
    let run = try await workbench.run(
      ["predict", "good"] + (0..<50).map { "\(file):\($0)" }
    )
    let first = run.output.split(separator: ":\n").dropFirst().compactMap { reading in
      reading.firstMatch(of: /%  (\d)\n/)?.1
    }
    try #require(first.count == 50)
    let hits = first.enumerated().count { Int($0.element) == $0.offset % 10 }
    #expect(Double(hits) / 50 == right)
  }

  @Test(arguments: [
    ("missing.png", "missing.png: does not exist"),
    ("missing.idx:3", "missing.idx: does not exist"),
    ("empty.png", "empty.png: is empty"),
    ("text.png", "not PNG"),
    ("cut.png", "cut.png"),
    ("blank.png", "shows no digit"),
    ("images", "is a folder"),
    ("images/t10k-images-idx3-ubyte", "say which, counted from 0"),
    ("images/t10k-images-idx3-ubyte:50", "has no image 50; its images are 0 to 49"),
    ("images/t10k-images-idx3-ubyte:-1", "has no image -1; its images are 0 to 49"),
    ("images/t10k-labels-idx1-ubyte:0", "holds no images of 28 x 28"),
    ("none.idx:0", "has no image 0; it is empty"),
    ("text.png:0", "is not an IDX file"),
  ])
  func `what is no picture is refused by its name`(name: String, words: String) async throws {
    let blank = GrayscaleImage(width: 30, height: 30, pixels: .init(repeating: 250, count: 900))
    try workbench.write(Self.bar.encodedAsPNG(), to: "bar.png")
    try workbench.write(Array(Self.bar.encodedAsPNG().prefix(60)), to: "cut.png")
    try workbench.write(blank.encodedAsPNG(), to: "blank.png")
    try workbench.write(Array("This is a text.\n".utf8), to: "text.png")
    try workbench.write([], to: "empty.png")
    try workbench.write(SmallImages.content(dimensions: [0, 28, 28], []), to: "none.idx")
    // A good picture before it is not printed: all are looked at first.
    try await workbench.fail("predict small bar.png \(name)", exitCode: 1, saying: words)
  }

  @Test func `a name's line breaks and terminal codes stay out of the error line`() async throws {
    let name = "a\nb\u{1B}[31m.png"
    try await workbench.fail(
      ["predict", "small", name],
      exitCode: 1,
      saying: ["a?b?[31m.png: does not exist"]
    )
    try await workbench.fail(["evaluate", name], exitCode: 1, saying: ["there is no run here"])
    try await workbench.fail(["train", name], exitCode: 2, saying: ["digits", "fashion-mnist"])
  }
}
