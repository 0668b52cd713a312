extension StreamingModel {
  /// What a stream carries from one step to the next: hidden and cell states of every layer.
  ///
  /// A value: a copy is independent of the original. The two share memory until one of them takes
  /// its next step.
  public struct State: Sendable {
    /// The state of one layer.
    public struct Layer: Sendable, Equatable, Codable {
      /// The hidden state, `[hidden]`.
      public var hidden: [Float]
      /// The cell state, `[hidden]`; nil where the layer has none.
      public var cell: [Float]?

      /// Creates the state of one layer from its parts.
      public init(hidden: [Float], cell: [Float]? = nil) {
        self.hidden = hidden
        self.cell = cell
      }
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
          layer.hidden.count == cell.hiddenSize
            && layer.cell?.count == (cell.hasCellState ? cell.hiddenSize : nil),
          """
          layer \(index) needs a hidden state [\(cell.hiddenSize)] and \
          \(cell.hasCellState ? "a cell state of the same size" : "no cell state"), got \
          [\(layer.hidden.count)] and \(layer.cell.map { "[\($0.count)]" } ?? "none")
          """
        )
        storage.write(layer.hidden, at: layout.hidden[index])
        storage.write(layer.cell ?? [], at: layout.cell[index])
      }
      isStart = layers.allSatisfy {
        $0.hidden.allSatisfy { $0 == 0 } && ($0.cell ?? []).allSatisfy { $0 == 0 }
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
            cell.hiddenSize,
            at: layout.hidden[index] + (isOdd ? layout.hiddenCount : 0)
          ),
          cell: cell.hasCellState ? storage.read(cell.hiddenSize, at: layout.cell[index]) : nil
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
