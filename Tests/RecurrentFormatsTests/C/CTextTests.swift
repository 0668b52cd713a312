import Recurrent
import RecurrentTestSupport
import Testing

@testable import RecurrentFormats

@Suite("Names and numbers of C")
struct CTextTests {
  @Test(
    "A name becomes an identifier",
    arguments: [
      ("digits-lstm-128", "digits_lstm_128"), ("3 layers", "model_3_layers"), ("", "model"),
      ("__a__b__", "a_b"), ("größe", "gr_e"), ("日本", "model"), ("int", "int"), ("A.b/c", "A_b_c"),
      (String(repeating: "x", count: 100), String(repeating: "x", count: 48)),
    ]
  )
  func identifiers(name: String, identifier: String) {
    #expect(CText.identifier(name) == identifier)
    #expect(CText.isIdentifier(identifier))
  }

  @Test("A literal has the bits of its number")
  func literals() throws {
    var numbers = SeededNumbers(3)
    let special: [Float] = [
      0, -0.0, 1, -1, 0.1, .leastNonzeroMagnitude, -.leastNonzeroMagnitude,
      .leastNormalMagnitude, .leastNormalMagnitude.nextDown, .greatestFiniteMagnitude, 1.5,
    ]
    let drawn = (0..<20_000).map { index in
      numbers.tensor([1]).elements[0]
        * Float(sign: .plus, exponent: index % 250 - 130, significand: 1)
    }
    for value in special + drawn {
      let literal = CText.number(value)
      #expect(literal.hasSuffix("f"))
      #expect(Float(literal.dropLast())?.bitPattern == value.bitPattern, "\(literal)")
    }
    #expect(CText.number(-3) == "-0x1.8p1f")
  }

  @Test("Comments and strings stay what they are")
  func harmless() {
    #expect(CText.comment("a */ b /* \\\n?") == "a __ b __ ___")
    #expect(CText.string("a\"\\?\n7é") == #""a\042\134\077\0127\303\251""#)
  }

  @Test("What a stream does not take, and numbers that are none, are refused with the reason")
  func refusals() throws {
    func reason(_ model: SequenceModel) -> String? {
      do {
        _ = try CExport(model, name: "model")
        return nil
      } catch {
        return error.description
      }
    }
    for example in ExampleModel.all {
      let isStreamed = (try? StreamingModel(example.model)) != nil
      #expect(isStreamed == (reason(example.model) == nil), "\(example)")
    }
    let fine = try #require(ExampleModel.all.first { $0.name == "lstm" }?.model)
    for wrong in [Float.nan, .infinity, -.infinity] {
      var model = fine
      model.head.bias[1] = wrong
      #expect(reason(model) == "array 'head.bias' holds NaN or infinity")
    }
    var stream = RandomStream(seed: 1, purpose: .testing)
    let cell = LEMCell(inputSize: 3, hiddenSize: 4, timeStep: .infinity, using: &stream)
    #expect(
      reason(CoreMLCase.model([CellLayer(cell)]))
        == "the time step of layer 0 is NaN or infinity"
    )
    #expect(
      reason(CoreMLCase.model([Recurrence(cell)]))?.contains("is not one of Recurrent's own")
        == true
    )
  }
}
