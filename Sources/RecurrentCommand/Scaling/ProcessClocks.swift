/// The time that each process has come to in a step.
struct ProcessClocks {
  /// A time, and how much of it went to messages on the way that decided it.
  struct Moment: Equatable {
    var seconds = 0.0
    var messages = 0.0
  }

  private(set) var moments: [Moment]

  init(count: Int) { moments = Array(repeating: Moment(), count: count) }

  /// The time at which the last process is done.
  var last: Moment { moments.reduce(Moment()) { $1.seconds > $0.seconds ? $1 : $0 } }

  /// A process works for so long.
  mutating func work(_ seconds: Double, by process: Int) { moments[process].seconds += seconds }

  /// All processes work for so long.
  mutating func work(_ seconds: Double) {
    for process in moments.indices { work(seconds, by: process) }
  }

  /// Messages are sent at the same time; each goes when both its ends are ready, which wait for it.
  mutating func deliver(_ messages: [Message]) {
    let ready = moments
    for message in messages {
      let (from, to) = (ready[message.from], ready[message.to])
      var end = from.seconds > to.seconds ? from : to
      end.seconds += message.seconds
      end.messages += message.seconds
      for process in [message.from, message.to] where end.seconds > moments[process].seconds {
        moments[process] = end
      }
    }
  }
}
