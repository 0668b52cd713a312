import RecurrentTestSupport
import Testing

@testable import Recurrent

struct StreamingModelSavingTests {
  private func layers(_ cell: FusedCase) -> [any RecurrentLayer] {
    func build<Built: BuiltInCell>(_ cell: Built) -> [any RecurrentLayer] { [CellLayer(cell)] }
    return build(cell.make(3, 17, 12))
  }

  @Test(arguments: FusedCase.all, StreamingWeights.allCases)
  func `a state goes through a file with all its bits`(
    cell: FusedCase,
    weights: StreamingWeights
  ) throws {
    let model = try StreamingModel(layers: layers(cell), weights: weights)
    var numbers = SeededNumbers(4)
    var state = model.makeState()
    for steps in 0..<3 {
      let bytes = model.file(of: state).bytes
      // A model made anew from the same weights takes it.
      let again = try StreamingModel(layers: layers(cell), weights: weights)
      var restored = try again.makeState(from: SafetensorsFile(bytes: bytes, path: "state"))
      #expect(restored == state, "after \(steps) steps")
      var original = state
      let input = numbers.floats(3)
      #expect(
        haveSameBits(again.step(input, state: &restored), model.step(input, state: &original))
      )
      state = original
    }
  }

  @Test func `a state goes from floats to 8 bits and back`() throws {
    let trained = SequenceModel.lstm(inputSize: 3, hiddenSize: 8, classes: 2, seed: 1)
    let (float, int8) = (
      try StreamingModel(trained), try StreamingModel(trained, weights: .int8)
    )
    var state = float.makeState()
    _ = float.step([1, 2, 3], state: &state)
    let taken = try int8.makeState(from: float.file(of: state))
    #expect(taken.layers == state.layers)
    #expect(try float.makeState(from: int8.file(of: taken)) == state)
  }

  @Test func `a file of something else is refused in one line`() throws {
    let model = try StreamingModel(
      SequenceModel.lstm(inputSize: 3, hiddenSize: 8, classes: 2, seed: 1)
    )
    let other = try StreamingModel(
      SequenceModel.lstm(inputSize: 3, hiddenSize: 8, classes: 2, seed: 2)
    )
    var state = model.makeState()
    _ = model.step([1, 2, 3], state: &state)
    func problem(_ file: SafetensorsFile) -> String {
      do {
        _ = try model.makeState(from: file)
        return "no problem"
      } catch {
        return "\(error)"
      }
    }
    let file = model.file(of: state)
    #expect(problem(file) == "no problem")
    #expect(model.owns(file) && !other.owns(file) && !model.owns(SafetensorsFile()))
    #expect(problem(SafetensorsFile()).hasSuffix("is no state of a stream"))
    #expect(problem(other.file(of: other.makeState())).contains("of another model"))
    var short = file
    short.add(Tensor([1, 2], shape: [2]), named: "layers.0.hidden")
    #expect(problem(short).hasSuffix("array 'layers.0.hidden' is no state of 8 finite numbers"))
    var broken = file
    broken.add(Tensor(repeating: .nan, shape: [8]), named: "layers.0.states.0")
    #expect(problem(broken).hasSuffix("array 'layers.0.states.0' is no state of 8 finite numbers"))
    var missing = SafetensorsFile(metadata: file.metadata)
    missing.add(Tensor(repeating: 0, shape: [8]), named: "layers.0.hidden")
    #expect(problem(missing).hasSuffix("has no array named 'layers.0.states.0'"))
  }
}
