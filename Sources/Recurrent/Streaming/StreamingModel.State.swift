extension StreamingModel {
  /// What a stream carries from one step to the next: hidden and further states of every layer.
  ///
  /// A value: a copy is independent of the original. The two share memory until one of them takes
  /// its next step.
  public struct State: Sendable {
    /// The state of one layer.
    public struct Layer: Sendable, Equatable, Codable {
      /// The hidden state, `[output]`.
      public var hidden: [Float]
      /// The further states, `[hidden]` each, in the order of the cell's state.
      public var further: [[Float]]

      /// Creates the state of one layer from its parts.
      public init(hidden: [Float], further: [[Float]]) {
        self.hidden = hidden
        self.further = further
      }

      /// Creates the state of a layer that has a cell state, or none.
      public init(hidden: [Float], cell: [Float]? = nil) {
        self.init(hidden: hidden, further: cell.map { [$0] } ?? [])
      }

      /// An LSTM's cell state, `[hidden]`: the first further state; nil where there is none.
      public var cell: [Float]? { further.first }
    }

    let layout: StreamingLayout
    private var storage: Tensor.Storage
    /// Which of the two hidden buffers holds the states now: a step reads one and writes the other.
    private(set) var isOdd = false
    /// Whether this is the state before the first step, all zeros.
    ///
    /// The step then leaves out the products with it, as the layers do for a whole sequence.
    private(set) var isStart = true

    init(_ layout: StreamingLayout) {
      self.layout = layout
      storage = Tensor.Storage(uninitialized: layout.count)
      unsafe storage.elements.initialize(repeating: 0)
    }

    init(_ layout: StreamingLayout, _ layers: [Layer]) {
      self.init(layout)
      require(
        layers.count == layout.cells.count,
        "a StreamingModel of \(layout) needs \(layout.cells.count) layers' states, got \(layers.count)"
      )
      for (index, layer) in layers.enumerated() {
        let cell = layout.cells[index]
        require(
          layer.hidden.count == cell.outputSize
            && layer.further.map(\.count)
              == Array(repeating: cell.hiddenSize, count: cell.stateCount),
          """
          layer \(index) needs a hidden state [\(cell.outputSize)] and \(cell.stateCount) further \
          states [\(cell.hiddenSize)], got [\(layer.hidden.count)] and \
          \(layer.further.map { [$0.count] })
          """
        )
        storage.write(layer.hidden, at: layout.hidden[index])
        for (number, state) in layer.further.enumerated() {
          storage.write(state, at: layout.states[index] + number * cell.layout.paddedHiddenSize)
        }
      }
      isStart = layers.allSatisfy {
        ([$0.hidden] + $0.further).allSatisfy { $0.allSatisfy { $0 == 0 } }
      }
    }

    /// The states of the layers, the first layer first; `StreamingModel.makeState` takes them back.
    ///
    /// This allocates the arrays it returns.
    public var layers: [Layer] {
      layout.cells.indices.map { index in
        let cell = layout.cells[index]
        return Layer(
          hidden: storage.read(
            cell.outputSize,
            at: layout.hidden[index] + (isOdd ? layout.hiddenCount : 0)
          ),
          further: (0..<cell.stateCount).map {
            storage.read(
              cell.hiddenSize,
              at: layout.states[index] + $0 * cell.layout.paddedHiddenSize
            )
          }
        )
      }
    }

    /// The states' memory for a step, made this value's own; the pointer is valid during the step.
    @inline(__always)
    mutating func memoryForStep() -> UnsafeMutablePointer<Float> {
      if !isKnownUniquelyReferenced(&storage) { storage = Tensor.Storage(copying: storage) }
      return unsafe storage.base
    }

    /// Notes that a step has written the other hidden buffer.
    @inline(__always)
    mutating func finishStep() {
      isOdd.toggle()
      isStart = false
    }

    /// A copy that shares no memory with this one.
    func copied() -> Self {
      var copy = self
      copy.storage = Tensor.Storage(copying: storage)
      return copy
    }

    /// Takes on another state of the same layout, in its own memory.
    ///
    /// - Precondition: Nobody else holds this state's memory.
    mutating func copyNumbers(of other: Self) {
      unsafe storage.base.update(from: other.storage.base, count: layout.stateCount)
      (isOdd, isStart) = (other.isOdd, other.isStart)
    }

    /// Copies the numbers to a row of memory for `rows` rows that take a step together.
    func copy(toRow row: Int, of rows: Int, _ memory: UnsafeMutablePointer<Float>) {
      forEachPart(row: row, of: rows) { own, shared, count in
        unsafe (memory + shared).update(from: storage.base + own, count: count)
      }
    }

    /// Takes the numbers of such a row after a step, whose hidden states are those written.
    mutating func takeStep(fromRow row: Int, of rows: Int, _ memory: UnsafeMutablePointer<Float>) {
      let own = unsafe memoryForStep()
      let hiddenCount = layout.hiddenCount
      forEachPart(row: row, of: rows) { place, shared, count in
        // Hidden states are read from the first buffer, and written to the second.
        let isHidden = shared < rows * hiddenCount
        unsafe (own + place).update(
          from: memory + shared + (isHidden ? rows * hiddenCount : 0),
          count: count
        )
      }
      isStart = false
    }

    /// The parts that lie together both here and in a row of memory for `rows` rows: hidden states
    /// that are read, and further states, a panel at a time.
    private func forEachPart(
      row: Int,
      of rows: Int,
      _ body: (_ own: Int, _ shared: Int, _ count: Int) -> Void
    ) {
      for index in 0..<layout.cells.count {
        let cell = layout.cells[index]
        let size = cell.paddedOutputSize
        body(
          layout.hidden[index] + (isOdd ? layout.hiddenCount : 0),
          rows * layout.hidden[index] + row * size,
          size
        )
        let (units, panels) = (cell.layout.unitsPerPanel, cell.layout.panels)
        for panel in 0..<cell.stateCount * panels {
          body(
            layout.states[index] + panel * units,
            rows * layout.states[index] + (panel * rows + row) * units,
            units
          )
        }
      }
    }
  }
}

extension StreamingModel.State: Equatable {
  /// Whether both are states of the same layers with equal numbers; NaN equals nothing.
  public static func == (a: Self, b: Self) -> Bool {
    a.layout == b.layout && a.layers == b.layers
  }
}

extension Tensor.Storage {
  fileprivate func read(_ size: Int, at offset: Int) -> [Float] {
    unsafe Array(UnsafeBufferPointer(start: base + offset, count: size))
  }

  fileprivate func write(_ numbers: [Float], at offset: Int) {
    for (index, number) in numbers.enumerated() { unsafe base[offset + index] = number }
  }
}
