import Recurrent
import RecurrentTestSupport
import Testing

struct TensorTests {
  @Test func `a copy is independent of the original`() {
    let original = Tensor([1, 2, 3, 4], shape: [2, 2])
    var copy = original
    copy[1, 0] = 9
    #expect(original.elements == [1, 2, 3, 4])
    #expect(copy.elements == [1, 2, 9, 4])
    var reshaped = original.reshaped(to: [4])
    reshaped[0] = 7
    #expect(original[0, 0] == 1 && reshaped[0] == 7)
  }

  @Test func `elements lie in row-major order`() {
    let x = Tensor((0..<24).map(Float.init), shape: [2, 3, 4])
    #expect(x[1, 2, 3] == 23 && x[1, 0, 0] == 12 && x[0, 1, 2] == 6)
    #expect(x.count == 24)
    #expect(Tensor(5).shape == [] && Tensor(5).scalar == 5)
    #expect(Tensor([1, 2]).shape == [2])
    #expect(Tensor(repeating: 2, shape: [3]).elements == [2, 2, 2])
  }

  @Test func `equal tensors have one shape and equal elements`() {
    #expect(Tensor([1, 2]) == Tensor([1, 2]))
    #expect(Tensor([1, 2]) != Tensor([1, 3]))
    #expect(Tensor([1, 2], shape: [1, 2]) != Tensor([1, 2]))
    #expect(Tensor([.nan]) != Tensor([.nan]))
  }

  @Test func `a description shows the shape and the first elements`() {
    #expect(Tensor([1, 2.5], shape: [2, 1]).description == "Tensor[2, 1]: 1.0, 2.5")
    #expect(Tensor.zeros([9]).description.hasSuffix("0.0, ..."))
  }

  @Test func `an index outside traps and says the shape`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3])[1, 3]
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("index [1, 3] lies outside a tensor of shape [2, 3]")
    )
  }

  @Test func `shapes that do not combine trap and are both named`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.zeros([2, 3]) + Tensor.zeros([2, 4])
    }
    let text = try #require(result).standardErrorContent
    #expect(
      String(decoding: text, as: UTF8.self)
        .contains("+ cannot combine tensors of shapes [2, 3] and [2, 4]")
    )
  }
}
