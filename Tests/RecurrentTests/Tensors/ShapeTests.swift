import Testing

@testable import Recurrent

struct ShapeTests {
  @Test(
    arguments: [
      ([], [], []), ([3], [], [3]), ([2, 3], [3], [2, 3]), ([2, 1], [1, 3], [2, 3]),
      ([2, 3], [2, 4], nil), ([2], [3], nil), ([0], [1], [0]), ([0], [2], nil),
      ([4, 1, 5], [3, 1], [4, 3, 5]),
    ] as [(Shape, Shape, Shape?)]
  )
  func `shapes are stretched where one has extent 1 or no axis`(a: Shape, b: Shape, result: Shape?)
  {
    #expect(Shape.broadcast(a, b) == result)
    #expect(Shape.broadcast(b, a) == result)
  }

  @Test(
    arguments: [
      ([2, 3], [3, 4], [2, 4]), ([5, 2, 3], [3, 4], [5, 2, 4]), ([3], [3, 4], [4]),
      ([2, 3], [4, 3], nil), ([2, 3], [3], nil), ([], [1, 1], nil), ([2, 3], [1, 3, 4], nil),
    ] as [(Shape, Shape, Shape?)]
  )
  func `a product needs equal inner extents`(a: Shape, b: Shape, result: Shape?) {
    #expect(Shape.matrixProduct(a, b) == result)
  }

  @Test func `joined shapes agree but along the axis`() {
    #expect(Shape.concatenation([[2, 3], [4, 3]], axis: 0) == [6, 3])
    #expect(Shape.concatenation([[2, 3], [2, 0]], axis: 1) == [2, 3])
    #expect(Shape.concatenation([[2, 3], [4, 3]], axis: 1) == nil)
    #expect(Shape.concatenation([[2, 3], [2, 3]], axis: 2) == nil)
    #expect(Shape.concatenation([[2, 3], [2]], axis: 0) == nil)
    #expect(Shape.concatenation([], axis: 0) == nil)
  }

  @Test func `a shape knows its extents`() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.rank == 3 && shape.count == 24 && shape[1] == 3)
    #expect(shape.description == "[2, 3, 4]")
    #expect(Shape([]).count == 1)
    #expect(shape.extents(around: 1) == (2, 4))
    #expect(shape.removing(axis: 1) == [2, 4] && shape.replacing(axis: 0, with: 7) == [7, 3, 4])
  }
}
