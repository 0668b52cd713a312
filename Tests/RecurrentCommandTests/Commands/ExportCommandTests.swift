import Foundation
import Recurrent
import RecurrentData
import RecurrentFormats
import RecurrentTestSupport
import Testing

@testable import RecurrentCommand

/// Models that leave for other programs, and come back.
struct ExportCommandTests {
  let workbench: Workbench

  init() throws { workbench = try Workbench() }

  @Test func `every format is written, proved, and proved again`() async throws {
    try await workbench.trainSmall()
    for words in [
      "--to onnx --form both", "--to coreml --form both", "--to pytorch", "--to keras",
      "--to tensorflow1 --forget-bias 0.5",
    ] {
      let run = try await workbench.succeed("export small \(words)")
      #expect(run.output.contains("largest difference"), "\(run)")
    }
    for name in [
      "model.onnx", "model.step.onnx", "model.mlpackage", "model.step.mlpackage",
      "model.pytorch.safetensors", "model.keras.safetensors", "model.tensorflow1.npz",
    ] {
      let run = try await workbench.succeed("prove runs/small/\(name)")
      #expect(run.output.hasPrefix("runs/small/\(name): "), "\(run)")
      #expect(run.output.contains("is as it was proved"))
    }
  }

  @Test func `a file takes the place of a run`() async throws {
    try await workbench.trainSmall()
    try await workbench.succeed("export small --output there.onnx")
    let own = try await workbench.succeed("evaluate small --dataset mnist --data images")
    let read = try await workbench.succeed("evaluate there.onnx --dataset mnist --data images")
    #expect(read.lines[0].hasPrefix("ONNX: 1 LSTM layer 28 -> "))
    let accuracy = try #require(own.lines.first { $0.hasPrefix("MNIST test accuracy") })
    #expect(read.lines.contains(accuracy))
    try await workbench.succeed("export there.onnx --to pytorch")
    #expect(
      try workbench.bytes(of: "there.pytorch.safetensors")
        == workbench.bytes(of: "runs/small/model.safetensors")
    )
  }

  @Test func `a file that was changed since is told`() async throws {
    try await workbench.trainSmall()
    try await workbench.succeed("export small --output there.onnx")
    var bytes = try workbench.bytes(of: "there.onnx")
    bytes[bytes.count / 2] ^= 1
    try workbench.write(bytes, to: "there.onnx")
    try await workbench.fail(
      "prove there.onnx",
      exitCode: 1,
      saying: "there.onnx: is not the file that was proved"
    )
  }

  @Test func `what a format cannot hold is refused, and nothing is written`() async throws {
    try await workbench.trainSmall(options: "--cell lstm-peephole")
    let before = try workbench.content
    for (words, reason) in [
      ("pytorch", "PyTorch cannot hold this model: torch.nn.LSTM has no peepholes"),
      ("keras", "not written: layer 1 cannot be written as Keras variables"),
      ("tensorflow1", "not written: layer 1 cannot be written as a BasicLSTMCell"),
    ] {
      try await workbench.fail("export small --to \(words)", exitCode: 1, saying: reason)
    }
    try await workbench.trainSmall("both", options: "--bidirectional")
    try await workbench.fail(
      "export both --to c",
      exitCode: 1,
      saying: "C cannot hold this model: a layer that reads backward needs the whole sequence"
    )
    try await workbench.fail(
      "export both --form step",
      exitCode: 1,
      saying: "ONNX cannot hold this model as a step: a layer that reads backward needs the whole"
    )
    #expect(Set(try workbench.content).isSuperset(of: before))
    #expect(try !workbench.names(in: "runs/both").contains { $0.hasSuffix(".onnx") })
  }

  @Test(.enabled(if: ProvableC.compiler != nil, "there is no C compiler here"))
  func `a step in C is compiled, proved, and proved again`() async throws {
    try await workbench.trainSmall("3-small")
    let run = try await workbench.succeed("export 3-small --to c")
    #expect(run.lines[0].hasPrefix("runs/3-small/model.h: C, step, "), "\(run)")
    #expect(run.lines[2].hasPrefix("  names begin with model_3_small; "))
    #expect(run.lines[3].hasPrefix("  run back 4 times: largest difference "))
    let again = try await workbench.succeed("prove runs/3-small/model.h")
    #expect(again.output.contains("c, step, written by version"))

    try await workbench.succeed("export 3-small --to c --output there.h")
    var text = try workbench.text(of: "there.h")
    #expect(text.hasPrefix("/* there: written by Recurrent \(Version.text).\n"))
    #expect(text.contains("there_class_names[THERE_OUTPUT_SIZE] = {\n    \"0\",\n"))
    // What is not the file that was proved is not even compiled.
    text += "#error compiled\n"
    try workbench.write(Array(text.utf8), to: "there.h")
    try await workbench.fail(
      "prove there.h",
      exitCode: 1,
      saying: "there.h: is not the file that was proved"
    )
  }

  @Test func `without a C compiler a step in C has no proof, not an older one either`() async throws
  {
    try await workbench.trainSmall()
    try workbench.write(Array("{}".utf8), to: "runs/small/model.h.proof.json")
    let none = ["PATH": workbench.path, "CC": ""]
    let run = try await workbench.succeed("export small --to c", environment: none)
    #expect(
      run.lines[3]
        == "  not run back, and without a proof: there is no C compiler here, nor does CC name one"
    )
    let names = try workbench.names(in: "runs/small")
    #expect(names.contains("model.h") && !names.contains("model.h.proof.json"))
    guard ProvableC.compiler != nil else { return }
    try await workbench.succeed("export small --to c")
    try await workbench.fail(
      "prove runs/small/model.h",
      exitCode: 1,
      saying: "runs/small/model.h: has to be compiled, and there is no C compiler here",
      environment: none
    )
  }

  @Test func `what a model's data need before a step in C is said`() async throws {
    let rows = (0..<60).map { "\(sin(Double($0) / 3)),\(100 + $0 % 7)\n" }
    try workbench.write(Array(("a,b\n" + rows.joined()).utf8), to: "two.csv")
    try await workbench.succeed(
      "train two.csv --task forecast --horizon 2 --hidden 4 --epochs 1 --run two"
    )
    let run = try await workbench.succeed("export two --to c")
    let said =
      "Preparing series is left to the program: each variable less its mean, over its deviation."
    #expect(run.lines.contains("  " + said), "\(run)")
    let text = try workbench.text(of: "runs/two/model.h")
    #expect(text.contains(" * \(said)\n"))
    #expect(text.contains(" * Variable 1: mean "))
  }

  @Test func `wrong words are told in one line`() async throws {
    try await workbench.trainSmall()
    for (words, code, message) in [
      ("export nowhere", 1, "runs/nowhere: there is no run here"),
      ("export small --to pickle", 2, "pickle"),
      ("export small --to keras --form step", 2, "--form goes with onnx and coreml"),
      ("export small --to c --form sequence", 2, "c has a step alone"),
      ("export small --forget-bias 1", 2, "--forget-bias goes with --to tensorflow1"),
      ("export small --output no/such/folder/model.onnx", 1, "create the folder first"),
      ("prove runs/small/model.safetensors", 1, "proof.json: does not exist"),
      ("evaluate runs/small/model.safetensors", 2, "name data with --dataset"),
      ("evaluate runs/small/run.json --dataset digits", 1, "run.json"),
    ] {
      try await workbench.fail(words, exitCode: Int32(code), saying: message)
    }
  }

  @Test func `a gate order is found from an input and its answers`() async throws {
    var stream = RandomStream(seed: 3, purpose: .testing)
    let layer = LSTM(inputSize: 3, hiddenSize: 4, using: &stream)
    let input = Tensor((0..<30).map { _ in stream.nextUniform(in: -1...1) }, shape: [2, 5, 3])
    let (kernel, bias) = layer.cell.weights.tensorFlowKernel(forgetBias: 1)
    let weights = NumPyArchive.content(of: ["kernel": kernel, "bias": bias])
    try workbench.write(weights, to: "weights.npz")
    for (name, value) in [("x", input), ("y", layer(input).output)] {
      let archive = NumPyArchive.content(of: [name: value])
      // The array alone, as numpy.save writes it, is what the archive holds.
      let directory = try ZipDirectory(archive, path: "archive")
      try workbench.write(directory.bytes(of: directory.entries[0]), to: "\(name).npy")
    }
    let run = try await workbench.succeed("identify weights.npz --input x.npy --output y.npy")
    #expect(
      run.lines[0].hasPrefix(
        "fits: LSTM, gates i g f o, forget bias 1.0 added at run time (TensorFlow 1's BasicLSTMCell)"
      ),
      "\(run)"
    )
    try await workbench.fail(
      "identify weights.npz --input x.npy --output x.npy",
      exitCode: 1,
      saying: "no arrays here are the weights of one recurrent layer"
    )
  }
}
