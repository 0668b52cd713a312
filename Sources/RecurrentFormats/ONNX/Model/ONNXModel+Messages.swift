import Foundation
import Recurrent
import SwiftProtobuf

extension ONNXModel {
  /// Reads the model in a message.
  init(_ message: ONNXModelMessage, _ reader: ONNXReader) throws(FileError) {
    guard message.hasGraph else {
      throw reader.problem("is no ONNX file, or is damaged: it has no graph")
    }
    let own = message.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard let set = own.map(\.version).max(), Self.readOperatorSets.contains(Int(set)) else {
      throw reader.problem(
        """
        is written in version \(own.map { "\($0.version)" }.first ?? "?") of ONNX's operations; \
        versions \(Self.readOperatorSets.lowerBound) to \(Self.readOperatorSets.upperBound) are read
        """
      )
    }
    graph = try reader.graph(message.graph)
    operatorSet = Int(set)
    version = Int(message.irVersion)
    producer = message.producerName
    metadata = Dictionary(
      message.metadataProps.map { ($0.key, $0.value) },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// The model as a message.
  var message: ONNXModelMessage {
    var message = ONNXModelMessage()
    message.irVersion = Int64(version)
    message.producerName = producer
    message.opsetImport = [.with { $0.version = Int64(operatorSet) }]
    message.graph = graph.message
    message.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
      .with { ($0.key, $0.value) = (key, value) }
    }
    return message
  }
}

extension ONNXGraph {
  fileprivate var message: ONNXGraphMessage {
    .with {
      $0.name = name
      $0.input = inputs.map(\.message)
      $0.output = outputs.map(\.message)
      $0.initializer = arrays.sorted { $0.key < $1.key }.map { $1.message(named: $0) }
      $0.node = nodes.map(\.message)
    }
  }
}

extension ONNXGraph.Value {
  fileprivate var message: ONNXValueMessage {
    .with {
      $0.name = name
      $0.type.tensorType.elemType = Int32(type.rawValue)
      guard let shape else { return }
      $0.type.tensorType.shape.dim = shape.map { extent in
        .with {
          switch extent {
          case .fixed(let number): $0.dimValue = Int64(number)
          case .named(let name): $0.dimParam = name
          case .unknown: break
          }
        }
      }
    }
  }
}

extension ONNXGraph.Node {
  fileprivate var message: ONNXNodeMessage {
    .with {
      $0.opType = operation
      // Names make messages of other programs readable.
      $0.name = outputs.first { !$0.isEmpty } ?? operation
      $0.input = inputs
      $0.output = outputs
      $0.attribute = attributes.sorted { $0.key < $1.key }.map { $1.message(named: $0) }
    }
  }
}

extension ONNXGraph.Node.Attribute {
  fileprivate func message(named name: String) -> ONNXAttributeMessage {
    .with {
      $0.name = name
      switch self {
      case .float(let value): ($0.type, $0.f) = (.float, value)
      case .integer(let value): ($0.type, $0.i) = (.int, Int64(value))
      case .text(let value): ($0.type, $0.s) = (.string, Data(value.utf8))
      case .array(let value): ($0.type, $0.t) = (.tensor, value.message(named: ""))
      case .graph(let value): ($0.type, $0.g) = (.graph, value.message)
      case .floats(let values): ($0.type, $0.floats) = (.floats, values)
      case .integers(let values): ($0.type, $0.ints) = (.ints, values.map { Int64($0) })
      case .texts(let values): ($0.type, $0.strings) = (.strings, values.map { Data($0.utf8) })
      }
    }
  }
}

extension ONNXArray {
  /// The array as a message, its elements as raw little-endian bytes.
  fileprivate func message(named name: String) -> ONNXTensorMessage {
    .with {
      if !name.isEmpty { $0.name = name }
      $0.dataType = Int32(type.rawValue)
      $0.dims = shape.map { Int64($0) }
      $0.rawData = rawData
    }
  }

  private var rawData: Data {
    switch (elements, type) {
    case (.floats(let floats), _): Self.littleEndian(floats.map(\.bitPattern))
    case (.truths(let truths), _): Data(truths.map { $0 ? 1 : 0 })
    case (.integers(let integers), .int32):
      Self.littleEndian(integers.map { UInt32(bitPattern: Int32(truncatingIfNeeded: $0)) })
    case (.integers(let integers), _):
      Self.littleEndian(integers.map { UInt64(bitPattern: Int64($0)) })
    }
  }

  private static func littleEndian<Word: FixedWidthInteger>(_ words: [Word]) -> Data {
    var data = Data(capacity: words.count * Word.bitWidth / 8)
    for word in words {
      for byte in 0..<Word.bitWidth / 8 {
        data.append(UInt8(truncatingIfNeeded: word >> (8 * byte)))
      }
    }
    return data
  }
}
