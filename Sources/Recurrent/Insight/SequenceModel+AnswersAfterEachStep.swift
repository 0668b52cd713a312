extension SequenceModel {
  /// The prefixes that are read at once where each has to be read by itself.
  private static let prefixesAtOnce = 64

  /// Returns the answers that the model would give had each sequence ended after each of its steps.
  ///
  /// `input` is `[batch, time, features]`; the answers are `[batch, time, outputs]`, the logits of
  /// classes, with zeros past a row's end. Answer t of a row has the bits that the model gives for the
  /// row's first t steps alone, whatever follows them and whatever rows are beside it. A grid that is
  /// not read row by row ends after each step as the model reads it: a column, a row of patches, a
  /// pixel; there are as many answers as such steps.
  ///
  /// Where no layer reads backward the sequences are read once; otherwise every prefix is a row of
  /// its own, in parts, so that memory does not grow with the square of the steps.
  ///
  /// - Precondition: The model answers once a sequence: one that answers each step is asked by a call.
  ///   The input has rank 3 and at least one step, and there is a length for each row, from 1 to the
  ///   number of steps.
  /// - Complexity: That of a call where no layer reads backward and the head reads the last output;
  ///   otherwise up to as many times that as there are steps.
  public func answersAfterEachStep(to input: Tensor, lengths: [Int]? = nil) -> Tensor {
    require(
      summary != .allOutputs,
      "a model that answers each step has no answers to prefixes: its own are those of its steps"
    )
    requireSequence(input, features: input.shape.dimensions.last ?? 0, of: "answersAfterEachStep")
    let pass = SequencePass(lengths: lengths)
    pass.requireFit(input, of: "answersAfterEachStep")
    let read = reading.of(input, lengths: lengths)
    // Anything but rows is only read of rows that have all steps.
    let ends =
      (reading == .rows ? lengths : nil)
      ?? Array(repeating: read.shape[1], count: read.shape[0])
    let answers =
      layers.allSatisfy(\.isCausal)
      ? answersInOnePass(to: read, ends: ends) : answersToPrefixes(of: read, ends: ends)
    return answers.cleared(past: ends)
  }

  /// Runs the layers once: what they give after a step does not change by what follows.
  private func answersInOnePass(to read: Tensor, ends: [Int]) -> Tensor {
    let outputs = output(of: read, ends: ends).outputs
    guard summary != .lastOutput else { return head(outputs) }
    let sums = (1...read.shape[1]).map { count in
      let part = outputs.slice(0..<count, along: 1)
      return summary.of(LayerOutput(outputs: part, in: SequencePass()), lengths: nil)
    }
    return head(.stacked(sums, along: 1))
  }

  /// Runs every prefix as a row of its own, the shortest first.
  private func answersToPrefixes(of read: Tensor, ends: [Int]) -> Tensor {
    let (batch, steps) = (read.shape[0], read.shape[1])
    let prefixes = (1...steps).flatMap { count in
      (0..<batch).filter { count <= ends[$0] }.map { (row: $0, count: count) }
    }
    // The place of each prefix's answer; that of no prefix is the zeros after them all.
    var places = [Int](repeating: prefixes.count, count: batch * steps)
    for (place, prefix) in prefixes.enumerated() {
      places[prefix.row * steps + prefix.count - 1] = place
    }
    let parts = (0..<prefixes.count).split(by: Self.prefixesAtOnce).map { range in
      let counts = prefixes[range].map(\.count)
      let rows = read.slice(0..<(counts.last ?? steps), along: 1)
        .gathered(at: prefixes[range].map(\.row))
      return head(summary.of(output(of: rows, ends: counts), lengths: counts))
    }
    return Tensor.concatenated(parts + [.zeros([1, head.outputSize])], along: 0)
      .gathered(at: places)
      .reshaped(to: [batch, steps, head.outputSize])
  }

  /// What the last layer gives for rows that are read as they are.
  private func output(of read: Tensor, ends: [Int]) -> LayerOutput {
    var pass = SequencePass(lengths: ends)
    var output = LayerOutput(outputs: read, final: read)
    for (index, layer) in layers.enumerated() {
      pass.layer = index
      output = layer.run(output.outputs, in: pass)
    }
    return output
  }
}

/// A layer of this library that can say whether it reads forward only.
private protocol DirectedLayer: RecurrentLayer {
  /// Whether what the layer gives at a step depends on that step and those before it alone.
  var isForwardOnly: Bool { get }
}

extension RecurrentLayer {
  /// Whether the layer is known to give at a step what depends on no later one.
  fileprivate var isCausal: Bool { (self as? any DirectedLayer)?.isForwardOnly ?? false }
}

extension CellLayer: DirectedLayer {
  fileprivate var isForwardOnly: Bool { !isReversed }
}

extension Residual: DirectedLayer {
  fileprivate var isForwardOnly: Bool { layer.isCausal }
}

extension Sweep: DirectedLayer {
  fileprivate var isForwardOnly: Bool { axis == .across || layer.isCausal }
}

extension Recurrence: DirectedLayer {
  fileprivate var isForwardOnly: Bool { true }
}
