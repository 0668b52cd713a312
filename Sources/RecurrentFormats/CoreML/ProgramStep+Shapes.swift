import Recurrent

// Operations that put numbers in other places.
extension ProgramStep {
  static let shapeOperations: [String: Function] = [
    "shape": { arguments in
      guard let x = arguments["x"] else { return nil }
      return ProgramTensor([x.shape.count], .integers(x.shape)).map { [$0] }
    },
    "fill": { arguments in
      guard let shape = arguments["shape"]?.integers, let value = arguments.float("value"),
        let count = ProgramTensor.count(of: shape)
      else { return nil }
      return ProgramTensor(shape, .floats(Array(repeating: value, count: count))).map { [$0] }
    },
    "transpose": { arguments in
      guard let x = arguments["x"], let order = arguments.axes("perm", rank: x.shape.count),
        order.count == x.shape.count
      else { return nil }
      let strides = ProgramTensor.strides(of: x.shape)
      let shape = order.map { x.shape[$0] }
      let places = ProgramTensor.places(of: shape, strides: order.map { strides[$0] })
      return x.gathering(places, as: shape).map { [$0] }
    },
    "reverse": { arguments in
      guard let x = arguments["x"], let axes = arguments.axes("axes", rank: x.shape.count)
      else { return nil }
      var strides = ProgramTensor.strides(of: x.shape)
      var start = 0
      for axis in axes {
        start += (x.shape[axis] - 1) * strides[axis]
        strides[axis] *= -1
      }
      let places = ProgramTensor.places(of: x.shape, start: start, strides: strides)
      return x.gathering(places, as: x.shape).map { [$0] }
    },
    "split": { arguments in
      guard let x = arguments["x"], let count = arguments.integer("num_splits"),
        arguments.axes("axis", rank: x.shape.count) == [x.shape.count - 1],
        let size = x.shape.last, count > 0, count <= size, size % count == 0
      else { return nil }
      let part = size / count
      let shape: [Int] = x.shape.dropLast() + [part]
      let strides = ProgramTensor.strides(of: x.shape)
      let pieces = (0..<count).map { piece in
        x.gathering(
          ProgramTensor.places(of: shape, start: piece * part, strides: strides),
          as: shape
        )
      }
      let whole = pieces.compactMap(\.self)
      return whole.count == count ? whole : nil
    },
    "concat": { arguments in
      guard let values = arguments.values["values"], let first = values.first,
        arguments.axes("axis", rank: first.shape.count) == [first.shape.count - 1],
        arguments["interleave"]?.truths == [false],
        values.allSatisfy({ $0.shape.dropLast() == first.shape.dropLast() })
      else { return nil }
      return concatenated(values)
    },
    "slice_by_index": { slice($0) },
    "expand_dims": { arguments in
      guard let x = arguments["x"], arguments["axes"]?.integers == [0] else { return nil }
      return ProgramTensor([1] + x.shape, x.elements).map { [$0] }
    },
    "gather": { arguments in
      guard let x = arguments.floats("x"), let steps = x.shape.first,
        let place = arguments.integer("indices"), arguments["indices"]?.shape == [],
        arguments.integer("axis") == 0, 0..<steps ~= place
      else { return nil }
      let size = x.values.count / steps
      let values = Array(x.values[place * size..<(place + 1) * size])
      return ProgramTensor(Array(x.shape.dropFirst()), .floats(values)).map { [$0] }
    },
    "scatter": { arguments in
      guard let data = arguments.floats("data"), let steps = data.shape.first,
        let row = arguments.floats("updates"), row.shape == [1] + data.shape.dropFirst(),
        let place = arguments.integer("indices"), arguments["indices"]?.shape == [1],
        arguments.integer("axis") == 0, arguments["mode"]?.texts == ["update"],
        0..<steps ~= place
      else { return nil }
      var values = data.values
      let start = place * row.values.count
      values.replaceSubrange(start..<start + row.values.count, with: row.values)
      return ProgramTensor(data.shape, .floats(values)).map { [$0] }
    },
  ]

  private static func concatenated(_ values: [ProgramTensor]) -> [ProgramTensor]? {
    let sizes = values.compactMap(\.shape.last)
    guard let first = values.first, sizes.count == values.count else { return nil }
    let shape: [Int] = first.shape.dropLast() + [sizes.reduce(0, +)]
    guard let count = ProgramTensor.count(of: shape), let size = shape.last, size > 0 else {
      return nil
    }
    func joined<Element>(_ parts: [[Element]]) -> [Element] {
      (0..<count / size).flatMap { row in
        zip(parts, sizes).flatMap { $0[row * $1..<(row + 1) * $1] }
      }
    }
    let (floats, integers) = (values.compactMap(\.floats), values.compactMap(\.integers))
    if floats.count == values.count {
      return ProgramTensor(shape, .floats(joined(floats))).map { [$0] }
    }
    guard integers.count == values.count else { return nil }
    return ProgramTensor(shape, .integers(joined(integers))).map { [$0] }
  }

  private static func slice(_ arguments: Arguments) -> [ProgramTensor]? {
    guard let x = arguments["x"], let begin = arguments["begin"]?.integers,
      let end = arguments["end"]?.integers, let steps = arguments["stride"]?.integers,
      let beginMask = arguments["begin_mask"]?.truths,
      let endMask = arguments["end_mask"]?.truths,
      let squeezeMask = arguments["squeeze_mask"]?.truths
    else { return nil }
    let rank = x.shape.count
    let counts = [
      begin.count, end.count, steps.count, beginMask.count, endMask.count, squeezeMask.count,
    ]
    guard counts.allSatisfy({ $0 == rank }), steps.allSatisfy({ $0 == 1 }) else { return nil }
    let strides = ProgramTensor.strides(of: x.shape)
    var (start, extents, kept) = (0, [Int](), [Int]())
    for axis in 0..<rank {
      let size = x.shape[axis]
      let first = beginMask[axis] ? 0 : begin[axis] < 0 ? begin[axis] + size : begin[axis]
      var last = endMask[axis] ? size : end[axis] < 0 ? end[axis] + size : end[axis]
      if squeezeMask[axis] { last = first + 1 }
      guard 0..<size ~= first, first < last, last <= size else { return nil }
      start += first * strides[axis]
      extents.append(last - first)
      if !squeezeMask[axis] { kept.append(last - first) }
    }
    let places = ProgramTensor.places(of: extents, start: start, strides: strides)
    return x.gathering(places, as: kept).map { [$0] }
  }
}
