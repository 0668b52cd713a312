import Recurrent

/// A file of C: declarations, and the definitions behind a macro.
struct CFile {
  let model: SequenceModel
  let classNames: [String]
  /// The version of the program that writes.
  var version = ""
  /// Lines for the comment.
  var notes: [String] = []
  /// The layers' and the head's constants and functions.
  private(set) var program: CProgram
  /// What the layers are, the head last.
  private var titles: [String] = []
  /// The statements of a step.
  private var step: [String] = []

  /// Takes apart a model whose layers are known and read forward.
  init(prefix: String, model: SequenceModel, classNames: [String]) {
    self.model = model
    self.classNames = classNames
    program = CProgram(prefix: prefix)
    var reading = "input"
    for (index, layer) in model.layers.enumerated() {
      guard let parts = LayerParts(layer, at: index) else { continue }
      reading = write(parts, at: index, reading: reading)
    }
    let (head, bias) = (model.head, program.constant(model.head.bias.elements, "head_bias"))
    titles.append("dense \(head.inputSize) -> \(head.outputSize)")
    step.append("memcpy(output, \(bias), sizeof \(bias));")
    step.append(program.product(head.weight, "head_weight", of: reading, to: "output"))
  }

  /// Adds a layer that reads `reading`; returns what the next one reads.
  private mutating func write(
    _ parts: LayerParts,
    at index: Int,
    reading: String
  ) -> String {
    var (parts, added) = (parts, 0)
    while case .residual(let inner) = parts { (parts, added) = (inner, added + 1) }
    let cell = CCellStep(direction: parts.directions[0], index: index)
    for (part, initial) in cell.direction.initialState.enumerated() {
      program.field(cell.field(part), initial: initial.elements)
    }
    let title = cell.title + (added > 0 ? ", its input added" : "")
    titles.append(title)
    let statements = cell.statements(&program)
    let function = program.function(layer: index, title: title, statements)
    step.append("\(function)(state, \(reading));")
    let hidden = "state->\(cell.field(0))"
    guard added > 0 else { return hidden }
    let count = cell.direction.cell.outputSize
    program.needsFeatures(count)
    let input = Array(repeating: "\(reading)[unit]", count: added).joined(separator: " + ")
    step += [
      "for (unit = 0; unit < \(count); unit++) {",
      "    state->features[unit] = \(hidden)[unit] + \(input);",
      "}",
    ]
    return "state->features"
  }

  /// The floats that are carried from one step to the next.
  var carriedCount: Int { program.fields.reduce(0) { $0 + $1.count } }

  /// The floats of a state.
  var stateCount: Int { carriedCount + program.scratch + program.features }

  /// The whole file.
  var bytes: [UInt8] {
    Array((comment + declarations).utf8) + Array(head.utf8) + program.constants
      + Array(definitions.utf8)
  }

  private var prefix: String { program.prefix }

  private func macro(_ name: String) -> String { CExport.macro(prefix, name) }

  private var comment: String {
    let writer = version.isEmpty ? "Recurrent" : "Recurrent \(version)"
    let answer = model.summary == .allOutputs ? "the answer to that step" : "the answer so far"
    var lines = [
      "One step of \(titles.joined(separator: ", ")).",
      "",
      "C99 and C++17; needs the C library's mathematics and nothing else, allocates nothing, has no",
      "variables. Any file may include this one; one of the program's files defines",
      "\(macro("IMPLEMENTATION")) before it does.",
      "",
      "    static \(prefix)_state state;                one for each stream; a copy is a fork",
      "    \(prefix)_state_start(&state);               before the first step",
      "    \(prefix)_step(&state, input, output);       once a step; output is \(answer)",
      "",
      "Weights: \(program.constantCount) numbers, \(4 * program.constantCount) bytes.",
      "State: \(4 * stateCount) bytes; \(4 * carriedCount) are carried from step to step, others room for one.",
      """
      A step: \(program.multiplyAdds) multiply-adds; \(program.calls) calls of expf, tanhf, log1pf and \
      sqrtf.
      """,
      "SHA-256 of the weights: \(ExportProof.weightsHash(of: model))",
    ]
    // Notes come from outside.
    lines += notes.isEmpty ? [] : [""] + notes.map(CText.comment)
    let text = lines.map { $0.isEmpty ? " *\n" : " * \($0)\n" }
    return "/* \(prefix): written by \(CText.comment(writer)).\n *\n\(text.joined()) */\n"
  }

