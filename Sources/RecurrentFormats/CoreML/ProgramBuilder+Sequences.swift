import Recurrent

// What depends on how many sequences and steps there are.
extension ProgramBuilder {
  /// A state for each row of `[time, batch, features]`, the same for all: `[batch, units]`.
  mutating func rows(of x: ProgramValue, each state: Tensor) -> ProgramValue {
    let units = state.count
    let zeros = zeros(like: x, axes: 1..<2, units: units)
    if state.elements.allSatisfy({ $0 == 0 }) { return zeros }
    return add(zeros, constant(state.reshaped(to: [1, units]), "state"))
  }

  /// Zeros of some of the first extents of `[time, batch, features]`, and so many units.
  mutating func zeros(
    like x: ProgramValue,
    axes: Range<Int>,
    units: Int
  ) -> ProgramValue {
    let some = extents(of: x, axes, isScalar: false)
    let all = append(
      "concat",
      [
        "values": [some, constant([units])], "axis": [constant([0], isScalar: true)],
        "interleave": [constant([false], isScalar: true)],
      ],
      outputs: [([axes.count + 1], .int32)]
    )[0]
    return append(
      "fill",
      ["shape": [all], "value": [constant(Tensor(0), "number")]],
      outputs: [(x.shape[axes] + [units], .float32)]
    )[0]
  }

  /// Some of the extents of `[time, batch, features]`, or one as a number.
  private mutating func extents(
    of x: ProgramValue,
    _ axes: Range<Int>,
    isScalar: Bool
  ) -> ProgramValue {
    let shape = append("shape", ["x": [x]], outputs: [([3], .int32)])[0]
    return append(
      "slice_by_index",
      [
        "x": [shape], "begin": [constant([axes.lowerBound])],
        "end": [constant([axes.upperBound])], "stride": [constant([1])],
        "begin_mask": [constant([false])], "end_mask": [constant([false])],
        "squeeze_mask": [constant([isScalar])],
      ],
      outputs: [(isScalar ? [] : [axes.count], .int32)]
    )[0]
  }

  /// Runs what `step` writes over the steps of `[time, batch, features]`; returns every step's output,
  /// `[time, batch, units]`, and the last one.
  mutating func loop(
    over x: ProgramValue,
    from states: [ProgramValue],
    step: (ProgramValue, [ProgramValue], inout ProgramBuilder) -> (
      output: ProgramValue, states: [ProgramValue]
    )
  ) -> (outputs: ProgramValue, final: ProgramValue) {
    let steps = extents(of: x, 0..<1, isScalar: true)
    let units = states[0].shape[1] ?? 0
    let outputs = zeros(like: x, axes: 0..<2, units: units)
    let beginning = constant([0], isScalar: true)
    let results = appendLoop(from: [beginning] + states + [outputs]) { values, program in
      program.append("less", ["x": [values[0]], "y": [steps]], outputs: [([], .bool)])[0]
    } body: { values, program in
      let (place, outputs) = (values[0], values[values.count - 1])
      let read = program.append(
        "gather",
        [
          "x": [x], "indices": [place], "axis": [program.constant([0], isScalar: true)],
        ],
        outputs: [(Array(x.shape.dropFirst()), .float32)]
      )[0]
      let (output, after) = step(read, Array(values[1..<values.count - 1]), &program)
      let row = program.append(
        "expand_dims",
        ["x": [output], "axes": [program.constant([0])]],
        outputs: [([1] + output.shape, .float32)]
      )[0]
      let places = program.append(
        "expand_dims",
        ["x": [place], "axes": [program.constant([0])]],
        outputs: [([1], .int32)]
      )[0]
      let written = program.append(
        "scatter",
        [
          "data": [outputs], "indices": [places], "updates": [row],
          "axis": [program.constant([0], isScalar: true)], "mode": [program.constant("update")],
        ],
        outputs: [(outputs.shape, .float32)]
      )[0]
      let next = program.append(
        "add",
        ["x": [place], "y": [program.constant([1], isScalar: true)]],
        outputs: [([], .int32)]
      )[0]
      return [next] + after + [written]
    }
    return (results[results.count - 1], results[1])
  }
}
