import Recurrent
import RecurrentTestSupport
import Testing

struct GradientClippingTests {
  private func gradient(_ tensors: [Tensor]) -> Gradient {
    Gradient(names: tensors.indices.map(String.init), tensors: tensors)
  }

  @Test func `the norm is taken over all parameters together`() {
    #expect(gradient([Tensor([3]), Tensor([0, 4], shape: [2, 1])]).norm == 5)
    #expect(gradient([]).norm == 0)
    // Squares of these overflow single precision.
    #expect(gradient([Tensor([3e30, 4e30])]).norm.isFinite)
  }

  @Test func `a longer gradient is scaled down`() {
    var clipped = gradient([Tensor([3]), Tensor([0, 4])])
    #expect(clipped.clip(toNorm: 1) == 5)
    // bound / (norm + 1e-6), then two roundings.
    let want = [[3 / 5.000001], [0, 4 / 5.000001]]
    for (got, want) in zip(clipped.tensors, want) {
      #expect(mismatch(got.elements, want, tolerance: 1e-7) == nil)
    }
  }

  @Test func `a shorter gradient stays as it is`() {
    var kept = gradient([Tensor([3]), Tensor([0, 4])])
    #expect(kept.clip(toNorm: 5.1) == 5)
    #expect(kept.tensors == [Tensor([3]), Tensor([0, 4])])
    var zeros = gradient([.zeros([3])])
    #expect(zeros.clip(toNorm: 1) == 0)
    #expect(zeros.tensors == [.zeros([3])])
  }

  @Test func `a gradient whose norm is no number stays as it is`() {
    var broken = gradient([Tensor([1, .infinity]), Tensor([2])])
    #expect(broken.clip(toNorm: 1) == .infinity)
    #expect(broken.tensors == [Tensor([1, .infinity]), Tensor([2])])
    var nan = gradient([Tensor([.nan, 1])])
    #expect(nan.clip(toNorm: 1).isNaN)
    #expect(nan.tensors[0].elements[1] == 1)
  }

  @Test func `norms of other orders are taken over all parameters together`() {
    let both = gradient([Tensor([3]), Tensor([0, -4], shape: [2, 1])])
    #expect(both.norm(ofOrder: 1) == 7)
    #expect(both.norm(ofOrder: 2) == 5)
    #expect(both.norm(ofOrder: .infinity) == 4)
    // 27 + 64 = 91
    #expect(abs(both.norm(ofOrder: 3) - 4.497941445275415) < 1e-12)
    #expect(gradient([Tensor([.nan, 1])]).norm(ofOrder: .infinity).isNaN)
    var clipped = both
    #expect(clipped.clip(toNorm: 2, order: .infinity) == 4)
    #expect(mismatch(clipped.tensors[1].elements, [0, -2] as [Double], tolerance: 1e-6) == nil)
  }

  @Test func `values are clipped one by one`() {
    var clipped = gradient([Tensor([3, -0.5]), Tensor([0.25, -4])])
    clipped.clip(toValue: 0.5)
    #expect(clipped.tensors == [Tensor([0.5, -0.5]), Tensor([0.25, -0.5])])
  }
}
