import Foundation
import Recurrent

extension MNIST {
  /// Returns the paths of the four files in the cache, after downloading those not there.
  func cachedFiles(
    progress: (@Sendable (DownloadProgress) -> Void)?
  ) async throws(FileError) -> [MNISTFile: String] {
    var paths: [MNISTFile: String] = [:]
    var mirrors = source.mirrors
    for file in MNISTFile.allCases {
      if let path = MNISTFolder.locate(file, in: cacheFolder) {
        paths[file] = path
      } else {
        paths[file] = try await download(file, mirrors: &mirrors, progress: progress)
      }
    }
    return paths
  }

  /// Downloads one file into the cache from the first mirror that has it whole; returns its path.
  ///
  /// A mirror that fails goes to the end of `mirrors`, so that the next file starts elsewhere.
  private func download(
    _ file: MNISTFile,
    mirrors: inout [String],
    progress: (@Sendable (DownloadProgress) -> Void)?
  ) async throws(FileError) -> String {
    let target = cacheFolder + "/" + file.name + ".gz"
    try createCacheFolder()
    var failures: [String] = []
    for mirror in mirrors {
      let address = mirror + (mirror.hasSuffix("/") ? "" : "/") + file.name + ".gz"
      let partial = try FileInProgress(replacing: target)
      do {
        try await fetch(address, file, into: partial, progress: progress)
      } catch {
        partial.discard()
        if Task.isCancelled { throw FileError("the download of \(file.name).gz was cancelled") }
        // A full disk is no mirror's fault: the next one would meet it too.
        if error.file == target { throw error }
        failures.append("\(error.file ?? address): \(error.problem)")
        mirrors.append(mirrors.removeFirst())
        continue
      }
      try partial.commit()
      return target
    }
    throw FileError(
      "\(variant.name) could not be downloaded (\(failures.joined(separator: ", ")))",
      advice: """
        download the four files by hand into a folder and give --data DIR, \
        or put them into \(cacheFolder), \
        or train on the built-in drawn digits, which need no network: recurrent train digits
        """
    )
  }

  private func fetch(
    _ address: String,
    _ file: MNISTFile,
    into partial: FileInProgress,
    progress: (@Sendable (DownloadProgress) -> Void)?
  ) async throws(FileError) {
    let checks = source.checks[file] ?? MNISTSource.Checks(byteCount: 1 << 28)
    // Compressing makes nothing that is worth it longer; the margin is for gzip's own header.
    try await FileDownload.fetch(
      address,
      into: partial,
      limit: checks.byteCount + 65_536,
      timeout: source.timeout,
      progress: progress
    )
    try checks.verify(try WholeFile.contents(of: partial.path), address: address)
  }

  private func createCacheFolder() throws(FileError) {
    do {
      try FileManager.default.createDirectory(
        atPath: cacheFolder,
        withIntermediateDirectories: true
      )
    } catch {
      throw FileError(
        "the cache folder cannot be created",
        file: cacheFolder,
        advice: "download the files by hand into a folder and give --data DIR"
      )
    }
  }
}

extension MNISTSource.Checks {
  /// Checks a downloaded file: its wrapping, its size, its hashes.
  ///
  /// - Throws: An error that begins with the address.
  func verify(_ bytes: [UInt8], address: String) throws(FileError) {
    guard FileContent.isGzip(bytes) else {
      let start = bytes.prefix(256).drop { $0 <= UInt8(ascii: " ") }
      let isPage = start.first == UInt8(ascii: "<")
      throw FileError(isPage ? "sent a web page" : "sent something else than gzip", file: address)
    }
    if let gzipMD5, MD5Digest.hexadecimal(of: bytes) != gzipMD5 {
      throw FileError("sent a file with a wrong MD5 checksum", file: address)
    }
    let content = try FileContent(bytes, file: address)
    let inflated = try content.read(byteCount)
    guard inflated.count == byteCount else {
      throw FileError("sent too short a file", file: address)
    }
    try content.expectEnd()
    if let contentSHA256, SHA256Digest.hexadecimal(of: inflated) != contentSHA256 {
      throw FileError("sent a file with a wrong SHA-256 checksum", file: address)
    }
  }
}
