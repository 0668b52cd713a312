import Testing

struct RunFolderTests {
  let workbench: Workbench

  init() throws {
    workbench = try Workbench()
    try SmallImages(trainingCount: 40, testCount: 10).write(to: "images", in: workbench)
  }

  private let words = "train mnist --data images --hidden 4 --epochs 1"

  @Test func `default names tell the settings and count up`() async throws {
    for _ in 1...3 { try await workbench.succeed(words) }
    try await workbench.succeed("\(words) --cell rnn")
    #expect(
      try workbench.names(in: "runs") == [
        "mnist-lstm-4", "mnist-lstm-4-2", "mnist-lstm-4-3", "mnist-rnn-4",
      ]
    )
  }

  @Test func `runs that begin at once get folders of their own`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...3 { group.addTask { try await workbench.succeed(words) } }
      try await group.waitForAll()
    }
    #expect(try workbench.names(in: "runs").count == 3)
    for name in try workbench.names(in: "runs") {
      #expect(try workbench.names(in: "runs/\(name)").count == 8)
    }
  }

  @Test func `a path is taken as it is, and its folders are made`() async throws {
    let run = try await workbench.succeed("\(words) --run deep/down/here")
    #expect(try workbench.names(in: "deep/down/here").contains("model.safetensors"))
    #expect(try workbench.names(in: ".") == ["deep", "images"])
    #expect(run.output.contains("open deep/down/here/report.html"))
    try await workbench.succeed("evaluate deep/down/here")
  }

  @Test func `a name that is taken is refused, and what is there stays`() async throws {
    try await workbench.succeed("\(words) --run a")
    let model = try workbench.bytes(of: "runs/a/model.safetensors")
    try await workbench.fail(
      "\(words) --run a --seed 2",
      exitCode: 1,
      saying: "runs/a: already exists; choose another --run NAME"
    )
    #expect(try workbench.bytes(of: "runs/a/model.safetensors") == model)
  }

  @Test func `a name that is taken is refused before data are looked for`() async throws {
    try workbench.write([], to: "runs/a")
    try await workbench.fail(
      "train mnist --data nowhere --run a",
      exitCode: 1,
      saying: "runs/a: already exists"
    )
  }

  @Test(arguments: ["file/x", "file/x/y"])
  func `a folder below a file cannot be made`(path: String) async throws {
    try workbench.write([1], to: "file")
    try await workbench.fail(
      "\(words) --run \(path)",
      exitCode: 1,
      saying: "\(path): the run's folder cannot be made",
      "--run"
    )
  }

  @Test func `a file where the runs should be is in the way`() async throws {
    try workbench.write([1], to: "runs")
    try await workbench.fail(words, exitCode: 1, saying: "runs/mnist-lstm-4", "cannot be made")
  }

  @Test func `a missing run is told with those that are there`() async throws {
    try await workbench.fail(
      "evaluate none",
      exitCode: 1,
      saying: "runs/none: there is no run here",
      "train one with 'recurrent train'"
    )
    try await workbench.succeed("\(words) --run a")
    try await workbench.succeed("\(words) --run b")
    try await workbench.fail("evaluate none", exitCode: 1, saying: "runs here are a, b")
    try await workbench.fail("predict none x.png", exitCode: 1, saying: "runs here are a, b")
    try await workbench.fail("evaluate no/run", exitCode: 1, saying: "no/run: there is no run")
  }
}
