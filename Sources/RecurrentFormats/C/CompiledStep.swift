import Foundation
import Recurrent

/// A program made of a file of C, in a folder that exists as long as this object does.
final class CompiledStep: Sendable {
  private let folder: String
  private let path: String

  /// Compiles a file with a function that runs it over sequences.
  ///
  /// - Throws: `FileError` when it is no file of this kind, there is no compiler, or the file does not
  ///   compile.
  init(_ bytes: [UInt8], path: String) throws(FileError) {
    guard let prefix = Self.prefix(of: bytes) else {
      throw FileError("is no model in C that was written here", file: path)
    }
    guard let compiler = CCompiler.found else {
      throw FileError(
        "has to be compiled, and there is no C compiler here",
        file: path,
        advice: "install one, or name it in CC"
      )
    }
    self.path = path
    folder =
      FileManager.default.temporaryDirectory
      .appending(path: "recurrent-c-\(UUID().uuidString)").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    } catch {
      throw FileError("cannot be made", file: folder)
    }
    try WholeFile.write(bytes, to: folder + "/model.h")
    try WholeFile.write(Array(Self.main(prefix).utf8), to: folder + "/main.c")
    do throws(FileError) {
      try compiler.compile(folder + "/main.c", to: folder + "/program")
    } catch {
      throw FileError(error.problem, file: error.file ?? path, advice: error.advice)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// What the names in a file begin with: the first word of its comment.
  static func prefix(of bytes: [UInt8]) -> String? {
    let line = String(
      decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }.prefix(200),
      as: UTF8.self
    )
    guard line.hasPrefix("/* "), let end = line.firstIndex(of: ":") else { return nil }
    let name = line[line.index(line.startIndex, offsetBy: 3)..<end]
    return CText.isIdentifier(name) ? String(name) : nil
  }

  /// What the program answers to the last steps of sequences, `[batch, time, features]`.
  func answers(to features: Tensor) throws(FileError) -> Tensor {
    let (batch, steps, size) = (features.shape[0], features.shape[1], features.shape[2])
    let (given, gotten) = (folder + "/input", folder + "/output")
    let numbers = features.elements.withUnsafeBytes { [UInt8]($0) }
    try WholeFile.write(numbers, to: given)
    let status = try CCompiler.run(
      [folder + "/program", given, gotten, "\(batch)", "\(steps)", "\(size)"],
      output: folder + "/log"
    )
    guard status == 0 else {
      throw FileError(
        status == Self.wrongSize
          ? "does not read \(size) features" : "ends with status \(status) when it is run",
        file: path
      )
    }
    let bytes = try WholeFile.contents(of: gotten)
    guard !bytes.isEmpty, bytes.count.isMultiple(of: 4 * batch) else {
      throw FileError("gives an answer of no size", file: path)
    }
    let answers = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    return Tensor(answers, shape: [batch, answers.count / batch])
  }

  private static let wrongSize: Int32 = 3

  /// A program that reads sequences from a file, and writes the answers to their last steps.
  private static func main(_ prefix: String) -> String {
    let macros = prefix.uppercased()
    return """
      #define \(macros)_IMPLEMENTATION
      #include "model.h"
      #include <stdio.h>
      #include <stdlib.h>

      static \(prefix)_state state;
      static float input[\(macros)_INPUT_SIZE], output[\(macros)_OUTPUT_SIZE];

      int main(int count, char **words)
      {
          FILE *given, *gotten;
          long row, step;
          if (count != 6) return 2;
          if (atol(words[5]) != \(macros)_INPUT_SIZE) return \(wrongSize);
          given = fopen(words[1], "rb");
          gotten = fopen(words[2], "wb");
          if (!given || !gotten) return 4;
          for (row = 0; row < atol(words[3]); row++) {
              \(prefix)_state_start(&state);
              for (step = 0; step < atol(words[4]); step++) {
                  if (fread(input, sizeof input, 1, given) != 1) return 5;
                  \(prefix)_step(&state, input, output);
              }
              if (fwrite(output, sizeof output, 1, gotten) != 1) return 6;
          }
          return fclose(gotten) == 0 ? 0 : 6;
      }

      """
  }
}
