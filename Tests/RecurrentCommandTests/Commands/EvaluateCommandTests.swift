import Testing

@testable import RecurrentCommand

struct EvaluateCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test func `the test examples give what they gave when training ended`() async throws {
    try await workbench.trainSmall()
    let test = try #require(try workbench.record(of: "small").test)
    let run = try await workbench.succeed("evaluate small")
    let first = try #require(run.lines.first)
    let match = try #require(
      first.wholeMatch(of: /MNIST test accuracy: (.*)% of 50 examples, cost (.*)/)
    )
    #expect(try abs(#require(Double(match.1)) - 100 * #require(test.accuracy)) <= 0.005)
    #expect(abs(try #require(Double(match.2)) - test.cost) <= 0.00005)
    let assessment = try #require(try workbench.record(of: "small").assessment)
    #expect(run.lines.suffix(assessment.lines.count) == assessment.lines[...])
    #expect(run.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
  }

  @Test func `the validation examples give what they gave after the last epoch`() async throws {
    try await workbench.trainSmall()
    let epoch = try #require(try workbench.record(of: "small").epochs.last)
    let run = try await workbench.succeed("evaluate small --on validation")
    let first = try #require(run.lines.first)
    let match = try #require(
      first.wholeMatch(of: /MNIST validation accuracy: (.*)% of 30 examples, cost (.*)/)
    )
    #expect(try abs(#require(Double(match.1)) - 100 * #require(epoch.validationAccuracy)) <= 0.005)
    #expect(try abs(#require(Double(match.2)) - #require(epoch.validationCost)) <= 0.00005)
  }

  @Test func `a run is found by its name and by its folder`() async throws {
    try await workbench.trainSmall()
    let outputs = [
      try await workbench.succeed("evaluate small").output,
      try await workbench.succeed("evaluate runs/small").output,
      try await workbench.succeed("evaluate \(workbench.path)/runs/small/").output,
    ]
    #expect(Set(outputs).count == 1)
  }

  @Test func `another data set can be named, and its class names appear`() async throws {
    try await workbench.trainSmall()
    let run = try await workbench.succeed("evaluate small --dataset fashion-mnist --data images")
    #expect(try #require(run.lines.first).hasPrefix("Fashion-MNIST test accuracy: "))
    #expect(run.output.contains("\nBaselines of its own training examples: "))
    #expect(
      try #require(run.lines.dropFirst().first).contains(
        /(T-shirt\/top|Trouser|Pullover|Dress|Coat|Sandal|Shirt|Sneaker|Bag|Ankle boot) read as/
      )
    )
  }

  @Test func `examples that changed since are refused unless they are named`() async throws {
    try await workbench.trainSmall()
    try SmallImages(trainingCount: 100, testCount: 20).write(to: "images", in: workbench)
    try await workbench.fail(
      "evaluate small",
      exitCode: 1,
      saying: "MNIST",
      "SHA-256",
      "--dataset"
    )
    let run = try await workbench.succeed("evaluate small --dataset mnist --data images")
    #expect(try #require(run.lines.first).contains("of 20 examples"))
  }

  @Test func `data that have gone are missed by their folder's name`() async throws {
    try await workbench.trainSmall()
    try workbench.remove("images")
    try await workbench.fail("evaluate small", exitCode: 1, saying: "/images: does not exist")
  }
}
