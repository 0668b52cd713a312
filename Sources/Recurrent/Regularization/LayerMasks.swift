/// The masks of one direction of a recurrent layer in one pass, as tensors; nil where there is none.
struct LayerMasks {
  /// What the input is multiplied by, `[batch, time, features]`.
  let input: Tensor?
  /// What recurrent weights see of the hidden state, `[batch, output]`.
  let hidden: Tensor?
  /// What the recurrent weights are multiplied by.
  let weights: Tensor?
  /// The share of the hidden state that stays at each step, `[batch, time, output]` or, the same
  /// for all, `[1, 1, output]`.
  let hiddenZoneout: Tensor?
  /// The share of the cell state that stays, `[batch, time, hidden]` or `[1, 1, hidden]`.
  let cellZoneout: Tensor?

  init<LayerCell: BuiltInCell>(
    _ layer: CellLayer<LayerCell>,
    batch: Int,
    steps: Int,
    in pass: SequencePass,
    _ direction: Int
  ) {
    let rates = layer.regularization
    func site(_ use: MaskSite.Use) -> MaskSite {
      MaskSite(use: use, layer: pass.layer, direction: direction)
    }
    let (features, size, units) = (layer.inputSize, layer.outputSize, layer.hiddenSize)
    let masks = pass.masks
    // One mask for both directions, which read the same input.
    input = masks?.dropout(
      [batch, steps, features],
      rate: rates.inputDropout,
      at: MaskSite(use: .inputDropout, layer: pass.layer)
    )
    hidden = masks?.dropout(
      [batch, size],
      rate: rates.recurrentDropout,
      at: site(.recurrentDropout)
    )
    weights = masks.flatMap { masks in
      layer.cell.parameters.first { $0.name == "weight_hh" }.flatMap {
        masks.dropConnect($0.value.shape, rate: rates.dropConnect, at: site(.dropConnect))
      }
    }
    func zoneout(_ rate: Float, _ size: Int, _ use: MaskSite.Use) -> Tensor? {
      guard rate > 0 else { return nil }
      guard let masks else { return Tensor(repeating: rate, shape: [1, 1, size]) }
      return masks.zoneout([batch, steps, size], rate: rate, at: site(use))
    }
    hiddenZoneout = zoneout(rates.hiddenZoneout, size, .hiddenZoneout)
    cellZoneout = zoneout(rates.cellZoneout, units, .cellZoneout)
  }

  /// The cell with its recurrent weights masked.
  func masking<LayerCell: BuiltInCell>(_ cell: LayerCell) -> LayerCell {
    guard let weights else { return cell }
    var masked = cell
    masked.visitParameters { name, parameter in
      if name == "weight_hh" { parameter = parameter * weights }
    }
    return masked
  }
}
