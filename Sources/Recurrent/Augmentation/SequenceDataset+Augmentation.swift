extension SequenceDataset {
  /// Returns the elements of one example as training reads them in an epoch, `[time, feature]`,
  /// without padding.
  ///
  /// Epochs count from 1. A trainer with this augmentation and this seed reads the same bits.
  public func values(
    ofExample index: Int,
    augmentedBy augmentation: Augmentation,
    seed: UInt64,
    epoch: Int
  ) -> [Float] {
    let pass = AugmentationPass(augmentation, seed: seed, epoch: epoch)
    let size = steps * features
    return unsafe [Float](unsafeUninitializedCapacity: size) { target, count in
      count = length(ofExample: index) * features
      guard let base = target.baseAddress else { return }
      unsafe gather([index], into: base, augmentedBy: pass, workingIn: AugmentationMemory())
    }
  }

  /// The values that a byte can have; nil for floats, whose range is not known.
  var valueRange: ClosedRange<Float>? {
    guard case .bytes(_, let scale) = elements else { return nil }
    return scale < 0 ? 255 * scale...0 : 0...255 * scale
  }
}
