import Foundation
public import Recurrent
public import RecurrentData
import SwiftProtobuf
import Synchronization

/// A file of events that TensorBoard shows: numbers, histograms and pictures, step by step.
///
///     let board = try EventFile(in: "runs/first/tensorboard")
///     try board.addScalar("cost/training", 0.5, step: 3)
///     try board.close()
///
/// Each event is written whole as it comes, so that TensorBoard follows a training that runs, and what
/// there is of a program that was killed can be read. Tags of one beginning, up to a "/", stand together.
/// An event file is for any number of threads.
///
/// The numbers are floats of 32 bits, as TensorBoard keeps them. Source: TensorFlow's event.proto,
/// summary.proto and histogram.proto; the file version is 2.
public final class EventFile: Sendable {
  /// The path of the file.
  public let path: String
  private let file: Guarded<AppendedFile?>

  private static let beginning = "events.out.tfevents."

  /// Begins a new file in a folder, which is made if there is none.
  ///
  /// What is given as `firstStep` is the step that a training goes on with: of what earlier files in the
  /// folder have of it and of later steps, TensorBoard shows nothing.
  ///
  /// The file's name is `events.out.tfevents.SECONDS.HOST`, of a later second than that of any other in
  /// the folder, since TensorBoard reads them in the order of their names.
  ///
  /// - Throws: `FileError` when the folder cannot be made or written to.
  public init(in folder: String, firstStep: Int? = nil) throws(FileError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true
      )
    } catch {
      throw FileError(
        "the folder for events cannot be made",
        file: folder,
        advice: "choose a folder you may write to"
      )
    }
    let (file, path) = try Self.makeFile(in: folder)
    self.file = Guarded(file)
    self.path = path
    try add { $0.fileVersion = "brain.Event:2" }
    if let firstStep { try add(step: firstStep) { $0.sessionLog.status = .start } }
  }

  deinit { file.withLock { $0?.close() } }

  private static func makeFile(in folder: String) throws(FileError) -> (AppendedFile, String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let others = names.compactMap { name -> Int? in
      guard name.hasPrefix(beginning) else { return nil }
      return Int(name.dropFirst(beginning.count).prefix { $0 != "." })
    }
    // Ten digits until the year 2286: names then are in the order of their numbers.
    let latest = others.filter { $0 < 9_999_999_000 }.max() ?? 0
    let first = max(Int(Date().timeIntervalSince1970), latest + 1)
    // Others may be beginning files here, too.
    for seconds in first..<first + 100 {
      let path = "\(folder)/\(beginning)\(seconds).\(host)"
      if let file = try AppendedFile(new: path) { return (file, path) }
    }
    throw FileError("has no name left for a file of events", file: folder)
  }

  /// The machine's name, as it can stand in a file's.
  private static var host: String {
    let name = (HostName.current ?? "").filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
    }
    return name.isEmpty ? "localhost" : String(name.prefix(64))
  }

  /// Adds a number to the curve of a tag.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func addScalar(_ tag: String, _ value: Double, step: Int) throws(FileError) {
    try addSummary(tag, step) { $0.simpleValue = Float(value) }
  }

  /// Adds a histogram of some numbers; those that are not finite are left out.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func addHistogram(
    _ tag: String,
    _ values: [Float],
    step: Int,
    buckets: HistogramBuckets = .exponential
  ) throws(FileError) {
    try addSummary(tag, step) { $0.histo = buckets.histogram(of: values) }
  }

  /// Adds a picture.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func addImage(_ tag: String, _ image: GrayscaleImage, step: Int) throws(FileError) {
    try addSummary(tag, step) {
      $0.image.width = Int32(clamping: image.width)
      $0.image.height = Int32(clamping: image.height)
      $0.image.colorspace = 1
      $0.image.encodedImageString = Data(image.encodedAsPNG())
    }
  }

  private func addSummary(
    _ tag: String,
    _ step: Int,
    _ fill: (inout EventValueMessage) -> Void
  ) throws(FileError) {
    var value = EventValueMessage()
    value.tag = tag
    fill(&value)
    try add(step: step) { $0.summary.value = [value] }
  }

  private func add(step: Int = 0, _ fill: (inout EventMessage) -> Void) throws(FileError) {
    var event = EventMessage()
    event.wallTime = Date().timeIntervalSince1970
    event.step = Int64(step)
    fill(&event)
    guard let bytes: [UInt8] = try? event.serializedBytes() else {
      throw FileError("an event is too large to be written", file: path)
    }
    let record = EventRecord.framed(bytes)
    try file.withLock { (file) throws(FileError) in
      require(file != nil, "an EventFile that was closed takes no more events")
      try file?.append(record)
    }
  }

  /// Has everything lie on the disk and closes the file; a second time does nothing.
  ///
  /// - Throws: `FileError` when the disk does not take it.
  public func close() throws(FileError) {
    try file.withLock { (file) throws(FileError) in
      guard let open = file.take() else { return }
      defer { open.close() }
      try open.flush()
    }
  }
}
