/// A stream for a thread that may never wait, such as one that computes audio.
///
/// It cannot be copied, so its state's memory is its own: no call but `state` and `init` allocates,
/// takes a lock or asks the system for anything, whatever is done with states elsewhere.
///
///     var stream = RealTimeStream(model)
///     stream.step(samples.span, output: &target)
public struct RealTimeStream: ~Copyable, Sendable {
  /// The model that reads the stream.
  public let model: StreamingModel
  private var current: StreamingModel.State
  private let beginning: StreamingModel.State

  /// Begins a stream before its first step, or at `state`.
  ///
  /// - Precondition: The state was made by a model of the same layers.
  public init(_ model: StreamingModel, at state: StreamingModel.State? = nil) {
    self.model = model
    if let state { require(state.layout == model.plan.layout, model.wrongState(state.layout)) }
    beginning = model.makeState()
    current = (state ?? beginning).copied()
  }

  /// Reads one step's input and writes the output after the step.
  ///
  /// `input` is `[inputSize]`, `output` `[outputSize]`. An audio callback's pointers become spans
  /// without a copy: `Span(_unsafeStart: samples, count: model.inputSize)`.
  ///
  /// - Precondition: The sizes are the model's.
  public mutating func step(_ input: Span<Float>, output: inout MutableSpan<Float>) {
    model.step(input, state: &current, output: &output)
  }

  /// A copy of the state after the last step, for whoever is not in a hurry: this allocates.
  public var state: StreamingModel.State { current.copied() }

  /// Goes on from another state, whose numbers are copied.
  ///
  /// - Precondition: The state was made by a model of the same layers.
  public mutating func restore(_ state: StreamingModel.State) {
    require(state.layout == model.plan.layout, model.wrongState(state.layout))
    current.copyNumbers(of: state)
  }

  /// Goes back before the first step.
  public mutating func restart() { current.copyNumbers(of: beginning) }
}
