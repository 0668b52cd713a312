import RecurrentKernels

/// A packed matrix rounded to 8 bits, and where its sums start.
///
/// All memory is written while it is made and only read afterwards.
@safe final class Int8Panels {
  private let weights: UnsafeMutablePointer<Int8>
  private let weightCount: Int
  private let numbers = Buffer()
  /// The product with the matrix, but for what it reads and where it writes.
  let product: RecurrentInt8Product

  /// The bytes of weights and scales.
  var byteCount: Int {
    unsafe weightCount + product.columns * MemoryLayout<Float>.stride
  }

  /// Rounds the `depth` rows from `first` on of panels that are `panelRows` rows of 64 floats each,
  /// after a row of biases; `columns` columns are written, those of whole panels if nil.
  ///
  /// With `hasBias` sums start from the row of biases, else from what is there already.
  init(
    _ packed: UnsafePointer<Float>,
    panels: Int,
    panelRows: Int,
    first: Int,
    depth: Int,
    columns: Int? = nil,
    hasBias: Bool
  ) {
    let width = PanelLayout.width
    weightCount = panels * ((depth + 1) / 2) * 2 * width
    unsafe weights = .allocate(capacity: max(weightCount, 1))
    let scales = unsafe numbers.reserve(2 * panels * width)
    let bias = unsafe scales + panels * width
    unsafe recurrent_pack_int8(
      panels,
      depth,
      packed + first * width,
      panelRows * width,
      weights,
      scales
    )
    for panel in 0..<panels {
      unsafe (bias + panel * width).update(from: packed + panel * panelRows * width, count: width)
    }
    unsafe product = RecurrentInt8Product(
      rows: 1,
      columns: columns ?? panels * width,
      depth: depth,
      a: scales,
      a_row_stride: depth,
      weights: weights,
      scales: scales,
      bias: hasBias ? UnsafePointer(bias) : nil,
      // Replaced at each step, like what it reads and writes.
      whole: UnsafeMutableRawPointer(scales).assumingMemoryBound(to: Int16.self),
      row_scales: scales,
      c: scales,
      c_row_stride: columns ?? panels * width,
      c_panel_stride: width
    )
  }

  deinit { unsafe weights.deallocate() }

  /// The floats of room that the rounded numbers of one row and their scale take.
  static func roomCount(depth: Int) -> Int {
    (depth + PanelLayout.lanes - 1) / PanelLayout.lanes * PanelLayout.lanes / 2 + 1
  }
}

/// The products of a layer whose weights are in 8 bits.
@safe final class Int8Layer {
  let input: Int8Panels
  /// Nil where no weights multiply the hidden state.
  let hidden: Int8Panels?
  let second: Int8Panels?
  private let cell: FusedCell

  /// Rounds weights that are packed for the way forward.
  init(_ weights: FusedWeights) {
    cell = weights.cell
    let (inputSize, recurrentSize) = (cell.inputSize, cell.recurrentSize)
    let panels = cell.layout.panels
    if cell.isNormalized {
      input = unsafe Int8Panels(
        weights.forward,
        panels: panels,
        panelRows: 1 + inputSize,
        first: 1,
        depth: inputSize,
        hasBias: true
      )
      hidden = unsafe Int8Panels(
        weights.forward + cell.hiddenPartOffset,
        panels: panels,
        panelRows: 1 + recurrentSize,
        first: 1,
        depth: recurrentSize,
        hasBias: true
      )
    } else {
      let rows = 1 + inputSize + recurrentSize
      input = unsafe Int8Panels(
        weights.forward,
        panels: panels,
        panelRows: rows,
        first: 1,
        depth: inputSize,
        hasBias: true
      )
      hidden =
        recurrentSize == 0
        ? nil
        : unsafe Int8Panels(
          weights.forward,
          panels: panels,
          panelRows: rows,
          first: 1 + inputSize,
          depth: recurrentSize,
          hasBias: false
        )
    }
    second =
      cell.second == nil
      ? nil
      : unsafe Int8Panels(
        weights.second,
        panels: FusedCell.padded(cell.outputSize) / PanelLayout.width,
        panelRows: 1 + cell.hiddenSize,
        first: 1,
        depth: cell.hiddenSize,
        columns: cell.outputSize,
        hasBias: true
      )
  }

