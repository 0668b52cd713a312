import Recurrent
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct NormalisedLSTMKernelTests {
  /// One of the four cells with parameters, what it reads, and what comes back from above.
  struct Case: Sendable, CustomTestStringConvertible {
    let sizes: StepSizes
    let isCoupled: Bool
    let isPeephole: Bool
    var testDescription: String {
      "\(sizes)\(isCoupled ? ", coupled" : "")\(isPeephole ? ", peephole" : "")"
    }

    static let all = (1...24).map {
      Case(sizes: StepSizes(seed: $0), isCoupled: $0 % 2 == 0, isPeephole: $0 % 4 < 2)
    }

    var gates: Int { isCoupled ? 3 : 4 }
    var kind: RecurrentCell {
      switch (isCoupled, isPeephole) {
      case (false, false): RECURRENT_CELL_NORMALISED_LSTM
      case (false, true): RECURRENT_CELL_NORMALISED_LSTM_PEEPHOLE
      case (true, false): RECURRENT_CELL_NORMALISED_LSTM_COUPLED
      case (true, true): RECURRENT_CELL_NORMALISED_LSTM_COUPLED_PEEPHOLE
      }
    }
    var panels: Int { sizes.panels(gates: 4) }

    /// Names and numbers of the parameters, in the order of `LSTMCell`.
    var parameters: [(name: String, values: [Float])] {
      var numbers = SeededNumbers(sizes.seed + 500)
      let (inputs, units) = (sizes.inputSize, sizes.hiddenSize)
      return [
        ("weight_ih", numbers.floats(gates * units * inputs)),
        ("weight_hh", numbers.floats(gates * units * units)),
        ("bias_ih", numbers.floats(gates * units)),
        ("norm_ih", numbers.floats(gates * units)),
        ("norm_hh", numbers.floats(gates * units)),
        ("norm_cell", numbers.floats(units)),
        ("norm_cell_bias", numbers.floats(units)),
      ] + (isPeephole ? [("weight_peephole", numbers.floats((gates - 1) * units))] : [])
    }

    /// Input, hidden and cell state, and the gradients of the hidden and of the cell state after.
    var rows: [[Float]] {
      var numbers = SeededNumbers(sizes.seed + 600)
      let (count, units) = (sizes.rows, sizes.hiddenSize)
      return [
        numbers.floats(count * sizes.inputSize),
        numbers.floats(count * units).map { sizes.hasHidden ? $0 : 0 },
        numbers.floats(count * units).map { sizes.hasCell ? $0 : 0 },
        numbers.floats(count * units), numbers.floats(count * units),
      ]
    }
  }

  /// One step forward and back.
  private struct Results {
    /// Hidden and cell state, `[rows][hidden]`.
    var hidden: [Float] = []
    var cell: [Float] = []
    /// The gradients of the sums over input and hidden state, `[2][gate][rows][hidden]`, and of the
    /// cell state before.
    var sums: [Float] = []
    var previousCell: [Float] = []
    /// The gradients of the parameters of single units.
    var units: [Float] = []
  }

  /// Runs some rows of a case, in panels with room for one row more.
  private func run(_ test: Case, _ kernels: RecurrentKernels, rows: Range<Int>) -> Results {
    let sizes = test.sizes
    let (count, room, size) = (rows.count, rows.count + 1, sizes.hiddenSize)
    let (panels, padded) = (test.panels, test.panels * 16)
    func some(_ index: Int) -> [Float] {
      let width = test.rows[index].count / sizes.rows
      return Array(test.rows[index][rows.lowerBound * width..<rows.upperBound * width])
    }
    func panelled(_ values: [Float]) -> GuardedMemory {
      var target = [Float](repeating: .nan, count: panels * room * 16)
      recurrent_rows_to_panels(count, room, size, 16, values, size, &target)
      return GuardedMemory(target)
    }
    let input = GuardedMemory(some(0))
    let before = GuardedMemory(some(1))
    let cellBefore = panelled(some(2))
    let dHidden = GuardedMemory(some(3))
    let dCell = panelled(some(4))
    let weights = GuardedMemory(packed(test))
    let unitRows = unitRows(test)
    let parameters = GuardedMemory(unitRows)
    let unitGradient = GuardedMemory([Float](repeating: 0, count: unitRows.count))
    let gates = GuardedMemory(count: 3 * panels * room * 64)
    let statistics = GuardedMemory(count: count * Int(RECURRENT_STATISTICS))
    let cellAfter = GuardedMemory(count: panels * room * 16)
    let after = GuardedMemory(count: count * padded)
    let dUnits = GuardedMemory(count: count * padded)
    let columns = sizes.inputSize
    var forward = RecurrentForwardStep(
      rows: count,
      panel_rows: room,
      panels: panels,
      input_size: columns,
      input: input.base,
      input_row_stride: columns,
      hidden_size: size,
      previous_hidden: sizes.hasHidden ? UnsafePointer(before.base) : nil,
      previous_hidden_row_stride: size,
      previous_output: nil,
      previous_output_row_stride: 0,
      hidden_mask: nil,
      hidden_mask_row_stride: 0,
      previous_states: sizes.hasCell ? UnsafePointer(cellBefore.base) : nil,
      states: cellAfter.base,
      state_stride: 0,
      weights: weights.base,
      unit_parameters: parameters.base,
      gates: gates.base,
      statistics: statistics.base,
      unit_count: size,
      hidden: after.base,
      hidden_row_stride: padded,
      second: nil,
      second_row_stride: 0,
      hidden_zoneout: nil,
      hidden_zoneout_row_stride: 0,
      cell_zoneout: nil,
      cell_zoneout_row_stride: 0,
      activation: RECURRENT_TANH,
      time_step: 1
    )
    var backward = RecurrentBackwardStep(
      rows: count,
      panel_rows: room,
      next_rows: 0,
      panels: panels,
      output_size: size,
      next_dz: nil,
      dz_columns: allColumns,
      weights: weights.base,
      hidden_mask: nil,
      hidden_mask_row_stride: 0,
      d_output: dHidden.base,
      d_output_row_stride: size,
      d_hidden: nil,
      d_hidden_row_stride: 0,
      d_carried: nil,
      d_carried_row_stride: 0,
      gates: gates.base,
      statistics: statistics.base,
      d_units: dUnits.base,
      d_units_row_stride: padded,
      states: cellAfter.base,
      previous_states: sizes.hasCell ? UnsafePointer(cellBefore.base) : nil,
      state_stride: 0,
      d_states: dCell.base,
      previous_output: nil,
      previous_output_row_stride: 0,
      unit_parameters: parameters.base,
      d_unit_parameters: unitGradient.base,
      d_second: nil,
      d_staged: nil,
      d_staged_row_stride: 0,
      hidden_zoneout: nil,
      hidden_zoneout_row_stride: 0,
      cell_zoneout: nil,
      cell_zoneout_row_stride: 0,
      activation: RECURRENT_TANH,
      time_step: 1
    )
    let kernel = kernels.cells[Int(test.kind.rawValue)]
    withExtendedLifetime((input, before, cellBefore, dHidden, weights, parameters)) {
      kernel.forward(&forward)
      kernel.backward(&backward)
    }
    for memory in [gates, statistics, cellAfter, after, dUnits, dCell, unitGradient] {
      #expect(memory.isIntact)
    }

    func unpanelled(_ panels: [Float]) -> [Float] {
      var target = [Float](repeating: 0, count: count * size)
      recurrent_panels_to_rows(count, room, size, 16, panels, &target, size)
      return target
    }
    var results = Results()
    let (hidden, sums) = (after.values, gates.values)
    results.cell = unpanelled(cellAfter.values)
    results.previousCell = unpanelled(dCell.values)
    results.units = unitGradient.values
    for row in 0..<count {
      results.hidden += hidden[row * padded..<row * padded + size]
      #expect(hidden[row * padded + size..<(row + 1) * padded].allSatisfy { $0 == 0 })
    }
    for section in 0..<2 {
      for gate in 0..<test.gates {
        for row in 0..<count {
          let units: [Float] = (0..<padded).map { unit in
            let place = (section * panels + unit / 16) * room + row
            return sums[place * 64 + gate * 16 + unit % 16]
          }
          results.sums += units[..<size]
          #expect(units[size...].allSatisfy { $0 == 0 })
        }
      }
    }
    for section in 0..<3 {
      for panel in 0..<panels {
        let start = ((section * panels + panel) * room + count) * 64
        #expect((start..<start + 64).allSatisfy { gates.isUnwritten($0) })
      }
    }
    return results
  }

  /// The weights of the input and of the hidden state, each without a bias.
  private func packed(_ test: Case) -> [Float] {
    let sizes = test.sizes
    return [(0, sizes.inputSize), (1, sizes.hiddenSize)].flatMap { parameter, columns in
      let matrix = test.parameters[parameter].values
      var packed = [Float](repeating: 0, count: test.panels * (1 + columns) * 64)
      var sizes = RecurrentGateSizes(
        gates: test.gates,
        units: 16,
        input_size: columns,
        recurrent_size: 0,
        hidden_size: sizes.hiddenSize
      )
      matrix.withUnsafeBufferPointer { matrix in
        let gates = (0..<test.gates).map { gate in
          RecurrentGate(
            input: matrix.baseAddress.map { $0 + gate * test.sizes.hiddenSize * columns },
            recurrent: nil,
            bias: nil
          )
        }
        recurrent_pack_gates(&sizes, gates, &packed)
      }
      return packed
    }
  }

  /// All other parameters, row by row, padded.
  private func unitRows(_ test: Case) -> [Float] {
    let size = test.sizes.hiddenSize
    return test.parameters.dropFirst(2).flatMap { _, values in
      stride(from: 0, to: values.count, by: size).flatMap { start in
        values[start..<start + size]
          + [Float](repeating: 0, count: test.panels * 16 - size)
      }
    }
  }

  @Test(arguments: Case.all)
  func `a step forward follows the equations, with the same bits everywhere`(test: Case) {
    let sizes = test.sizes
    let (rows, size) = (sizes.rows, sizes.hiddenSize)
    let got = InstructionSet.agreed { kernels in
      let results = run(test, kernels, rows: 0..<rows)
      return results.hidden + results.cell
    }
    let doubles = test.rows.map { $0.map(Double.init) }
    let reference = ReferenceCell.lstm(
      LSTMCell.Options(
        isPeephole: test.isPeephole,
        isCoupled: test.isCoupled,
        normalizesLayers: true
      )
    )
    let want = reference(
      Reference.sequences(doubles[0], steps: 1, features: sizes.inputSize),
      states: [1, 2].map { Reference.rows(doubles[$0], of: size) },
      parameters: ReferenceCell.Parameters(
        test.parameters.map(\.name),
        test.parameters.map { $0.values.map(Double.init) }
      )
    )
    let flat = want.states.flatMap { $0.flatMap(\.self) }
    // What rounding leaves of a single cell less its mean is divided by the root of 10⁻⁵.
    #expect(mismatch(got, flat, tolerance: size == 1 ? 2e-4 : 1e-5) == nil)
  }

  @Test(arguments: Case.all)
  func `a step backward has the same bits everywhere`(test: Case) {
    let results = InstructionSet.agreed { kernels in
      let results = run(test, kernels, rows: 0..<test.sizes.rows)
      return results.sums + results.previousCell + results.units
    }
    #expect(results.allSatisfy { $0.isFinite })
  }

  @Test(arguments: Case.all)
  func `a row has the bits it has alone`(test: Case) {
    let kernels = InstructionSet.available[0].kernels
    let (rows, size) = (test.sizes.rows, test.sizes.hiddenSize)
    let all = run(test, kernels, rows: 0..<rows)
    for row in 0..<rows {
      let alone = run(test, kernels, rows: row..<row + 1)
      let place = row * size..<(row + 1) * size
      #expect(haveSameBits(alone.hidden, Array(all.hidden[place])))
      #expect(haveSameBits(alone.cell, Array(all.cell[place])))
      #expect(haveSameBits(alone.previousCell, Array(all.previousCell[place])))
      var sums: [Float] = []
      for gate in 0..<2 * test.gates {
        let start = (gate * rows + row) * size
        sums += all.sums[start..<start + size]
      }
      #expect(haveSameBits(alone.sums, sums))
    }
  }
}
