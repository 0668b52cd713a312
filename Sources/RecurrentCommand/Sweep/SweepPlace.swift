/// A training that is to be done somewhere.
struct SweepJob {
  /// What `recurrent` is called with.
  let arguments: [String]
  /// Where its output goes.
  let log: TrainingLog
}

/// How a training ended, where it was done.
enum SweepEnd: Equatable, Codable {
  /// With an exit code.
  case exited(Int32)
  /// By a signal.
  case killed(Int32)
  /// Nobody knows how: it was begun by a sweep that is gone.
  case unseen
}

/// A place where one training at a time can be done: a process here, or a machine elsewhere.
///
/// It is asked again and again, by one thread. Whatever it does, the training is the command
/// `recurrent train` with the job's arguments, and leaves its folder where these say.
protocol SweepPlace: AnyObject {
  /// Begins a training; nothing else may be in training here.
  ///
  /// Returns false where the same training is still going on since an earlier sweep that was killed.
  /// It is then waited for instead.
  ///
  /// - Throws: `CommandFailure` when it cannot be begun.
  func start(_ job: SweepJob) throws -> Bool

  /// How the training ended, told once; nil while it goes on.
  func end() -> SweepEnd?

  /// Asks the training to save what it has and to end, once.
  func stop()
}
