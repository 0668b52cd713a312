import Recurrent

// Operations that move elements, or speak of shapes.
extension ONNXCall {
  /// What the operation gives; nil if it is of another family.
  func shaping() throws(FileError) -> [ONNXArray]? {
    switch node.operation {
    case "Constant": [try constant()]
    case "Shape": [try shape()]
    case "Reshape": [try reshape()]
    case "Flatten": [try flatten()]
    case "Transpose": [try transpose()]
    case "Squeeze": [try squeeze()]
    case "Unsqueeze": [try unsqueeze()]
    case "Expand": [try expand()]
    case "Concat": [try concatenation()]
    case "Split": try split()
    case "Slice": [try slice()]
    case "Gather": [try gather()]
    case "ConstantOfShape": [try filled()]
    case "Range": [try range()]
    case "ReverseSequence": [try reversal()]
    case "OneHot": [try oneHot()]
    default: nil
    }
  }

  private func constant() throws(FileError) -> ONNXArray {
    if let array = node.array("value") { return array }
    if let value = node.float("value_float") { return ONNXArray([value], shape: []) }
    if let value = node.integer("value_int") { return ONNXArray([value], shape: []) }
    if let values = node.integers("value_ints") { return ONNXArray(values, shape: [values.count]) }
    throw problem("has no value that is read here")
  }

  private func shape() throws(FileError) -> ONNXArray {
    let extents = try input(0).shape
    func place(_ name: String, _ usual: Int) -> Int {
      let value = node.integer(name) ?? usual
      return min(max(value < 0 ? value &+ extents.count : value, 0), extents.count)
    }
    let (start, end) = (place("start", 0), place("end", extents.count))
    let part = start < end ? Array(extents[start..<end]) : []
    return ONNXArray(part, shape: [part.count])
  }

  private func reshape() throws(FileError) -> ONNXArray {
    let array = try input(0)
    var shape = try integers(1)
    let copiesZeros = node.integer("allowzero") != 1
    for axis in shape.indices where shape[axis] == 0 && copiesZeros {
      guard axis < array.shape.count else { throw problem("copies an extent that is not there") }
      shape[axis] = array.shape[axis]
    }
    if let open = shape.firstIndex(of: -1) {
      shape[open] = 1
      let known = try count(shape)
      guard known > 0, array.count % known == 0 else {
        throw problem("cannot give \(array.shape) the shape \(shape)")
      }
      shape[open] = array.count / known
    }
    guard try count(shape) == array.count else {
      throw problem("cannot give \(array.shape) the shape \(shape)")
    }
    return array.reshaped(to: shape)
  }

  private func flatten() throws(FileError) -> ONNXArray {
    let array = try input(0)
    let axis = node.integer("axis") ?? 1
    guard 0...array.shape.count ~= axis else { throw problem("names axis \(axis)") }
    return array.reshaped(to: [
      array.shape[..<axis].reduce(1, *), array.shape[axis...].reduce(1, *),
    ])
  }

  private func transpose() throws(FileError) -> ONNXArray {
    let array = try input(0)
    let order = node.integers("perm") ?? array.shape.indices.reversed()
    guard order.sorted() == Array(array.shape.indices) else {
      throw problem("orders the axes of \(array.shape) as \(order)")
    }
    var steps = [Int](repeating: 1, count: order.count)
    for axis in array.shape.indices.dropLast().reversed() {
      steps[axis] = steps[axis + 1] * array.shape[axis + 1]
    }
    let shape = order.map { array.shape[$0] }
    return picked(array, places(shape, order.map { steps[$0] }), shape: shape)
  }

  private func squeeze() throws(FileError) -> ONNXArray {
    let array = try input(0)
    var axes: Set<Int> = []
    for axis in try integers("axes", orInput: 1)
      ?? array.shape.indices.filter({ array.shape[$0] == 1 })
    {
      axes.insert(try self.axis(axis, rank: array.shape.count))
    }
    guard axes.allSatisfy({ array.shape[$0] == 1 }) else {
      throw problem("takes away an axis of more than one place")
    }
    return array.reshaped(
      to: array.shape.indices.filter { !axes.contains($0) }.map { array.shape[$0] }
    )
  }

