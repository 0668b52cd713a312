extension SequenceDataset {
  /// The share of the steps of batches that are padding, each example padded to the longest of its batch.
  ///
  /// The batches are those of the first epoch of a `Trainer` with this seed. Steps of padding are not
  /// computed: the share is what a batch of whole rows would waste, and how unequal sequences are. 0
  /// where all are of one length.
  ///
  /// - Precondition: A batch has at least one example.
  public func paddingShare(batchSize: Int, seed: UInt64) -> Double {
    require(batchSize > 0, "a batch has at least one example, got \(batchSize)")
    guard let lengths, count > 0 else { return 0 }
    var random = RandomStream(seed: seed, purpose: .shuffling)
    let order = stream == nil ? random.permutation(of: count) : Array(0..<count)
    var (steps, known) = (0, 0)
    for batch in (0..<count).split(by: batchSize) {
      let sizes = order[batch].map { lengths[$0] }
      steps += batch.count * (sizes.max() ?? 0)
      known += sizes.reduce(0, +)
    }
    return Double(steps - known) / Double(steps)
  }
}
