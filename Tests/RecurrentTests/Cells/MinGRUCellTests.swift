import Recurrent
import Testing

struct MinGRUCellTests {
  // One unit: x = 1, h' = 0.5. z: 2 - 2 = 0, so 0.5; n = 0.5 + 0.25 = 0.75;
  // h = 0.5 · 0.5 + 0.5 · 0.75 = 0.625, all exact.
  @Test func `a step worked by hand`() {
    let cell = MinGRUCell(input: Tensor([2, 0.5], shape: [2, 1]), bias: Tensor([-2, 0.25]))
    let (output, state) = cell(Tensor([1], shape: [1, 1]), state: Tensor([0.5], shape: [1, 1]))
    #expect(output.scalar == 0.625 && state == output)
  }

  @Test func `parameters are listed in a fixed order`() {
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = MinGRUCell(inputSize: 3, hiddenSize: 4, using: &stream)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "bias_ih"])
    #expect(cell.parameters.map(\.value.shape) == [[8, 3], [8]])
  }

  @Test func `shapes that do not agree trap and are named`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = MinGRUCell(input: .zeros([8, 3]), bias: .zeros([6]))
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self).contains(
        "a minGRU cell needs a weight [2 * H, I] and a bias [2 * H], got [8, 3] and [6]"
      )
    )
  }
}