  private func unsqueeze() throws(FileError) -> ONNXArray {
    let array = try input(0)
    let axes = try integers("axes", orInput: 1) ?? []
    let rank = array.shape.count + axes.count
    var new: Set<Int> = []
    for axis in axes { new.insert(try self.axis(axis, rank: rank)) }
    guard new.count == axes.count else { throw problem("names an axis twice") }
    var rest = array.shape.makeIterator()
    return array.reshaped(to: (0..<rank).map { new.contains($0) ? 1 : rest.next() ?? 1 })
  }

  private func expand() throws(FileError) -> ONNXArray {
    let array = try input(0)
    let wanted = try integers(1)
    let rank = max(array.shape.count, wanted.count)
    let own = Array(repeating: 1, count: rank - array.shape.count) + array.shape
    let other = Array(repeating: 1, count: rank - wanted.count) + wanted
    return try stretched(array, to: zip(own, other).map { $1 == 1 ? $0 : $1 })
  }

  private func concatenation() throws(FileError) -> ONNXArray {
    var arrays: [ONNXArray] = []
    for index in inputs.indices { arrays.append(try input(index)) }
    guard let first = arrays.first else { throw problem("joins nothing") }
    let axis = try axis(node.integer("axis") ?? 0, rank: first.shape.count)
    for array in arrays {
      var shape = array.shape
      guard shape.count == first.shape.count else { throw problem("joins arrays of unequal rank") }
      shape[axis] = first.shape[axis]
      guard shape == first.shape else { throw problem("joins arrays that do not fit") }
    }
    var shape = first.shape
    shape[axis] = arrays.reduce(0) { $0 + $1.shape[axis] }
    _ = try count(shape)
    let outer = shape[..<axis].reduce(1, *)
    let widths = arrays.map { $0.shape[axis...].reduce(1, *) }
    let starts = arrays.indices.map { index in arrays[..<index].reduce(0) { $0 + $1.count } }
    let all = try joined(arrays, shape: [arrays.reduce(0) { $0 + $1.count }])
    let places = (0..<outer).flatMap { row in
      arrays.indices.flatMap { index in
        (0..<widths[index]).map { starts[index] + row * widths[index] + $0 }
      }
    }
    return picked(all, places, shape: shape)
  }

