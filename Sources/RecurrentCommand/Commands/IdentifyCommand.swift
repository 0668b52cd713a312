import ArgumentParser
import Foundation
import Recurrent
import RecurrentData
import RecurrentFormats

/// `recurrent identify`: the order of gates and the convention that a file's weights are in.
struct IdentifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identify",
    abstract: "Find out in which order a file's gates are, and which GRU it is.",
    discussion: """
      Weights do not say it, and a wrong guess runs without an error. Given an input and what the \
      program that the weights come from answers to it, all orders of gates, forget biases and GRU \
      conventions are tried. The file is .safetensors, .npz, .h5 or .keras, with the weights of one \
      layer and, if the answers are its, of a linear layer behind it.
      """
  )

  @Argument(help: "The file with the weights.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "An input as a .npy file of floats, [batch, time, features].",
      valueName: "file"
    )
  )
  var input: String

  @Option(
    help: ArgumentHelp(
      "What it answers: [batch, time, hidden], or the last, [batch, hidden].",
      valueName: "file"
    )
  )
  var output: String

  func validate() throws { try Program.checkEnvironment() }

  func run() async throws {
    let arrays = try NamedWeights(contentsOf: file).arrays
    let input = try Self.tensor(self.input)
    let answers = try Self.tensor(output)
    let found: Identification
    do {
      found = try Identification(arrays: arrays, input: input, answers: answers)
    } catch {
      throw CommandFailure("\(file): \(error)")
    }
    let fitting = found.fitting
    guard let best = found.candidates.first else { return }
    guard !fitting.isEmpty else {
      throw CommandFailure(
        """
        \(file): none of \(found.candidates.count) conventions fits; the nearest is \
        \(best.convention), off by \(scientific(best.largestDifference))
        """
      )
    }
    for candidate in fitting.prefix(8) { print(Self.line(candidate)) }
    if let next = found.candidates.dropFirst(fitting.count).first {
      print("next: \(next.convention), off by \(scientific(next.largestDifference))")
    }
    print("\(found.candidates.count) conventions tried; \(best.roles)")
    if fitting.count > 1 {
      print("These answers cannot tell them apart; take a longer and more varied input.")
    }
  }

  private static func line(_ candidate: Identification.Candidate) -> String {
    let owners = candidate.convention.owners.map { " (\($0))" } ?? ""
    return """
      fits: \(candidate.convention)\(owners), off by \(scientific(candidate.largestDifference))
      """
  }

  private static func tensor(_ path: String) throws -> Tensor {
    let array = try NumPyArray(contentsOf: path)
    guard array.kind == .real, array.count > 0 else {
      throw CommandFailure("\(path): holds no floats; save the array as numpy.float32")
    }
    let floats = array.floats
    guard floats.allSatisfy(\.isFinite) else {
      throw CommandFailure("\(path): holds NaN or infinity, which identifies nothing")
    }
    return Tensor(floats, shape: Shape(array.shape))
  }
}
