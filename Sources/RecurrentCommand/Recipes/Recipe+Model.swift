import Foundation
import Recurrent

extension Recipe {
  /// The layers of a model that reads `inputSize` features a step, the first first.
  ///
  /// Where layers sweep, a step has that many places.
  func layers(inputSize: Int, places: Int?) -> [LayerDescription] {
    let structure = usedStructure
    let places = structure.sweeps > 0 ? places ?? 1 : 1
    var layers: [LayerDescription] = []
    var size = inputSize / places
    for (index, hiddenSize) in hiddenSize.sizes.enumerated() {
      let isSweep = index < structure.sweeps
      if index == structure.sweeps { size *= places }
      var direction = cell.direction(inputSize: size, hiddenSize: hiddenSize)
      direction.options?.projectionSize = structure.projectionSize
      direction.learnsState = structure.learnsState
      if !isSweep {
        direction.regularization = structure.regularization
        if index > 0 { direction.regularization.inputDropout = structure.layerDropout }
      }
      var layer = LayerDescription(directions: [direction])
      if let merge = structure.merge {
        direction.isReversed = true
        layer = LayerDescription(directions: layer.directions + [direction], merge: merge)
      }
      let outputSize =
        (structure.projectionSize ?? hiddenSize) * (structure.merge == .concatenate ? 2 : 1)
      layer.isResidual = structure.isResidual && outputSize == size
      if isSweep {
        layer.sweep = LayerDescription.Sweep(
          axis: index.isMultiple(of: 2) ? .across : .down,
          places: places
        )
      }
      layers.append(layer)
      size = outputSize
    }
    return layers
  }

  /// What is wrong with the layers, in words for the one who asked for them; nil if nothing is.
  var layersProblem: String? {
    guard let structure else { return nil }
    let sizes = hiddenSize.sizes
    if structure.sweeps != 0 {
      guard structure.sweeps > 0 else {
        return "--sweeps is \(structure.sweeps); use a whole number from 0 up"
      }
      guard structure.sweeps <= sizes.count else {
        return """
          --hidden names \(sizes.count) layer\(sizes.count == 1 ? "" : "s") for \
          \(structure.sweeps) sweeps; name a size for each, or ask for fewer --sweeps
          """
      }
      guard structure.reading.hasPlaces else {
        return "--sweeps needs the places of a grid; use --read rows or patches:4, or --sweeps 0"
      }
    }
    if let size = structure.projectionSize {
      let least = sizes.min() ?? 0
      if !cell.isLSTM { return "--projection is for LSTMs; leave it out for \(cell.rawValue)" }
      guard 0 < size && size < least else {
        return "--projection is \(size); use a number below the \(least) hidden units"
      }
    }
    if structure.isResidual, !layers(inputSize: 0, places: nil).contains(where: \.isResidual) {
      return
        "--residual needs a layer that gives as many features as it reads; use --hidden 128,128"
    }
    if structure.layerDropout > 0 && sizes.count == 1 {
      return "--layer-dropout acts between layers; use several, such as --hidden 128,128"
    }
    if structure.regularization.cellZoneout > 0 && !cell.isLSTM {
      return "--cell-zoneout is for LSTMs; \(cell.rawValue) has no cell state to keep"
    }
    return nil
  }

  /// Refuses a model that takes more than half of this machine's memory to train.
  ///
  /// Counted are its weights: as they are, packed for both ways, in the optimizer's memory, and as a
  /// gradient in each of up to 16 parts of a batch; and what the workers keep of every step.
  func checkMemory(
    steps: Int,
    features: Int,
    advice: String = "use fewer of them or a smaller --batch"
  ) throws {
    let reading = usedStructure.reading
    guard let size = reading.size(steps: steps, features: features) else { return }
    let places = reading.places(features: features)
    var (weights, kept) = (0.0, Double(size.features))
    for layer in layers(inputSize: size.features, places: places) {
      for part in OperationCount.layers(of: [layer]) {
        weights += Double(part.input + part.state + part.projection)
      }
      for direction in layer.directions {
        let numbers = Double(direction.inputSize) + 9 * Double(direction.hiddenSize)
        kept += Double(layer.sweep?.places ?? 1) * numbers
      }
    }
    let copies = Double(6 + min(16, max(1, batchSize / 16)))
    let numbers = copies * weights + Double(batchSize) * Double(size.steps) * kept
    let gigabytes = 4 * numbers / 1e9
    guard gigabytes < Double(ProcessInfo.processInfo.physicalMemory) / 2e9 else {
      throw CommandFailure(
        """
        training \(modelText) takes about \(decimals(gigabytes, 0)) GB, more than half of this \
        machine's memory; \(advice)
        """
      )
    }
  }

  /// A model with starting values drawn by `seed`; nil where it cannot read such a grid.
  func model(steps: Int, features: Int, classes: Int, seed: UInt64) -> SequenceModel? {
    let structure = usedStructure
    guard let size = structure.reading.size(steps: steps, features: features) else { return nil }
    var stream = RandomStream(seed: seed, purpose: .initialisation, index: 0)
    let places = structure.reading.places(features: features)
    let descriptions = layers(inputSize: size.features, places: places)
    let layers = descriptions.compactMap {
      $0.makeLayer(forgetBias: forgetBias, initialization: initialization, using: &stream)
    }
    guard layers.count == descriptions.count else { return nil }
    return SequenceModel(
      reading: structure.reading,
      layers,
      summary: structure.summary,
      headDropout: dropout ?? 0,
      classes: classes,
      initialization: initialization,
      seed: seed
    )
  }
}

extension Recipe {
  /// A model of sequences and classes like those of `dataset`; nil where it cannot read them.
  func model(for dataset: SequenceDataset, seed: UInt64) -> SequenceModel? {
    model(
      steps: dataset.steps,
      features: dataset.features,
      classes: dataset.outputNames.count,
      seed: seed
    )
  }
}
