import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// A request whose body did not arrive in time.
struct SlowRequest: Error {}

/// Keeps one connection from taking more time than a request has, and answers what is no HTTP.
///
/// A request's head, and then its body, have to be there within the time; so has whoever takes an answer
/// to take some of it. Where an answer is given before all of the body came, as for one that is too
/// large, the rest is not read: the connection closes soon after.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How long a client may take to read an answer before the connection is gone.
  private static let parting = TimeAmount.seconds(1)

  private let time: TimeAmount
  private let largestBody: Int
  private let connections: ConnectionCount
  private let refused: @Sendable () -> Void
  private var isCounted = false
  private var isReading = false
  private var answersDue = 0
  private var isClosing = false
  private var wasTold = false
  /// When the request under way, or the next one's head, has to be there.
  private var requestDeadline: NIODeadline?
  /// When the other side has to have taken something.
  private var writingDeadline: NIODeadline?
  private var timer: Scheduled<Void>?

  /// Guards a connection; `refused` is called for each request that is no HTTP.
  init(
    seconds: Int,
    largestBody: Int,
    connections: ConnectionCount,
    refused: @escaping @Sendable () -> Void
  ) {
    time = .seconds(Int64(seconds))
    self.largestBody = largestBody
    self.connections = connections
    self.refused = refused
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func begin(_ context: ChannelHandlerContext) {
    guard !isCounted else { return }
    guard connections.begin() else { return context.close(promise: nil) }
    isCounted = true
    requestDeadline = .now() + time
    arm(context)
  }

  private func end() {
    if isCounted { connections.end() }
    isCounted = false
    timer?.cancel()
    timer = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if isClosing {
      if case .end = part { context.close(promise: nil) }
      return
    }
    switch part {
    case .head(let head):
      isReading = true
      answersDue += 1
      requestDeadline = .now() + time
      arm(context)
      if head.headerFields[.expect]?.lowercased() == "100-continue",
        head.headerFields[.contentLength].flatMap({ Int($0) }) ?? 0 <= largestBody
      {
        let go = HTTPResponsePart.head(HTTPResponse(status: .continue))
        context.writeAndFlush(wrapOutboundOut(go), promise: nil)
      }
    case .body: break
    case .end:
      isReading = false
      requestDeadline = nil
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head):
      if isEarly { head.headerFields[.connection] = "close" }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      let isEarly = isEarly
      answersDue -= 1
      guard isEarly else {
        if answersDue == 0 {
          requestDeadline = .now() + time
          arm(context)
        }
        return context.write(data, promise: promise)
      }
      context.writeAndFlush(data, promise: promise)
      part(context)
    }
  }

  /// Whether the answer under way is to a request that is not there as a whole.
  private var isEarly: Bool { isReading && answersDue == 1 }

  /// Closes the connection when its client has had time to read what it was told.
  private func part(_ context: ChannelHandlerContext) {
    isClosing = true
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.parting) {
      context.close(promise: nil)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    writingDeadline = context.channel.isWritable ? nil : .now() + time
    arm(context)
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if isClosing { return }
    guard answersDue == 0 else { return context.fireErrorCaught(error) }
    refused()
    let problem = Problem.malformed("the request is no HTTP/1.1 that is understood")
    var head = Response.problem(problem).head
    head.headerFields[.connection] = "close"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: problem.json))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    part(context)
  }

  /// Sees to it that the next deadline is noticed.
  private func arm(_ context: ChannelHandlerContext) {
    // Deadlines only move on: one that is noticed too early is waited for again.
    guard timer == nil else { return }
    guard let next = [requestDeadline, writingDeadline].compactMap(\.self).min() else { return }
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) {
      self.timer = nil
      self.checkTime(context)
    }
  }

  private func checkTime(_ context: ChannelHandlerContext) {
    guard isCounted, !isClosing else { return }
    let now = NIODeadline.now()
    if let deadline = writingDeadline, deadline <= now { return context.close(promise: nil) }
    if let deadline = requestDeadline, deadline <= now {
      // Whoever reads the body answers; if nobody does, there is nothing to wait for.
      guard isReading, !wasTold else { return context.close(promise: nil) }
      wasTold = true
      requestDeadline = now + Self.parting
      context.fireErrorCaught(SlowRequest())
    }
    arm(context)
  }
}
