import Recurrent
import SwiftProtobuf

/// Makes graphs of the messages in a file, with checks of everything that is taken from them.
struct ONNXReader {
  let path: String

  /// How deep messages may lie in one another: graphs within graphs take four levels each.
  static let decoding: BinaryDecodingOptions = {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 40
    return options
  }()

  /// The same model always gives the same bytes.
  static let encoding: BinaryEncodingOptions = {
    var options = BinaryEncodingOptions()
    options.useDeterministicOrdering = true
    return options
  }()

  func problem(_ text: String) -> FileError { FileError(text, file: path) }

  /// A name as it stands in an error.
  func quoted(_ name: String) -> String { "'\(name.prefix(80))'" }

  func graph(_ message: ONNXGraphMessage) throws(FileError) -> ONNXGraph {
    var graph = ONNXGraph(name: message.name)
    for tensor in message.initializer {
      guard graph.arrays.updateValue(try array(tensor), forKey: tensor.name) == nil else {
        throw problem("has two arrays named \(quoted(tensor.name))")
      }
    }
    for value in message.input { graph.inputs.append(try self.value(value)) }
    for value in message.output { graph.outputs.append(try self.value(value)) }
    for node in message.node { graph.nodes.append(try self.node(node)) }
    return graph
  }

  private func value(_ message: ONNXValueMessage) throws(FileError) -> ONNXGraph.Value {
    let tensor = message.type.tensorType
    // The value of a graph within a graph may come without a type.
    let number = Int(tensor.elemType)
    guard
      number == 0 || [10, 11].contains(number) || ONNXArray.ElementType(rawValue: number) != nil
    else {
      throw problem("\(quoted(message.name)) has elements of type \(number), which is not read")
    }
    let shape =
      tensor.hasShape
      ? tensor.shape.dim.map { extent -> ONNXGraph.Value.Extent in
        switch extent.value {
        case .dimValue(let number)? where number >= 0: .fixed(Int(number))
        case .dimParam(let name)? where !name.isEmpty: .named(name)
        default: .unknown
        }
      } : nil
    return ONNXGraph.Value(message.name, ONNXArray.ElementType(rawValue: number) ?? .float, shape)
  }

  private func node(_ message: ONNXNodeMessage) throws(FileError) -> ONNXGraph.Node {
    guard message.domain.isEmpty || message.domain == "ai.onnx" else {
      throw problem(
        "has an operation \(quoted(message.opType)) of \(quoted(message.domain)), not of ONNX itself"
      )
    }
    var node = ONNXGraph.Node(message.opType, message.input, message.output)
    for attribute in message.attribute {
      node.attributes[attribute.name] = try self.attribute(attribute, of: message)
    }
    return node
  }

  private func attribute(
    _ message: ONNXAttributeMessage,
    of node: ONNXNodeMessage
  ) throws(FileError) -> ONNXGraph.Node.Attribute {
    switch message.type {
    case .float: return .float(message.f)
    case .int: return .integer(Int(message.i))
    case .string: return .text(String(decoding: message.s, as: UTF8.self))
    case .tensor: return .array(try array(message.t))
    case .graph: return .graph(try graph(message.g))
    case .floats: return .floats(message.floats)
    case .ints: return .integers(message.ints.map { Int($0) })
    case .strings: return .texts(message.strings.map { String(decoding: $0, as: UTF8.self) })
    case .undefined:
      throw problem(
        "setting \(quoted(message.name)) of \(quoted(node.opType)) is of a kind that is not read"
      )
    }
  }
}
