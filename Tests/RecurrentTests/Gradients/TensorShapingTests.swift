import Recurrent
import RecurrentTestSupport
import Testing

struct TensorShapingTests {
  /// Twice every element, so that a gradient that is merely passed on would be seen.
  private func doubled(_ x: Tensor) -> Tensor { x * 2 }

  @Test func `a reshaped tensor keeps the order of its elements`() {
    var numbers = SeededNumbers(8)
    expect({ doubled($0[0]).reshaped(to: [2, 6]) }, at: [numbers.tensor([3, 4])], shape: [2, 6]) {
      $0[0].map { 2 * $0 }
    }
  }

  @Test(arguments: [[3, 4], [2, 3, 4], [1, 5], [2, 2, 3, 2]] as [Shape])
  func `a transposed tensor exchanges its last two axes`(shape: Shape) {
    var numbers = SeededNumbers(9)
    let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
    let result = Shape(shape.dimensions.dropLast(2) + [columns, rows])
    expect({ doubled($0[0]).transposed() }, at: [numbers.tensor(shape)], shape: result) { point in
      places(in: result).map { place in
        var original = place
        original.swapAt(shape.rank - 2, shape.rank - 1)
        return 2 * point[0][offset(of: original, in: shape)]
      }
    }
  }

  @Test(arguments: [0, 1, 2])
  func `a slice is part of an axis, and an index drops it`(axis: Int) {
    var numbers = SeededNumbers(10)
    let shape: Shape = [3, 4, 5]
    let x = numbers.tensor(shape)
    var extents = shape.dimensions
    extents[axis] = 2
    let result = Shape(extents)
    expect({ doubled($0[0]).slice(1..<3, along: axis) }, at: [x], shape: result) { point in
      places(in: result).map { place in
        var original = place
        original[axis] += 1
        return 2 * point[0][offset(of: original, in: shape)]
      }
    }
    extents.remove(at: axis)
    let dropped = Shape(extents)
    expect({ doubled($0[0]).slice(at: 2, along: axis) }, at: [x], shape: dropped) { point in
      places(in: dropped).map { place in
        var original = place
        original.insert(2, at: axis)
        return 2 * point[0][offset(of: original, in: shape)]
      }
    }
    #expect(x.slice(1..<1, along: axis).count == 0)
  }

  @Test(arguments: [0, 1, 2])
  func `parts of a split join to the whole again`(axis: Int) {
    var numbers = SeededNumbers(11)
    let x = numbers.tensor([4, 6, 2])
    let parts = x.split(into: 2, along: axis)
    #expect(parts.allSatisfy { $0.shape[axis] * 2 == x.shape[axis] })
    #expect(Tensor.concatenated(parts, along: axis) == x)
    expect(
      { .concatenated(doubled($0[0]).split(into: 2, along: axis), along: axis) },
      at: [x],
      shape: x.shape
    ) { $0[0].map { 2 * $0 } }
  }

  @Test func `a split of which one part is used has zeros elsewhere`() {
    var numbers = SeededNumbers(12)
    let x = numbers.tensor([2, 6])
    expect({ doubled($0[0]).split(into: 3, along: 1)[1] }, at: [x], shape: [2, 2]) { point in
      [2, 3, 8, 9].map { 2 * point[0][$0] }
    }
    let gradient = valueWithGradient(at: x) { $0.split(into: 3, along: 1)[1].sum() }.gradient
    #expect(gradient.tensors[0].elements == [0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0])
  }

  @Test func `a split of which two parts are used sums both`() {
    var numbers = SeededNumbers(13)
    expect(
      {
        let parts = $0[0].split(into: 3, along: 0)
        return parts[2] * parts[0]
      },
      at: [numbers.tensor([3, 2])],
      shape: [1, 2]
    ) { [$0[0][4] * $0[0][0], $0[0][5] * $0[0][1]] }
  }

  @Test(arguments: [0, 1, 2])
  func `a gathered index may come repeatedly`(axis: Int) {
    var numbers = SeededNumbers(14)
    let shape: Shape = [3, 4, 3]
    let indices = [2, 0, 2, 2, 1]
    var extents = shape.dimensions
    extents[axis] = indices.count
    let result = Shape(extents)
    expect(
      { doubled($0[0]).gathered(at: indices, along: axis) },
      at: [numbers.tensor(shape)],
      shape: result
    ) { point in
      places(in: result).map { place in
        var original = place
        original[axis] = indices[place[axis]]
        return 2 * point[0][offset(of: original, in: shape)]
      }
    }
  }

  @Test(arguments: [0, 1])
  func `joined tensors lie one after another`(axis: Int) {
    var numbers = SeededNumbers(15)
    let shapes: [Shape] = axis == 0 ? [[1, 3], [4, 3], [2, 3]] : [[2, 1], [2, 4], [2, 2]]
    let result: Shape = axis == 0 ? [7, 3] : [2, 7]
    expect(
      { .concatenated($0.map(doubled), along: axis) },
      at: shapes.map { numbers.tensor($0) },
      shape: result
    ) { point in
      places(in: result).map { place in
        var (place, part) = (place, 0)
        while place[axis] >= shapes[part][axis] {
          place[axis] -= shapes[part][axis]
          part += 1
        }
        return 2 * point[part][offset(of: place, in: shapes[part])]
      }
    }
  }

  @Test(arguments: [0, 1, 2])
  func `stacked tensors get an axis of their own`(axis: Int) {
    var numbers = SeededNumbers(16)
    var extents = [2, 3]
    extents.insert(4, at: axis)
    let result = Shape(extents)
    expect(
      { .stacked($0.map(doubled), along: axis) },
      at: (0..<4).map { _ in numbers.tensor([2, 3]) },
      shape: result
    ) { point in
      places(in: result).map { place in
        var own = place
        let part = own.remove(at: axis)
        return 2 * point[part][offset(of: own, in: [2, 3])]
      }
    }
  }

  @Test func `the same tensor joined twice gets both gradients`() {
    let gradient = valueWithGradient(at: Tensor([1, 2])) {
      (Tensor.concatenated([$0, $0], along: 0) * Tensor([1, 2, 3, 4])).sum()
    }.gradient
    #expect(gradient.tensors == [Tensor([4, 6])])
  }
}
