import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Models as C", .enabled(if: CCompiler.found != nil, "there is no C compiler here"))
struct CExportTests {
  /// A model with the name that it has in C.
  private struct Subject {
    let name: String
    let model: SequenceModel
    let export: CExport

    init(_ name: String, _ model: SequenceModel) throws {
      self.model = model
      export = try CExport(model, name: name)
      self.name = export.name
    }

    var inputSize: Int { model.layers[0].inputSize }

    /// Rounding is multiplied by normalisation where sums are near 0.
    var tolerance: Float {
      let isNormalised = model.parameters.contains { $0.name.contains("norm_") }
      return isNormalised ? 1e-4 : 1e-5
    }

    /// What the model's own stream answers to steps, one after another; of a model that has none, the
    /// whole sequence.
    func answers(_ inputs: [[Float]]) throws -> [Float] {
      guard let stream = try? StreamingModel(model) else {
        let sequence = Tensor(inputs.flatMap(\.self), shape: [1, inputs.count, inputSize])
        return model(sequence).elements
      }
      var state = stream.makeState()
      return inputs.flatMap { stream.step($0, state: &state) }
    }
  }

  /// Every cell in every variation by itself, and every way to put layers together that has a step.
  private static func subjects() throws -> [Subject] {
    var subjects = try CoreMLCase.all.enumerated().map { index, item in
      try Subject("cell \(index)", CoreMLCase.model([item.layer]))
    }
    for example in ExampleModel.reading where CExport.support(for: example.model).isWritable {
      subjects.append(try Subject(example.name, example.model))
    }
    let twice = Residual(
      Residual(
        CoreMLCase.layer { _, size, stream in
          GRUCell(inputSize: size, hiddenSize: size, using: &stream)
        }
      )
    )
    let learned = CoreMLCase.random(twice)
    subjects.append(
      try Subject("residuals", CoreMLCase.model([learned, learned], .allOutputs))
    )
    var zoned = CoreMLCase.lstm(.init(normalizesLayers: true, projectionSize: 2))
    zoned.learnInitialState()
    zoned.regularization = Regularization(hiddenZoneout: 0.25, cellZoneout: 0.5)
    subjects.append(try Subject("zoned", CoreMLCase.model([CoreMLCase.random(zoned)])))
    return subjects
  }

  /// A program that runs all models over steps from a file, and writes the answers.
  ///
  /// Half way it copies the state; the copy has to answer the rest to the bit as the original does.
  private static func program(_ subjects: [Subject], steps: Int) -> String {
    let includes = subjects.map {
      "#define \($0.name.uppercased())_IMPLEMENTATION\n#include \"\($0.name).h\"\n"
    }
    let calls = subjects.map { "    if (run_\($0.name)(given, gotten)) return 7;\n" }
    let functions = subjects.map { subject in
      let macros = subject.name.uppercased()
      return """
        static int run_\(subject.name)(FILE *given, FILE *gotten)
        {
            \(subject.name)_state state, fork;
            float x[\(steps)][\(macros)_INPUT_SIZE];
            float y[\(steps)][\(macros)_OUTPUT_SIZE], again[\(macros)_OUTPUT_SIZE];
            int step;
            if (fread(x, sizeof x, 1, given) != 1) return 1;
            \(subject.name)_state_start(&state);
            memset(&fork, 0, sizeof fork);
            for (step = 0; step < \(steps); step++) {
                if (step == \(steps / 2)) fork = state;
                \(subject.name)_step(&state, x[step], y[step]);
            }
            for (step = \(steps / 2); step < \(steps); step++) {
                \(subject.name)_step(&fork, x[step], again);
                if (memcmp(again, y[step], sizeof again) != 0) return 2;
            }
            return fwrite(y, sizeof y, 1, gotten) != 1;
        }

        """
    }
    return """
      #include <stdio.h>
      \(includes.joined())
      \(functions.joined())
      int main(int count, char **words)
      {
          FILE *given = count == 3 ? fopen(words[1], "rb") : 0;
          FILE *gotten = count == 3 ? fopen(words[2], "wb") : 0;
          if (!given || !gotten) return 4;
      \(calls.joined())
          fclose(given);
          return fclose(gotten);
      }

      """
  }

