import Recurrent

/// A value of a program in Core ML's intermediate language: its name and what it is.
struct ProgramValue {
  let name: String
  /// The extents, outermost first; nil for one that only the program's input tells.
  let shape: [Int?]
  var type = CoreMLDataType.float32
}

/// Writes a program of Core ML's intermediate language, operation after operation.
///
/// Source: coremltools' MIL.proto and the definitions of the operations of iOS 15.
struct ProgramBuilder {
  /// The set of operations that programs of iOS 15 and macOS 12 have.
  static let operationSet = "CoreML5"

  private(set) var operations: [CoreMLOperationMessage] = []
  /// The weights that stand in a file of their own.
  private(set) var weights = WeightFile()
  private var count = 0

  /// From so many numbers on, a constant stands in the file of weights, as coremltools has it.
  private static let fileLimit = 10

  /// Appends an operation; returns its outputs, of which the first is called `name` if that is given.
  mutating func append(
    _ type: String,
    _ inputs: [String: [ProgramValue]],
    outputs: [(shape: [Int?], type: CoreMLDataType)],
    name: String? = nil
  ) -> [ProgramValue] {
    let first = name ?? freshName(type)
    let values = outputs.enumerated().map { place, output in
      ProgramValue(
        name: place == 0 ? first : "\(first)_\(place)",
        shape: output.shape,
        type: output.type
      )
    }
    var operation = CoreMLOperationMessage()
    operation.type = type
    for (name, arguments) in inputs {
      operation.inputs[name, default: .init()].arguments = arguments.map { argument in
        var binding = CoreMLBindingMessage()
        binding.name = argument.name
        return binding
      }
    }
    operation.outputs = values.map(\.namedType)
    operation.attributes["name"] = .text(first)
    operations.append(operation)
    return values
  }

  /// Appends a loop, which goes on while what `condition` writes holds, from values on which `body` writes
  /// the next ones; returns the last.
  mutating func appendLoop(
    from values: [ProgramValue],
    while condition: ([ProgramValue], inout ProgramBuilder) -> ProgramValue,
    body: ([ProgramValue], inout ProgramBuilder) -> [ProgramValue]
  ) -> [ProgramValue] {
    let blocks = [
      block(of: values) { values, program in [condition(values, &program)] },
      block(of: values, body),
    ]
    let results = append(
      "while_loop",
      ["loop_vars": values],
      outputs: values.map { ($0.shape, $0.type) }
    )
    operations[operations.count - 1].blocks = blocks
    return results
  }

  /// What is written by `write` as a block of its own, which reads values like the given ones.
  private mutating func block(
    of values: [ProgramValue],
    _ write: ([ProgramValue], inout ProgramBuilder) -> [ProgramValue]
  ) -> CoreMLBlockMessage {
    let outer = operations
    defer { operations = outer }
    operations = []
    let inputs = values.map {
      ProgramValue(name: freshName("loop"), shape: $0.shape, type: $0.type)
    }
    let outputs = write(inputs, &self)
    var block = CoreMLBlockMessage()
    block.inputs = inputs.map(\.namedType)
    block.outputs = outputs.map(\.name)
    block.operations = operations
    return block
  }

  /// Appends a constant of floats; large ones stand in the file of weights.
  mutating func constant(_ tensor: Tensor, _ name: String = "weight") -> ProgramValue {
    let shape = tensor.shape.dimensions
    var value = CoreMLValueMessage()
    value.type = .tensor(shape.map { $0 }, .float32)
    if tensor.count >= Self.fileLimit {
      value.blobFileValue.fileName = WeightFile.reference
      value.blobFileValue.offset = UInt64(weights.add(tensor.elements))
    } else {
      value.immediateValue.tensor.floats.values = tensor.elements
    }
    return constant(value, shape, .float32, name)
  }

  /// Appends a constant of whole numbers; without a shape, of one.
  mutating func constant(_ numbers: [Int], isScalar: Bool = false) -> ProgramValue {
    let shape = isScalar ? [] : [numbers.count]
    var value = CoreMLValueMessage()
    value.type = .tensor(shape.map { $0 }, .int32)
    value.immediateValue.tensor.ints.values = numbers.map { Int32($0) }
    return constant(value, shape, .int32, "integers")
  }

  /// Appends a constant of truth values; without a shape, of one.
  mutating func constant(_ truths: [Bool], isScalar: Bool = false) -> ProgramValue {
    let shape = isScalar ? [] : [truths.count]
    var value = CoreMLValueMessage()
    value.type = .tensor(shape.map { $0 }, .bool)
    value.immediateValue.tensor.bools.values = truths
    return constant(value, shape, .bool, "truths")
  }

  /// Appends a text.
  mutating func constant(_ text: String) -> ProgramValue {
    constant(.text(text), [], .string, "text")
  }

  private mutating func constant(
    _ value: CoreMLValueMessage,
    _ shape: [Int],
    _ type: CoreMLDataType,
    _ name: String
  ) -> ProgramValue {
    let result = append("const", [:], outputs: [(shape, type)], name: freshName(name))[0]
    operations[operations.count - 1].attributes["val"] = value
    return result
  }

  private mutating func freshName(_ word: String) -> String {
    defer { count += 1 }
    return "\(word)_\(count)"
  }
}

extension ProgramValue {
  /// The value as a message has it.
  var namedType: CoreMLNamedTypeMessage {
    var message = CoreMLNamedTypeMessage()
    message.name = name
    message.type = .tensor(shape, type)
    return message
  }
}

extension CoreMLValueTypeMessage {
  /// The type of a tensor.
  static func tensor(_ shape: [Int?], _ type: CoreMLDataType) -> CoreMLValueTypeMessage {
    var message = CoreMLValueTypeMessage()
    message.tensorType.dataType = type
    message.tensorType.rank = Int64(shape.count)
    message.tensorType.dimensions = shape.map { extent in
      var dimension = CoreMLDimensionMessage()
      if let extent {
        dimension.constant.size = UInt64(extent)
      } else {
        dimension.unknown = CoreMLUnknownDimensionMessage()
      }
      return dimension
    }
    return message
  }
}

extension CoreMLValueMessage {
  /// A text as a value.
  static func text(_ text: String) -> CoreMLValueMessage {
    var value = CoreMLValueMessage()
    value.type = .tensor([], .string)
    value.immediateValue.tensor.strings.values = [text]
    return value
  }
}
