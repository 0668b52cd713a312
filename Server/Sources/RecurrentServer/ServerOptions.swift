public import Recurrent

/// What a server allows, and where it listens.
public struct ServerOptions: Sendable {
  /// The address that is listened on.
  public var host = "127.0.0.1"
  /// The port; 0 for one that is free.
  public var port = 8080
  /// What clients have to know to use models; nil where anybody may.
  public var token: String?
  /// The threads that read sequences with one model.
  public var threads = 1
  /// How sessions keep weights; whole sequences are read with those that were trained.
  public var weights = StreamingWeights.float32
  /// The bytes of the largest request's body.
  public var largestBody = 8 << 20
  /// The steps of the longest sequence, prompt, or text, and of the most that a session is told at once.
  public var mostSteps = 10_000
  /// The sequences of the largest request.
  public var mostSequences = 1_024
  /// The sessions that are open at a time.
  public var mostSessions = 10_000
  /// After so many seconds without a request a session ends.
  public var idleSeconds = 600
  /// The seconds in which a request has to arrive, and an answer is to be taken.
  public var requestSeconds = 30
  /// The connections that are open at a time; further ones are closed at once.
  public var mostConnections = 1_024
  /// The time after which a listener is told that the connection is still in use.
  var pause = Duration.seconds(15)
  /// The time in seconds, which never goes back; tests move it.
  var now: @Sendable () -> Double = {
    let time = ContinuousClock.now - ServerOptions.beginning
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }

  private static let beginning = ContinuousClock.now

  /// Creates options as they are without any said.
  public init() {}
}
