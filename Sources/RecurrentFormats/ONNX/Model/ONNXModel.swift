public import Recurrent
import SwiftProtobuf

/// An ONNX file: a graph, which operations it may use, and text about it.
///
/// Source: "Open Neural Network Exchange Intermediate Representation (ONNX IR) Specification".
public struct ONNXModel: Sendable, Equatable {
  /// What the model computes.
  public var graph: ONNXGraph
  /// The version of ONNX's own set of operations that the graph is written in.
  public var operatorSet: Int
  /// The version of the file format.
  public var version: Int
  /// The program that wrote the file.
  public var producer: String
  /// Text about the model, by key.
  public var metadata: [String: String]

  /// The version of ONNX's operations that files are written in: the first with layer normalisation.
  static let writtenOperatorSet = 17
  /// The version of the file format that goes with it.
  static let writtenVersion = 8
  /// The versions of ONNX's operations that are read.
  static let readOperatorSets = 7...26

  /// Creates a model of a graph.
  public init(_ graph: ONNXGraph, metadata: [String: String] = [:]) {
    self.graph = graph
    self.metadata = metadata
    operatorSet = Self.writtenOperatorSet
    version = Self.writtenVersion
    producer = "Recurrent"
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read, is damaged, or has what is not read here: arrays
  ///   in other files, operations of its own, or element types other than floats, whole numbers
  ///   and truth values.
  public init(contentsOf path: String) throws(FileError) {
    try self.init(bytes: WholeFile.contents(of: path), path: path)
  }

  /// Reads a file's content; `path` is used in errors.
  ///
  /// - Throws: `FileError` as for a file.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    let message: ONNXModelMessage
    do {
      message = try ONNXModelMessage(serializedBytes: bytes, options: ONNXReader.decoding)
    } catch {
      throw FileError(
        "is no ONNX file, or is damaged",
        file: path,
        advice: "export it again"
      )
    }
    try self.init(message, ONNXReader(path: path))
  }

  /// The file's content.
  public var bytes: [UInt8] {
    // Only a message above 2 GB, or one that lacks required fields, of which there are none, fails.
    (try? message.serializedBytes(options: ONNXReader.encoding)) ?? []
  }

  /// Writes the model beside `path` and renames it into place.
  ///
  /// - Throws: `FileError` when it cannot be written, or is larger than the format's 2 GB.
  public func write(to path: String) throws(FileError) {
    let bytes = bytes
    guard !bytes.isEmpty else {
      throw FileError("would be larger than the 2 GB that an ONNX file may be", file: path)
    }
    try WholeFile.write(bytes, to: path)
  }
}