  static let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]

  /// Whether the compiler takes options; where it does not, that is said.
  private static func takes(_ options: [String], in folder: TemporaryFolder) throws -> Bool {
    let source = try folder.write(Array("int main(void) { return 0; }\n".utf8), as: "nothing.c")
    let program = folder.path + "/nothing"
    do {
      try CCompiler.found?.compile(source, to: program, options: options)
      if try CCompiler.run([program], output: program + ".out") == 0 { return true }
    } catch {}
    print("not tried, since the compiler here does not take it: \(options.joined(separator: " "))")
    return false
  }

  @Test(
    "C computes what a stream does for every cell, option and structure, as C99 and C++17, in bounds",
    arguments: [
      ["-std=c99", "-O2"], ["-x", "c++", "-std=c++17", "-O1"],
      ["-std=c99", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    ]
  )
  func computesTheSame(options: [String]) throws {
    let folder = try TemporaryFolder()
    guard try Self.takes(options, in: folder) else { return }
    let (subjects, steps) = (try Self.subjects(), 24)
    #expect(subjects.count > 50)
    var numbers = SeededNumbers(11)
    let inputs = subjects.map { subject in
      (0..<steps).map { _ in numbers.tensor([subject.inputSize], in: -1.5...1.5).elements }
    }
    for subject in subjects { try folder.write(subject.export.bytes, as: "\(subject.name).h") }
    let given = inputs.joined().joined().flatMap { withUnsafeBytes(of: $0, Array.init) }
    try folder.write(given, as: "input")
    let source = try folder.write(Array(Self.program(subjects, steps: steps).utf8), as: "main.c")
    let program = folder.path + "/main"
    try CCompiler.found?.compile(source, to: program, options: options + Self.strict)
    let words = [program, folder.path + "/input", folder.path + "/output"]
    let status = try CCompiler.run(words, output: program + ".out")
    let said = try String(contentsOfFile: program + ".out", encoding: .utf8)
    #expect(status == 0, "\(said)")
    let bytes = try WholeFile.contents(of: folder.path + "/output")
    var answers = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }[...]
    for (subject, inputs) in zip(subjects, inputs) {
      let wanted = try subject.answers(inputs)
      let found = answers.prefix(wanted.count)
      answers = answers.dropFirst(wanted.count)
      // Without a bound to its output a rectified cell has numbers far above 1.
      let scale = wanted.reduce(1) { max($0, abs($1)) }
      let difference = zip(found, wanted).map { abs($0 - $1) / scale }.max() ?? .infinity
      #expect(found.count == wanted.count && difference <= subject.tolerance, "\(subject.name)")
    }
    #expect(answers.isEmpty)
  }

  @Test(
    "Gates that are as open or shut as can be are the stream's, too",
    arguments: ["lstm", "gru-reset-after", "gru-reset-before", "minlstm", "slstm-logistic", "lem"]
  )
  func extremes(name: String) throws {
    let model = try #require(ExampleModel.all.first { $0.name == name }?.model)
    let file = try ProvableC(bytes: CExport(model, name: name).bytes, path: "model.h")
    let trial = ProofTrial(manner: .steps, batch: 2, steps: 4, seed: 1)
    let input = ProofInput(trial, size: 3, isTokens: false).features
    let large = Tensor(input.elements.map { $0 * 300 }, shape: input.shape)
    let wanted = model(large)
    let found = try CompiledStep(file.bytes, path: "model.h").answers(to: large)
    #expect(found.shape == wanted.shape)
    let scale = wanted.elements.reduce(1) { max($0, abs($1)) }
    for (a, b) in zip(found.elements, wanted.elements) {
      #expect(a.isFinite && abs(a - b) <= 1e-4 * scale)
    }
  }

  @Test("A program of several files has the weights once, and the names of the classes as they are")
  func severalFiles() throws {
    let names = ["it's \"yes\"", "no\\ ??/ %s", "café 7\u{1}0", "*/"]
    let model = try #require(ExampleModel.all.first { $0.name == "lstm" }?.model)
    let export = try CExport(model, name: "two-files", classNames: names, notes: ["*/ int x; \\"])
    #expect(export.name == "two_files")
    let folder = try TemporaryFolder()
    try export.write(to: folder.path + "/model.h")
    let other = """
      #include "model.h"
      #include "model.h"
      int other(two_files_state *state);
      int other(two_files_state *state)
      {
          two_files_state_start(state);
          return TWO_FILES_OUTPUT_SIZE;
      }
      #define TWO_FILES_IMPLEMENTATION
      #include "model.h"

      """
    let main = """
      #include <stdio.h>
      #include "model.h"
      int other(two_files_state *state);
      int main(void)
      {
          static two_files_state state;
          int i, count = other(&state);
          for (i = 0; i < count; i++) puts(two_files_class_names[i]);
          return 0;
      }

      """
    let first = try folder.write(Array(other.utf8), as: "other.c")
    let second = try folder.write(Array(main.utf8), as: "main.c")
    let program = folder.path + "/main"
    try CCompiler.found?.compile(second, to: program, options: ["-std=c99", first] + Self.strict)
    #expect(try CCompiler.run([program], output: program + ".out") == 0)
    let output = try WholeFile.contents(of: program + ".out")
    #expect(output == Array((names.joined(separator: "\n") + "\n").utf8))
  }

  @Test("A file is proved by being compiled and run, and another one is not")
  func proof() throws {
    let example = try #require(ExampleModel.all.first { $0.name == "three-layers" })
    let export = try CExport(example.model, name: "three layers")
    let file = try ProvableC(bytes: export.bytes, path: "model.h")
    let proof = try ExportProof(
      of: file,
      model: example.model,
      support: export.support,
      version: "test"
    )
    #expect(proof.format == "c" && proof.form == "step")
    #expect(Set(proof.cases.map(\.trial.manner)) == [.steps])
    #expect(proof.largestDifference > 0 && proof.largestDifference <= proof.tolerance)
    #expect(String(decoding: export.bytes, as: UTF8.self).contains(proof.weightsHash))
    #expect(try proof.check(file) <= proof.tolerance)

    let text = String(decoding: export.bytes, as: UTF8.self)
    let changed = Array(text.replacing("tanhf(c)", with: "c").utf8)
    #expect(throws: FileError.self) { try proof.checkHash(of: changed) }
    let error = #expect(throws: FileError.self) {
      try ExportProof(
        of: ProvableC(bytes: changed, path: "model.h"),
        model: example.model,
        support: export.support,
        version: "test"
      )
    }
    #expect(error?.problem.contains("computes something else") == true)
    for (bytes, problem) in [
      (Array("int main;".utf8), "is no model in C"),
      (Array((text + "#error broken").utf8), "does not compile: "),
    ] {
      let error = #expect(throws: FileError.self) { try ProvableC(bytes: bytes, path: "model.h") }
      #expect(error?.problem.hasPrefix(problem) == true && error?.file == "model.h")
    }
  }

  @Test("The comment tells sizes and operations, and the state has that size")
  func sizes() throws {
    let model = SequenceModel.lstm(inputSize: 28, hiddenSize: 128, classes: 10, seed: 1)
    let export = try CExport(model, name: "digits", version: "1.2")
    let text = String(decoding: export.bytes, as: UTF8.self)
    #expect(export.weightCount == model.parameterCount)
    #expect(export.multiplyAdds == 512 * (28 + 128) + 1280)
    #expect(export.carriedBytes == 1024 && export.stateBytes == 1024 + 2048)
    #expect(text.hasPrefix("/* digits: written by Recurrent 1.2.\n"))
    #expect(text.contains("State: 3072 bytes; 1024 are carried"))
    // A number takes up to 16 characters and a comma.
    #expect(export.bytes.count < 17 * export.weightCount)
    let folder = try TemporaryFolder()
    try export.write(to: folder.path + "/model.h")
    let main = """
      #include "model.h"
      int main(void) { return sizeof(digits_state) == \(export.stateBytes) ? 0 : 1; }

      """
    let source = try folder.write(Array(main.utf8), as: "main.c")
    try CCompiler.found?.compile(source, to: folder.path + "/main")
    #expect(try CCompiler.run([folder.path + "/main"], output: folder.path + "/out") == 0)
  }
}
