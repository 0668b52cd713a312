import RecurrentKernels

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How a model is trained, whatever the model and the optimizer.
public struct TrainingOptions: Sendable {
  /// The number of examples in a step.
  public var batchSize: Int
  /// The number of epochs that the schedule is stretched over.
  public var epochs: Int
  /// What decides the order of the examples in every epoch.
  public var seed: UInt64
  /// The number of threads that share a step; the result does not depend on it.
  public var threads: Int
  /// The processes that share a step, each with its threads; nil for this one alone.
  ///
  /// The result does not depend on them either.
  public var processes: ProcessGroup?
  /// The longest norm a gradient may have; nil for no limit.
  public var clipNorm: Float?
  /// The largest magnitude a gradient's number may have, after the norm is limited; nil for no limit.
  public var clipValue: Float?
  /// Whether an epoch leaves out a last batch that is shorter than the others.
  public var dropsLastBatch: Bool
  /// How the learning rate changes.
  public var schedule: any Schedule
  /// How much of every label is given to all classes alike.
  public var labelSmoothing: Float
  /// What an answered number costs, where numbers are to be answered.
  public var numberLoss: NumberLoss
  /// How much of the parameters' running average is kept at each step; nil for no average.
  public var averageDecay: Float?
  /// How the products of built-in layers are computed; where this processor cannot, and in models
  /// with layers that are not built in, with 32-bit floats all the same.
  public var precision: Precision
  /// How examples are changed before they are read in training, anew in every epoch; nil for not.
  public var augmentation: Augmentation?

  /// Creates options.
  ///
  /// - Precondition: The numbers are at least 1, the limits are positive, and smoothing and decay are
  ///   from 0 up to, not including, 1.
  public init(
    batchSize: Int = 128,
    epochs: Int = 1,
    seed: UInt64 = 1,
    threads: Int = Self.availableThreads,
    processes: ProcessGroup? = nil,
    clipNorm: Float? = nil,
    clipValue: Float? = nil,
    dropsLastBatch: Bool = false,
    schedule: any Schedule = ConstantRate(),
    labelSmoothing: Float = 0,
    numberLoss: NumberLoss = .squaredError,
    averageDecay: Float? = nil,
    precision: Precision = .float32,
    augmentation: Augmentation? = nil
  ) {
    require(
      batchSize > 0 && epochs > 0 && threads > 0 && (clipNorm ?? 1) > 0 && (clipValue ?? 1) > 0,
      "training needs a batch size, epochs, threads and limits of the gradient above 0"
    )
    require(
      (0..<1).contains(labelSmoothing) && (0..<1).contains(averageDecay ?? 0),
      "training needs a label smoothing and an average's decay from 0 to below 1"
    )
    self.batchSize = batchSize
    self.epochs = epochs
    self.seed = seed
    self.threads = threads
    self.processes = processes
    self.clipNorm = clipNorm
    self.clipValue = clipValue
    self.dropsLastBatch = dropsLastBatch
    self.schedule = schedule
    self.labelSmoothing = labelSmoothing
    self.numberLoss = numberLoss
    self.averageDecay = averageDecay
    self.precision = precision
    self.augmentation = augmentation
  }

  var answerLoss: AnswerLoss {
    AnswerLoss(labelSmoothing: labelSmoothing, numbers: numberLoss)
  }

  /// The precision that this processor gives.
  var usedPrecision: Precision { precision.isSupported ? precision : .float32 }

  /// The number of processors this process may use.
  public static var availableThreads: Int { availableProcessors.count }

  /// The processors this process may use, by the system's numbers; launchers, containers and `taskset`
  /// leave a process some of them.
  package static var availableProcessors: [Int] {
    var allowed = [Int32](repeating: 0, count: 8192)
    let count = unsafe recurrent_processors(allowed.count, &allowed)
    if count > 0 { return allowed.prefix(count).map { Int($0) } }
    return Array(0..<max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }
}