  private func split() throws(FileError) -> [ONNXArray] {
    let array = try input(0)
    let axis = try axis(node.integer("axis") ?? 0, rank: array.shape.count)
    let parts = max(node.integer("num_outputs") ?? node.outputs.count, 1)
    guard parts <= 1 << 16 else { throw problem("gives \(parts) parts") }
    let size = (array.shape[axis] + parts - 1) / parts
    let sizes =
      try integers("split", orInput: 1)
      ?? (0..<parts).map { min(size, max(array.shape[axis] - $0 * size, 0)) }
    guard sizes.allSatisfy({ $0 >= 0 && $0 <= array.shape[axis] }),
      sizes.reduce(0, +) == array.shape[axis]
    else { throw problem("cuts \(array.shape[axis]) places into \(sizes.prefix(8))") }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return cut(array, axis, start: start, step: 1, count: size)
    }
  }

  /// Places of an axis, from `start` on, `step` apart, all of which must be there.
  private func cut(_ array: ONNXArray, _ axis: Int, start: Int, step: Int, count: Int) -> ONNXArray
  {
    var shape = array.shape
    let inner = shape[(axis + 1)...].reduce(1, *)
    let outer = shape[..<axis].reduce(1, *)
    let width = shape[axis] * inner
    shape[axis] = count
    let places = (0..<outer).flatMap { row in
      (0..<count).flatMap { place in
        (0..<inner).map { row * width + (start + place * step) * inner + $0 }
      }
    }
    return picked(array, places, shape: shape)
  }

  private func slice() throws(FileError) -> ONNXArray {
    var array = try input(0)
    guard let starts = try integers("starts", orInput: 1),
      let ends = try integers("ends", orInput: 2)
    else { throw problem("says no places") }
    let axes = try integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = optional(4) == nil ? starts.map { _ in 1 } : try integers(4)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw problem("says unequally many starts, ends, axes and steps")
    }
    for index in starts.indices {
      let axis = try axis(axes[index], rank: array.shape.count)
      let (extent, step) = (array.shape[axis], steps[index])
      guard step != 0, step.magnitude <= Int32.max else {
        throw problem("has steps of \(step)")
      }
      func bounded(_ place: Int) -> Int {
        let counted = place < 0 ? place &+ extent : place
        return step > 0 ? min(max(counted, 0), extent) : min(max(counted, -1), extent - 1)
      }
      // Going down, an end far below stands for all that is left.
      let end = step < 0 && ends[index] < -extent ? -1 : bounded(ends[index])
      let start = bounded(starts[index])
      let count =
        step > 0
        ? max(0, (end - start + step - 1) / step) : max(0, (start - end - step - 1) / -step)
      array = cut(array, axis, start: start, step: step, count: count)
    }
    return array
  }

  private func gather() throws(FileError) -> ONNXArray {
    let array = try input(0)
    let axis = try axis(node.integer("axis") ?? 0, rank: array.shape.count)
    let extent = array.shape[axis]
    var indices = try integers(1)
    for place in indices.indices {
      guard -extent..<extent ~= indices[place] else {
        throw problem("takes place \(indices[place]) of \(extent)")
      }
      if indices[place] < 0 { indices[place] += extent }
    }
    let shape = array.shape[..<axis] + (try input(1).shape) + array.shape[(axis + 1)...]
    _ = try count(Array(shape))
    let inner = array.shape[(axis + 1)...].reduce(1, *)
    let outer = array.shape[..<axis].reduce(1, *)
    let places = (0..<outer).flatMap { row in
      indices.flatMap { index in (0..<inner).map { (row * extent + index) * inner + $0 } }
    }
    return picked(array, places, shape: Array(shape))
  }

  private func filled() throws(FileError) -> ONNXArray {
    let shape = try integers(0)
    let value = node.array("value") ?? ONNXArray([Float(0)], shape: [1])
    guard value.count == 1 else { throw problem("has no single value") }
    return picked(value, Array(repeating: 0, count: try count(shape)), shape: shape)
  }

  private func range() throws(FileError) -> ONNXArray {
    guard let start = try integers(0).first, let end = try integers(1).first,
      let step = try integers(2).first, step != 0
    else { throw problem("needs three whole numbers") }
    let (length, isTooLong) = end.subtractingReportingOverflow(start)
    guard !isTooLong, length.magnitude <= limit, step.magnitude <= Int32.max else {
      throw problem("is too long")
    }
    let count = try count([max(0, (length + step - step.signum()) / step)])
    return ONNXArray((0..<count).map { start + $0 * step }, shape: [count], type: try input(0).type)
  }

  private func reversal() throws(FileError) -> ONNXArray {
    let array = try input(0)
    let lengths = try integers(1)
    guard array.shape.count >= 2, node.integer("time_axis") ?? 0 == 0,
      node.integer("batch_axis") ?? 1 == 1, lengths.count == array.shape[1],
      lengths.allSatisfy({ 0...array.shape[0] ~= $0 })
    else { throw problem("needs steps first, rows second, and a length for each row") }
    let (steps, rows) = (array.shape[0], array.shape[1])
    let inner = array.shape[2...].reduce(1, *)
    let places = (0..<steps).flatMap { step in
      (0..<rows).flatMap { row in
        let source = step < lengths[row] ? lengths[row] - 1 - step : step
        return (0..<inner).map { (source * rows + row) * inner + $0 }
      }
    }
    return picked(array, places, shape: array.shape)
  }

  private func oneHot() throws(FileError) -> ONNXArray {
    let indices = try input(0)
    guard let depth = try input(1).integers?.first, let places = indices.integers,
      node.integer("axis") ?? -1 == -1
    else { throw problem("needs whole numbers, and its new axis last") }
    let values = try input(2)
    guard values.count == 2 else { throw problem("needs two values") }
    let shape = indices.shape + [depth]
    _ = try count(shape)
    return picked(
      values,
      places.flatMap { place in
        (0..<depth).map { $0 == (place < 0 ? place &+ depth : place) ? 1 : 0 }
      },
      shape: shape
    )
  }
}
