import Recurrent
import Testing

@testable import RecurrentFormats

@Suite("Keras's configurations")
struct KerasConfigurationTests {
  private func plan(_ layers: String) throws(FileError) -> KerasModel.Plan {
    let text = #"{"class_name": "Sequential", "config": {"layers": [\#(layers)]}}"#
    return try KerasConfiguration(text.utf8, path: "m").plan(isStored: false)
  }

  private static func layer(_ kind: String, _ options: String = "") -> String {
    #"{"class_name": "\#(kind)", "config": {"name": "a"\#(options.isEmpty ? "" : ", \(options)")}}"#
  }

  private static let head = layer("Dense", #""activation": "linear""#)

  private static func wrong(_ layers: [String], _ problem: String) -> (String, String) {
    (layers.joined(separator: ","), problem)
  }

  private static func around(_ inner: String, _ merge: String) -> String {
    layer("Bidirectional", #""layer": \#(inner), "merge_mode": \#(merge)"#)
  }

  static let unread: [(String, String)] = [
    wrong([layer("Conv1D")], "class Conv1D"),
    wrong([layer("LSTM", #""activation": "relu""#)], "activation 'relu'"),
    wrong([layer("LSTM", #""recurrent_activation": "hard_sigmoid""#)], "'hard_sigmoid'"),
    wrong([layer("GRU", #""return_state": true"#)], "return_state"),
    wrong([layer("SimpleRNN", #""activation": "linear""#)], "activation 'linear'"),
    wrong([layer("CuDNNLSTM")], "class CuDNNLSTM"),
    wrong([around(layer("LSTM"), "null")], "merge_mode 'null'"),
    wrong([around(layer("Dense"), #""sum""#)], "around anything"),
    wrong([layer("Dense")], "where it is"),
    wrong([layer("LSTM"), layer("LSTM")], "where it is"),
    wrong([layer("LSTM"), layer("Dense", #""activation": "relu""#)], "activation 'relu'"),
    wrong([layer("LSTM"), head, head], "where it is"),
    wrong(
      [layer("LSTM", #""go_backwards": true, "return_sequences": true"#), head],
      "reversed order"
    ),
    wrong([layer("LSTM")], "a dense one after them"),
    wrong([#"{"class_name": "LSTM", "config": {}}"#], "without a class or a name"),
  ]

  @Test(
    "What there is no layer for is refused, by the layer and the option",
    arguments: unread
  )
  func refused(layers: String, problem: String) {
    let error = #expect(throws: FileError.self) { try plan(layers) }
    #expect(error?.description.contains(problem) ?? false, "\(error?.description ?? "")")
  }

  @Test("Branches are refused, a chain is read")
  func branches() throws {
    func text(_ source: String) -> String {
      """
      {"class_name": "Functional", "config": {"layers": [
      {"class_name": "InputLayer", "config": {"name": "x"}, "inbound_nodes": []},
      {"class_name": "LSTM", "config": {"name": "a"}, "inbound_nodes": [[["x", 0, 0, {}]]]},
      {"class_name": "Dense", "config": {"name": "b"}, "inbound_nodes": [[["\(source)", 0, 0, {}]]]}]}}
      """
    }
    let plan = try KerasConfiguration(text("a").utf8, path: "m").plan(isStored: false)
    #expect(plan.layers.map(\.name) == ["a"])
    #expect(plan.head == "b")
    #expect(throws: FileError.self) { try KerasConfiguration(text("x").utf8, path: "m") }
    #expect(throws: FileError.self) { try KerasConfiguration("[]".utf8, path: "m") }
    #expect(throws: FileError.self) { try KerasConfiguration("{".utf8, path: "m") }
  }

  @Test("Layers that go backwards turn those after them around")
  func backwards() throws {
    let backwards = #""go_backwards": true, "return_sequences": true"#
    let plan = try plan(
      [Self.layer("GRU", backwards), Self.layer("LSTM", backwards), Self.layer("LSTM"), Self.head]
        .joined(separator: ",")
    )
    #expect(plan.layers.map(\.options.isReversed) == [true, false, false])
  }

  @Test("Names of stored layers are Keras's")
  func storedNames() {
    #expect(KerasConfiguration.snakeCase("SimpleRNN") == "simple_rnn")
    #expect(KerasConfiguration.snakeCase("LSTM") == "lstm")
    #expect(KerasConfiguration.snakeCase("TimeDistributed") == "time_distributed")
    #expect(KerasVariables.numberless("lstm_12") == ("lstm", 12))
    #expect(KerasVariables.numberless("simple_rnn") == ("simple_rnn", 0))
  }
}
