extension SafetensorsFile {
  private static let checksumKey = "sha256"

  /// Puts the SHA-256 of everything else in the file into its metadata.
  ///
  /// It is that of the file's bytes as they would be without the entry.
  ///
  /// - Complexity: Proportional to the file's size.
  public mutating func addChecksum() { metadata[Self.checksumKey] = checksum }

  /// Checks that the content is what was written with a checksum.
  ///
  /// - Throws: `FileError` when there is no checksum, or it is that of other content.
  public func verifyChecksum() throws(FileError) {
    guard let expected = metadata[Self.checksumKey] else { throw problem("has no checksum") }
    guard expected == checksum else {
      throw problem("is damaged: its SHA-256 is not the one that it was written with")
    }
  }

  private var checksum: String {
    var plain = self
    plain.metadata[Self.checksumKey] = nil
    return SHA256Digest.hexadecimal(of: plain.bytes)
  }
}
