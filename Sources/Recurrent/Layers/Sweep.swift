/// A layer that runs over a grid of features along one axis, the same at each place of the other.
///
/// A step's features are those of `places` places, one after another: the pixels or patches of an
/// image's row. Across, every step's places are a sequence of their own; down, every place's steps
/// are one. Two sweeps one on another let every place hear of the whole grid, with the weights of two
/// small layers. A sweep of a bidirectional layer goes both ways.
///
/// Source: F. Visin et al., "ReNet: a recurrent neural network based alternative to convolutional
/// networks", 2015.
public struct Sweep: RecurrentLayer {
  /// Which way a sweep goes.
  public enum Axis: String, Sendable, Codable, CaseIterable {
    /// From place to place within a step.
    case across
    /// From step to step at a place.
    case down
  }

  /// The layer that is run along every line of the grid.
  public var layer: any RecurrentLayer
  /// Which way it goes.
  public let axis: Axis
  /// The number of places of a step.
  public let places: Int

  /// Creates a sweep of a layer over steps of `places` places.
  ///
  /// - Precondition: There is at least one place; the layer is not itself a sweep and has no
  ///   regularisation, since masks are drawn for sequences, not for lines of a grid.
  public init(_ layer: any RecurrentLayer, _ axis: Axis, places: Int) {
    require(places > 0, "a Sweep needs at least one place, got \(places)")
    require(
      !(layer is Sweep)
        && (layer as? any DescribedLayer)?.layerDescription?.isRegularized != true,
      "a Sweep needs a layer without regularisation that is not a Sweep, got a \(type(of: layer))"
    )
    self.layer = layer
    self.axis = axis
    self.places = places
  }

  /// The number of features that one step reads: those of all its places.
  public var inputSize: Int { places * layer.inputSize }
  /// The number of features of one step's output: those of all its places.
  public var outputSize: Int { places * layer.outputSize }

  /// Returns every step's output and the final one, which is that of each row's last step.
  public func run(_ input: Tensor, in pass: SequencePass) -> LayerOutput {
    run(input, in: pass) { lines, _, pass in layer.run(lines, in: pass).outputs }
  }

  /// Puts the grids in order as lines and back.
  ///
  /// `runLines` gets lines `[lines, time, features]`, their numbers, and their pass. Across, lines
  /// past a row's end are left out.
  func run(
    _ input: Tensor,
    in pass: SequencePass,
    _ runLines: (_ lines: Tensor, _ numbers: [Int], _ pass: SequencePass) -> Tensor
  ) -> LayerOutput {
    requireSequence(input, features: inputSize, of: "Sweep")
    pass.requireFit(input, of: "Sweep")
    let (batch, steps) = (input.shape[0], input.shape[1])
    var inner = SequencePass(layer: pass.layer)
    let outputs: Tensor
    switch axis {
    case .across:
      var lines = input.reshaped(to: [batch * steps, places, layer.inputSize])
      let numbers = (0..<batch * steps).filter { line in
        pass.lengths.map { line % steps < $0[line / steps] } ?? true
      }
      let isWhole = numbers.count == batch * steps
      if !isWhole { lines = lines.gathered(at: numbers) }
      let results = runLines(lines, numbers, inner)
      outputs = (isWhole ? results : results.scattered(to: numbers, of: batch * steps))
        .reshaped(to: [batch, steps, outputSize])
    case .down:
      inner.lengths = pass.lengths?.flatMap { Array(repeating: $0, count: places) }
      let lines = input.exchanging(steps, with: places)
      outputs = runLines(lines, Array(0..<batch * places), inner)
        .exchanging(places, with: steps, batch: batch)
    }
    return LayerOutput(outputs: outputs, in: pass)
  }

  /// Visits the layer's parameters.
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try layer.visitParameters(visit)
  }

  /// Visits the layer's parameters under the names they have in a model.
  public mutating func visitParameters(
    asLayer index: Int,
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try layer.visitParameters(asLayer: index, visit)
  }
}

extension Tensor {
  /// The slices as those at `places`, in ascending order, among `count`; the others are zeros.
  fileprivate func scattered(to places: [Int], of count: Int) -> Tensor {
    var sources = [Int](repeating: 0, count: count)
    for (index, place) in places.enumerated() { sources[place] = index + 1 }
    let zeros = Tensor.zeros(shape.replacing(axis: 0, with: 1))
    return Tensor.concatenated([zeros, self], along: 0).gathered(at: sources)
  }

  /// Rows of steps of places, `[batch, steps, places * size]`, as rows of places:
  /// `[batch * places, steps, size]`.
  fileprivate func exchanging(_ steps: Int, with places: Int) -> Tensor {
    let (batch, size) = (shape[0], shape[2] / places)
    return exchanged(batch: batch, first: steps, second: places, size: size)
      .reshaped(to: [batch * places, steps, size])
  }

  /// Rows of places, `[batch * places, steps, size]`, as rows of steps:
  /// `[batch, steps, places * size]`.
  fileprivate func exchanging(_ places: Int, with steps: Int, batch: Int) -> Tensor {
    exchanged(batch: batch, first: places, second: steps, size: shape[2])
      .reshaped(to: [batch, steps, places * shape[2]])
  }

  private func exchanged(batch: Int, first: Int, second: Int, size: Int) -> Tensor {
    let order = (0..<batch).flatMap { row in
      (0..<second).flatMap { b in (0..<first).map { a in (row * first + a) * second + b } }
    }
    return reshaped(to: [batch * first * second, size]).gathered(at: order)
  }
}
