/// How far the download of one file has come.
public struct DownloadProgress: Sendable, Equatable {
  /// The name of the file.
  public let fileName: String
  /// How many bytes have come so far.
  public let receivedBytes: Int
  /// How many bytes there will be, if the server says so.
  public let totalBytes: Int?

  /// Creates a report.
  public init(fileName: String, receivedBytes: Int, totalBytes: Int?) {
    self.fileName = fileName
    self.receivedBytes = receivedBytes
    self.totalBytes = totalBytes
  }
}
