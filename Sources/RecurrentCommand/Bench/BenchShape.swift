import ArgumentParser
import Recurrent

/// The sizes of one piece of work: sequences in a batch, their steps, features of a step, units.
struct BenchShape: Hashable {
  var batch: Int
  var steps: Int
  var input: Int
  var hidden: Int

  /// The largest number that any of the sizes may be.
  private static let limit = 65_536

  init(_ batch: Int, _ steps: Int, _ input: Int, _ hidden: Int) {
    self.batch = batch
    self.steps = steps
    self.input = input
    self.hidden = hidden
  }

  /// Reads a shape as it is written on the command line, such as "128x28x28x128".
  init(argument: String) throws {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }.filter { (1...Self.limit).contains($0) }
    guard parts.count == 4, sizes.count == 4 else {
      throw ValidationError(
        """
        --shape is '\(argument)'; use BATCHxSTEPSxINPUTxHIDDEN, four numbers from 1 to \
        \(Self.limit), such as 128x28x28x128
        """
      )
    }
    self.init(sizes[0], sizes[1], sizes[2], sizes[3])
  }

  /// The shape as it is written on the command line.
  var text: String { "\(batch)x\(steps)x\(input)x\(hidden)" }

  /// About how much memory a training step of a cell of four gates takes, in bytes.
  ///
  /// A worker keeps a step's input, gates, states and their gradients; the weights are held as they
  /// are, packed for both ways, and as a gradient in each of up to 16 parts of a batch.
  var memory: Double {
    let gates = 4
    let perStep = Double(input) + Double(gates + 5) * Double(hidden)
    let weights = Double(gates) * Double(hidden) * Double(input + hidden)
    let parts = Double(min(16, max(1, batch / 4)))
    return 4 * (Double(batch) * Double(steps) * perStep + weights * (5 + parts))
  }
}