  private var declarations: String {
    var fields = program.fields
    if program.features > 0 { fields.append(("features", program.features)) }
    let lines = fields.map { "    float \($0.name)[\($0.count)];\n" }.joined()
    let names =
      classNames.isEmpty
      ? ""
      : """

      /* What the outputs are called. */
      extern const char *const \(prefix)_class_names[\(macro("OUTPUT_SIZE"))];

      """
    return """
      #ifndef \(macro("H"))
      #define \(macro("H"))

      /* The floats that a step reads, and those that it gives. */
      #define \(macro("INPUT_SIZE")) \(model.layers[0].inputSize)
      #define \(macro("OUTPUT_SIZE")) \(model.head.outputSize)

      #ifdef __cplusplus
      extern "C" {
      #endif

      /* What a stream carries from one step to the next, and room for a step. */
      typedef struct \(prefix)_state {
      \(lines)    float scratch[\(program.scratch)];
      } \(prefix)_state;
      \(names)
      /* Sets the state before the first step. */
      void \(prefix)_state_start(\(prefix)_state *state);

      /* Reads one step's input, changes the state, and writes the output after the step. */
      void \(prefix)_step(\(prefix)_state *state, const float *input, float *output);

      #ifdef __cplusplus
      }
      #endif

      #endif

      """
  }

  private var head: String {
    """

    #if defined(\(macro("IMPLEMENTATION"))) && !defined(\(macro("IMPLEMENTED")))
    #define \(macro("IMPLEMENTED"))

    #include <math.h>
    #include <stddef.h>
    #include <string.h>

    #if defined(__cplusplus) || defined(_MSC_VER)
    #define \(macro("RESTRICT")) __restrict
    #else
    #define \(macro("RESTRICT")) restrict
    #endif


    """
  }

  private var definitions: String {
    let helpers = CHelper.allCases.filter(program.helpers.contains).map { $0.definition(prefix) }
    let names = classNames.map { "\n    \(CText.string($0))" }.joined(separator: ",")
    let array =
      classNames.isEmpty
      ? []
      : ["const char *const \(prefix)_class_names[\(macro("OUTPUT_SIZE"))] = {\(names)\n};"]
    let starts = program.starts.map { "\n    \($0)" }.joined()
    let unit = program.features > 0 ? "    size_t unit;\n\n" : ""
    let entry = """
      void \(prefix)_state_start(\(prefix)_state *state)
      {
          memset(state, 0, sizeof *state);\(starts)
      }

      void \(prefix)_step(\(prefix)_state *state, const float *input, float *output)
      {
      \(unit)\(step.map { "    \($0)\n" }.joined())}
      """
    let parts = array + helpers + program.functions + [entry]
    return "\n" + parts.joined(separator: "\n\n") + "\n\n#endif\n"
  }
}

extension CCellStep {
  /// What the layer is, such as "LSTM 28 -> 128, peepholes".
  var title: String {
    let cell = direction.cell
    var name = "\(type(of: cell))"
    if name.hasSuffix("Cell") { name.removeLast(4) }
    var parts = ["\(name) \(cell.inputSize) -> \(cell.outputSize)"]
    switch cell {
    case let cell as RNNCell: parts.append(cell.activation.rawValue)
    case let cell as IndRNNCell: parts.append(cell.activation.rawValue)
    case let cell as GRUCell:
      parts.append(cell.convention == .resetBefore ? "reset before" : "reset after")
    case let cell as SLSTMCell: parts.append("forget gate \(cell.forgetGate.rawValue)")
    case let cell as LSTMCell:
      parts += cell.options.isPeephole ? ["peepholes"] : []
      parts += cell.options.isCoupled ? ["coupled gates"] : []
      parts += cell.options.normalizesLayers ? ["normalised"] : []
      parts += cell.projection == nil ? [] : ["\(cell.hiddenSize) units projected"]
    default: break
    }
    let rates = direction.regularization
    if rates.hiddenZoneout > 0 || rates.cellZoneout > 0 { parts.append("zoneout") }
    return parts.joined(separator: ", ")
  }
}