  /// The bytes of weights and scales.
  var byteCount: Int {
    input.byteCount + (hidden?.byteCount ?? 0) + (second?.byteCount ?? 0)
  }

  /// The floats of the sums of one row, [panels][64], or where the cell normalises those over the
  /// input and then those over the hidden state.
  static func sumCount(of cell: FusedCell) -> Int {
    (cell.isNormalized ? 2 : 1) * cell.sectionCount(rows: 1)
  }

  /// The most numbers that one of a layer's products reads of a row.
  static func depth(of cell: FusedCell) -> Int {
    max(cell.inputSize, cell.recurrentSize, cell.second == nil ? 0 : cell.hiddenSize)
  }

  /// Writes the sums of each row that the gates of a step are made of, [R][sums of a row].
  func writeSums(of request: RecurrentForwardStep, to room: Int8Room) {
    let size = Self.sumCount(of: cell)
    var product = unsafe input.product
    unsafe room.lend(to: &product, rows: request.rows)
    unsafe product.a = request.input
    unsafe product.a_row_stride = request.input_row_stride
    unsafe product.c = room.sums
    unsafe product.c_row_stride = size
    unsafe kernels.pointee.int8_product(&product)
    guard let hidden, let state = unsafe request.previous_hidden else { return }
    unsafe product = hidden.product
    unsafe room.lend(to: &product, rows: request.rows)
    unsafe product.a = state
    unsafe product.a_row_stride = request.previous_hidden_row_stride
    unsafe product.c = room.sums + (cell.isNormalized ? cell.sectionCount(rows: 1) : 0)
    unsafe product.c_row_stride = size
    unsafe kernels.pointee.int8_product(&product)
  }

  /// Runs the gates of each row from its sums: a step with nothing to multiply, whose biases are the
  /// sums.
  func runGates(
    _ forward: (UnsafePointer<RecurrentForwardStep>) -> Void,
    of request: RecurrentForwardStep,
    sums: UnsafePointer<Float>
  ) {
    var row = unsafe request
    unsafe row.rows = 1
    unsafe row.input_size = 0
    unsafe row.hidden_size = 0
    if !cell.isNormalized { unsafe row.previous_hidden = nil }
    unsafe row.weights = sums
    let units = cell.layout.unitsPerPanel
    for _ in unsafe 0..<request.rows {
      unsafe forward(&row)
      unsafe row.weights += Self.sumCount(of: cell)
      unsafe row.hidden += request.hidden_row_stride
      unsafe row.previous_output = row.previous_output.map {
        unsafe $0 + request.previous_output_row_stride
      }
      unsafe row.states = row.states.map { unsafe $0 + units }
      unsafe row.previous_states = row.previous_states.map { unsafe $0 + units }
      unsafe row.gates = row.gates.map { unsafe $0 + PanelLayout.width }
      unsafe row.statistics = row.statistics.map { unsafe $0 + Int(RECURRENT_STATISTICS) }
    }
  }
}

/// Where a step puts what products in 8 bits need room for; valid during the step.
@unsafe struct Int8Room {
  /// The sums of a layer's rows.
  let sums: UnsafeMutablePointer<Float>
  private let whole: UnsafeMutablePointer<Float>
  private let scales: UnsafeMutablePointer<Float>

  /// Divides room for `rows` rows of layers with these most sums and numbers a row.
  init(_ base: UnsafeMutablePointer<Float>, rows: Int, sumCount: Int, depth: Int) {
    unsafe sums = base
    unsafe whole = base + rows * sumCount
    unsafe scales = whole + rows * (Int8Panels.roomCount(depth: depth) - 1)
  }

  func lend(to product: inout RecurrentInt8Product, rows: Int) {
    unsafe product.rows = rows
    unsafe product.whole = UnsafeMutableRawPointer(whole).assumingMemoryBound(to: Int16.self)
    unsafe product.row_scales = scales
  }
}
