import Foundation
import Recurrent
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One file on its way from a server to the disk.
///
/// The bytes go into a file beside their target; the caller checks that file and commits it.
final class FileDownload: NSObject, URLSessionDataDelegate, Sendable {
  private struct State {
    var received = 0
    var total: Int?
    /// Once set, nothing is written any more: the caller may have closed the file.
    var isFinished = false
    var continuation: CheckedContinuation<FileError?, Never>?
  }

  private let address: String
  private let file: FileInProgress
  private let limit: Int
  private let progress: (@Sendable (DownloadProgress) -> Void)?
  private let state = Guarded(State())

  private init(
    address: String,
    file: FileInProgress,
    limit: Int,
    progress: (@Sendable (DownloadProgress) -> Void)?
  ) {
    self.address = address
    self.file = file
    self.limit = limit
    self.progress = progress
  }

  /// Fetches `address` into `file`, at most `limit` bytes.
  ///
  /// - Throws: An error that begins with the address if the server does not answer within
  ///   `timeout` seconds, falls silent for as long, answers with anything but 200, breaks off, or
  ///   sends too much. The file is left for the caller to discard.
  static func fetch(
    _ address: String,
    into file: FileInProgress,
    limit: Int,
    timeout: Double,
    progress: (@Sendable (DownloadProgress) -> Void)?
  ) async throws(FileError) {
    guard let url = URL(string: address) else {
      throw FileError("is not a web address", file: address)
    }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = timeout
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    var request = URLRequest(url: url)
    request.timeoutInterval = timeout
    // The file is compressed already, and its checksum is that of the compressed file.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")

    let download = FileDownload(address: address, file: file, limit: limit, progress: progress)
    let session = URLSession(configuration: configuration, delegate: download, delegateQueue: nil)
    let task = session.dataTask(with: request)
    defer { session.invalidateAndCancel() }
    let failure = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isFinished = download.state.withLock { state in
          if !state.isFinished { state.continuation = continuation }
          return state.isFinished
        }
        if isFinished {
          continuation.resume(returning: download.cancellation)
        } else {
          task.resume()
        }
      }
    } onCancel: {
      download.finish(download.cancellation)
    }
    if let failure { throw failure }
  }

  private var cancellation: FileError { FileError("was cancelled", file: address) }

  /// Wakes whoever waits for the download, with what went wrong, if anything did.
  private func finish(_ failure: FileError?) {
    let waiting = state.withLock { state -> CheckedContinuation<FileError?, Never>? in
      state.isFinished = true
      defer { state.continuation = nil }
      return state.continuation
    }
    waiting?.resume(returning: failure)
  }

  /// Refuses an answer that is not the file, before its body comes.
  func urlSession(
    _ session: URLSession,
    dataTask: URLSessionDataTask,
    didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let status = (response as? HTTPURLResponse)?.statusCode ?? 200
    if status != 200 {
      finish(FileError("answered with HTTP \(status)", file: address))
      return completionHandler(.cancel)
    }
    let length = response.expectedContentLength
    state.withLock { $0.total = length > 0 ? Int(length) : nil }
    completionHandler(.allow)
  }

  /// Writes what came.
  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let name = URL(fileURLWithPath: file.target).lastPathComponent
    let (report, failure) = state.withLock { state -> (DownloadProgress?, FileError?) in
      if state.isFinished { return (nil, nil) }
      state.received += data.count
      guard state.received <= limit else {
        let problem = "sent more than the \(limit) bytes the file can have"
        return (nil, FileError(problem, file: address))
      }
      if let failure = data.withUnsafeBytes({ file.append($0) }) { return (nil, failure) }
      let report = DownloadProgress(
        fileName: name,
        receivedBytes: state.received,
        totalBytes: state.total
      )
      return (report, nil)
    }
    if let failure { finish(failure) }
    if let report { progress?(report) }
  }

  /// Hands the result to whoever waits for it.
  func urlSession(
    _ session: URLSession,
    task: URLSessionTask,
    didCompleteWithError error: (any Error)?
  ) {
    let (received, total) = state.withLock { ($0.received, $0.total) }
    let isSilent = (error as? URLError)?.code == .timedOut
    if !isSilent, let total, (1..<total).contains(received) {
      finish(FileError("broke off after \(received) of \(total) bytes", file: address))
    } else {
      finish(error.map { FileError(Self.reason($0), file: address) })
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? URLError)?.code {
    case .timedOut: "did not answer in time"
    case .cannotFindHost, .dnsLookupFailed: "could not be found"
    case .cannotConnectToHost: "refused the connection"
    case .notConnectedToInternet: "could not be reached: no network"
    case .networkConnectionLost: "broke off"
    default: "failed: \(error.localizedDescription)"
    }
  }
}
