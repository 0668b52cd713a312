import Recurrent
import Testing

@testable import RecurrentCommand

struct CellNameTests {
  @Test(arguments: CellName.allCases)
  func `a run of every cell is trained, read back and checked`(cell: CellName) async throws {
    let workbench = try Workbench()
    let trained = try await workbench.succeed(
      "train --cell \(cell.rawValue) --hidden 9 --examples 60 --epochs 1 --run r --threads 1"
    )
    #expect(trained.output.contains("\(cell.title) with 9 hidden units"))
    _ = try await workbench.succeed("evaluate r")
    _ = try await workbench.succeed(
      "gradcheck --cell \(cell.rawValue) --hidden 4 --samples 20 --batch 2 --steps 3"
    )
  }

  @Test func `the plain cells' models are those of the library`() throws {
    for (cell, model) in [
      (CellName.lstm, SequenceModel.lstm(inputSize: 3, hiddenSize: 5, classes: 2, seed: 4)),
      (.rnn, .rnn(inputSize: 3, hiddenSize: 5, classes: 2, seed: 4)),
    ] {
      let recipe = Recipe(cell: cell, hiddenSize: 5)
      let named = try #require(recipe.model(steps: 7, features: 3, classes: 2, seed: 4))
      #expect(named.safetensors.bytes == model.safetensors.bytes)
    }
  }
}
