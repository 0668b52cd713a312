import Testing

@testable import Recurrent

struct OperationCountTests {
  @Test func `one layer's operations are those counted by hand`() {
    // Batch 2, 3 steps of 5, 4 gates of 7 units: a step's gates are 2 * 28 = 56 numbers, each a sum
    // of 5 products with the input and 7 with the state: 280 and 392 multiply-adds.
    let layer = OperationCount.Layer(gates: 4, inputSize: 5, hiddenSize: 7)
    let count = OperationCount(layers: [layer], batch: 2, steps: 3)
    // The input 3 times, the state 2 times, for step 1 begins from zeros.
    #expect(count.forward == 2 * (280 * 3 + 392 * 2))
    // As many again for the weights' gradients, and for the states', but not for the data's.
    #expect(count.training == 2 * (280 * 3 * 2 + 392 * 2 * 3))
  }

  @Test func `the notebook's step has 1.56 billion operations`() {
    let layer = OperationCount.Layer(gates: 4, inputSize: 28, hiddenSize: 128)
    let count = OperationCount(layers: [layer], batch: 128, steps: 28)
    #expect(count.forward == 131_072 * (28 * 28 + 128 * 27))
    #expect(count.training == 131_072 * (2 * 28 * 28 + 3 * 128 * 27))
  }

  @Test func `a second layer hands a gradient on to the first`() {
    var layers = [
      OperationCount.Layer(gates: 1, inputSize: 2, hiddenSize: 3),
      OperationCount.Layer(gates: 1, inputSize: 3, hiddenSize: 4),
    ]
    layers[1].isAboveAnother = true
    let both = OperationCount(layers: layers, batch: 1, steps: 1)
    // A single step meets no state but zeros: only the inputs' products, 2 * 3 and 3 * 4.
    #expect(both.forward == 2 * (6 + 12))
    #expect(both.training == 2 * (6 * 2 + 12 * 3))
  }

  @Test(arguments: FusedCase.all)
  func `a cell's multiply-adds are those of its matrices`(test: FusedCase) throws {
    func check<Built: BuiltInCell>(_ cell: Built) throws {
      let description = try #require(CellLayer(cell).layerDescription)
      let layer = try #require(OperationCount.layers(of: [description]).first)
      func count(_ name: String) -> Int {
        cell.parameters.first { $0.name == name }?.value.count ?? 0
      }
      #expect(layer.input == count("weight_ih"))
      // An independent unit multiplies its state by one number.
      #expect(layer.state == (cell is IndRNNCell ? 0 : count("weight_hh")))
      #expect(layer.projection == count("weight_hr"))
    }
    try check(test.make(5, 18, 1))
  }

  @Test func `a swept layer is counted for every line of the grid`() {
    var layer = LayerDescription(directions: [.init(kind: .gru, inputSize: 2, hiddenSize: 4)])
    layer.sweep = .init(axis: .across, places: 5)
    let across = OperationCount.layers(of: [layer])
    layer.sweep = .init(axis: .down, places: 5)
    let down = OperationCount.layers(of: [layer])
    #expect(across.map(\.ofStep) == [5 * 3 * 4 * (2 + 4)])
    // 3 rows of 7 steps of 5 places: 21 lines of 5 steps across, 15 lines of 7 steps down.
    let (input, state) = (3 * 4 * 2, 3 * 4 * 4)
    #expect(
      OperationCount(layers: across, batch: 3, steps: 7).forward
        == Double(2 * 21 * (5 * input + 4 * state))
    )
    #expect(
      OperationCount(layers: down, batch: 3, steps: 7).forward
        == Double(2 * 15 * (7 * input + 6 * state))
    )
  }

  @Test func `both directions are counted, and what stands above another`() {
    let direction = LayerDescription.Direction(kind: .minlstm, inputSize: 8, hiddenSize: 4)
    let layer = LayerDescription(directions: [direction, direction], merge: .concatenate)
    let layers = OperationCount.layers(of: [layer, layer])
    #expect(layers.map(\.input) == Array(repeating: 3 * 8 * 4, count: 4))
    #expect(layers.map(\.isAboveAnother) == [false, false, true, true])
  }
}
